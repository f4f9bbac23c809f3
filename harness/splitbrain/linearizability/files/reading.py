"""A history file, whatever its form, as the histories in it."""

from __future__ import annotations

from pathlib import Path

from splitbrain.errors import HistoryError
from splitbrain.linearizability.files import jepsen, jsonl, porcupine
from splitbrain.linearizability.files.opening import guessed, opened
from splitbrain.linearizability.files.told import Told

_READERS = {"jsonl": jsonl.read, "jepsen-edn": jepsen.read, "porcupine": porcupine.read}


def histories(path: Path, form: str | None = None) -> tuple[str, list[Told]]:
    """The form of a file, and the histories in it. form: one of `FORMATS`; guessed where it is None. Raises `HistoryError`."""
    text = opened(path)
    if form is not None:
        return form, _READERS[form](text, str(path))
    form = guessed(path, text)
    try:
        return form, _READERS[form](text, str(path))
    except HistoryError as error:
        raise HistoryError(f"{error} (that it is {form} is a guess; --format says it)") from None
