"""Models by name: a shipped one's, that of an entry point, or "module:NAME"."""

from __future__ import annotations

import inspect
import os
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import msgspec

from splitbrain.catalogue.importing import declared, described, load, malformed
from splitbrain.errors import ScenarioError, told
from splitbrain.linearizability.model import Model
from splitbrain.linearizability.models import MODELS

GROUP = "splitbrain.models"  # entry points: a short name for "module:NAME"


def find_model(name: str, initial: Any = msgspec.UNSET, folders: Sequence[Path] = (), origin: str = "--initial") -> Model:
    """The model called ``name``, made anew; it begins with ``initial``, where that is given.

    "module:NAME" is a class of models, or one that is made already. Its module is imported, with the current directory in front of
    ``sys.path`` and ``folders`` behind it while that lasts. origin: where ``initial`` was said, in words. Raises `ScenarioError`
    when there is no such model, when importing or making it raises, when it is no model, or when it cannot begin with ``initial``.
    """
    if name in MODELS:
        return _made(MODELS[name], name, initial, origin)
    short = {each.name: each.value for each in declared(GROUP)}
    if ":" not in name and name not in short:
        a_file = name.endswith(".py") or os.sep in name
        raise ScenarioError(malformed(name, "model") if a_file else _unknown(name, [*MODELS, *short]))
    full = short.get(name, name)
    found = load(full, folders, "model", _is_a_model)
    if not _is_a_model(found):
        what = f"the class {found.__qualname__}" if isinstance(found, type) else described(found)
        raise ScenarioError(f"{full} is {what}, not a Model; derive it from splitbrain.linearizability.model.Model")
    return _made(found, full, initial, origin)


def _made(kind: Any, name: str, initial: Any, origin: str) -> Model:
    """A model of that class; or the one that was made already, beginning as it was told."""
    given = initial is not msgspec.UNSET
    if isinstance(kind, Model):
        if given:
            raise ScenarioError(
                f"{name} is a model that is made already, and begins with {kind.initial!r}; leave {origin} out, or name its class"
            )
        return kind
    takes = "initial" in inspect.signature(kind).parameters
    try:
        model: Model = kind(initial=initial) if given and takes else kind()
        if given and not takes:
            model.initial = initial
        hash(model.initial)
    except (Exception, SystemExit) as error:
        if given and kind in MODELS.values() and isinstance(error, ValueError):
            raise ScenarioError(f"{origin}: {error}; mend it, or leave it out") from None
        how = f"{name}(initial={initial!r})" if given else f"{name}()"
        advice = f"give {origin} what it can begin with" if given else "a model is made without arguments; give them defaults"
        raise ScenarioError(f"{how} raised {told(error)}; {advice}") from error
    if model.initial is None:
        how = f"by {origin} null" if given else "as it is written"
        raise ScenarioError(f"{name} begins with None, {how}, and None is no state; begin with any other value that has a hash")
    return model


def _unknown(name: str, known: list[str]) -> str:
    near = get_close_matches(name, known, n=1)
    advice = f"did you mean {near[0]!r}?" if near else f"use {' or '.join(known)}, or module:NAME for one of your own"
    return f"there is no model {name!r}; {advice}"


def _is_a_model(value: object) -> bool:
    return isinstance(value, Model) or (isinstance(value, type) and issubclass(value, Model) and value is not Model)
