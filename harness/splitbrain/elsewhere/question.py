"""What another process is asked, and what it answers; plain data, for a pipe."""

from __future__ import annotations

from typing import Literal

import msgspec

from splitbrain.elsewhere.filters import Filter
from splitbrain.elsewhere.imprint import Imprint

Without = Literal["", "chance", "clock", "chance and clock"]
LENGTH = 8  # bytes before each question and answer, that say how long it is


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """Run these schedules, each in a fresh world.

    files: the content of a schedule file each. hosts: what runs each. expected: the imprints that they had here; none: not told.
    path, folder: where modules are looked for, and the current directory. cpu: seconds that all of it may take. judged: whether
    the scenario's invariants look on. twice: run each once more. without: what of the real world is taken away meanwhile, to see
    whether it mattered (chance: the module `random` begins anew before each run; clock: the module `time` stands still). warnings:
    what is done with them.
    """

    files: tuple[bytes, ...]
    hosts: tuple[str | None, ...]
    expected: tuple[Imprint, ...] = ()
    path: tuple[str, ...]
    folder: str
    cpu: int
    judged: bool = True
    twice: bool = False
    without: Without = ""
    warnings: tuple[Filter, ...] = ()


class Result(msgspec.Struct, frozen=True):
    """What came of one schedule.

    again: the digest of the second run, where there was one. fingerprint: of what broke. place: of the first event, from 0, that
    is not as expected. event: what is there instead.
    """

    digest: str
    again: str | None = None
    fingerprint: str | None = None
    place: int | None = None
    event: str | None = None


class Answer(msgspec.Struct, frozen=True):
    """The results, in the order of the schedules; or why there are none.

    threads: those that the nodes started, by name.
    """

    results: tuple[Result, ...] = ()
    trouble: str | None = None
    threads: tuple[str, ...] = ()


def framed(message: Question | Answer) -> bytes:
    """What goes through the pipe."""
    content = msgspec.msgpack.encode(message)
    return len(content).to_bytes(LENGTH) + content


def length(head: bytes) -> int:
    """How long what begins with ``head`` is, its head included."""
    return LENGTH + int.from_bytes(head[:LENGTH])
