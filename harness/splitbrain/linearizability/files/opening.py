"""A history file, compressed or not, and which form it has."""

from __future__ import annotations

import gzip
import re
import zlib
from pathlib import Path

from splitbrain.errors import HistoryError
from splitbrain.linearizability.files.porcupine import LOGGED
from splitbrain.linearizability.files.told import wrong

FORMATS = ("jsonl", "jepsen-edn", "porcupine")
_SUFFIXES = {".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "jsonl", ".edn": "jepsen-edn", ".log": "porcupine"}
_GZIP = b"\x1f\x8b"


def opened(path: Path) -> str:
    """The text of a file. Raises `HistoryError` where it cannot be read, or is no text."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise HistoryError(f"{path} cannot be read: {error.strerror or error}; check the path") from error
    if data.startswith(_GZIP):
        try:
            data = gzip.decompress(data)
        except (OSError, EOFError, zlib.error) as error:
            raise HistoryError(f"{path} is compressed, and broken: {error}; fetch or write it again") from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        wrong(str(path), line, "bytes that are no UTF-8", "a history is a text; write it as UTF-8")


def guessed(path: Path, text: str) -> str:
    """Its form: what the text begins with says it; of an empty one, the name. Raises `HistoryError` where neither does."""
    body = text.lstrip()
    while body.startswith(";"):
        body = body.partition("\n")[2].lstrip()
    if body.lstrip("[ \n\t").startswith('{"') or body.startswith("{}"):
        return "jsonl"
    if re.match(r"[{\[(]|#[A-Za-z_]", body):
        return "jepsen-edn"
    if LOGGED.search(body):
        return "porcupine"
    suffix = Path(path.name.removesuffix(".gz")).suffix.lower()
    if suffix in _SUFFIXES:
        return _SUFFIXES[suffix]
    if not body:
        return "jsonl"  # nothing is the same in every form
    raise HistoryError(
        f"{path} begins with {body[:20]!r}, which is none of the forms of a history; "
        f"write one operation a line as JSON, or say --format {' or '.join(FORMATS)}"
    )
