"""The streams of a command: whoever reads them may go, and a disk may be full; what was found out is the same."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, TextIO


class Sturdy:
    """A stream that takes all that is said, and passes it on as long as it can."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._lost = False

    def write(self, text: str) -> int:
        """Pass a text on."""
        if not self._lost:
            try:
                return self._stream.write(text)
            except OSError as error:
                self._lose(error)
        return len(text)

    def flush(self) -> None:
        """Pass on what was held back."""
        if not self._lost:
            try:
                self._stream.flush()
            except OSError as error:
                self._lose(error)

    def _lose(self, error: OSError) -> None:
        self._lost = True
        # What is held back still would be tried again when the stream is closed, and complained of.
        with suppress(OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self._stream.fileno())
            os.close(nowhere)
        if not isinstance(error, BrokenPipeError) and sys.stderr is not self:
            print(f"splitbrain: the output cannot be written: {error.strerror or error}; it ends here", file=sys.stderr)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


@contextmanager
def sturdy() -> Iterator[None]:
    """Standard output and standard error are sturdy, and there at all."""
    before = sys.stdout, sys.stderr
    out, err = (Sturdy(_there(each)) for each in before)
    sys.stdout, sys.stderr = out, err
    try:
        yield
    finally:
        out.flush()
        err.flush()
        sys.stdout, sys.stderr = before


def _there(stream: TextIO | None) -> TextIO:
    """The stream; or one that leads nowhere, where a shell closed it (``>&-``)."""
    return open(os.devnull, "w", encoding="utf-8") if stream is None else stream
