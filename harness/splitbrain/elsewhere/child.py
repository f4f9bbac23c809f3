"""The other process: it answers questions, each in a fork of its own, for as long as somebody asks.

It has imported the harness, but nothing of the user's, when it forks: no answer knows of another one, and an answer costs no more
than the user's own modules. It says nothing to anybody but its parent, and ends when that is gone.
"""

from __future__ import annotations

import os
import selectors
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import Any

import msgspec

# Whatever the user's nodes need of the harness, so that no fork has to import it.
import splitbrain.catalogue.museum
import splitbrain.cluster.host.direct  # noqa: F401
from splitbrain.dice import begin_shared_anew
from splitbrain.elsewhere import crew
from splitbrain.elsewhere.determinism import shown
from splitbrain.elsewhere.filters import install
from splitbrain.elsewhere.imprint import Imprint
from splitbrain.elsewhere.question import LENGTH, Answer, Question, Result, framed, length
from splitbrain.schedule.file import decode
from splitbrain.stopwatch import stand_still
from splitbrain.world.run import Run, run


def serve(lasting: bool) -> None:
    """Answer what comes on standard input, on standard output, until the former ends; one question alone, unless ``lasting``."""
    crew.among_them = True
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # it is the parent that decides
    asked, answers = _to_themselves()
    while (content := _read(asked)) is not None:
        question = msgspec.msgpack.decode(content, type=Question)
        answer = _forked(question, asked) if lasting else answer_to(question)
        if answer is None or not _write(answers, framed(answer)) or not lasting:
            break
    os._exit(0)


def _write(file: int, content: bytes) -> bool:
    """Write it all; whether there was somebody to read it."""
    left = memoryview(content)
    try:
        while left:
            left = left[os.write(file, left) :]
    except OSError:
        return False
    return True


def _read(file: int) -> bytes | None:
    """The next message, without its head; None where there is none."""
    head = _read_exactly(file, LENGTH)
    return None if head is None else _read_exactly(file, length(head) - LENGTH)


def _read_exactly(file: int, length: int) -> bytes | None:
    content = bytearray()
    while len(content) < length:
        some = os.read(file, length - len(content))
        if not some:
            return None
        content += some
    return bytes(content)


def _to_themselves() -> tuple[int, int]:
    """Standard input and output, as files that nobody else has: what a user's module prints goes nowhere."""
    kept = os.dup(0), os.dup(1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for file in (0, 1, 2):
        os.dup2(nowhere, file)
    return kept


def _forked(question: Question, asked: int) -> Answer | None:
    """The answer of a fork; None where the parent is gone meanwhile."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(reading)
            _limit(question.cpu)
            _write(writing, framed(answer_to(question)))
        finally:
            os._exit(0)
    os.close(writing)
    try:
        with selectors.DefaultSelector() as either:
            either.register(reading, selectors.EVENT_READ)
            either.register(asked, selectors.EVENT_READ)
            ready = {key.fd for key, _ in either.select()}
        if reading not in ready:  # nothing is asked before this is answered: so the parent is gone
            os.kill(child, signal.SIGKILL)
            return None
        content = _read(reading)
    finally:
        os.close(reading)
        _, status = os.waitpid(child, 0)
    if content is not None:
        return msgspec.msgpack.decode(content, type=Answer)
    ended_by = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
    if ended_by == signal.SIGXCPU:
        return Answer(trouble=f"it took longer than {question.cpu} s (CPU)")
    return Answer(trouble=f"it died of signal {ended_by}" if ended_by else "a module or a node ended it")


def _limit(seconds: int) -> None:
    import resource  # noqa: PLC0415 - not there where nothing can be forked

    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    most = resource.getrlimit(resource.RLIMIT_CPU)[1]
    with suppress(ValueError):  # it has less already
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, most))


def answer_to(question: Question) -> Answer:
    """Run what is asked, in this very process."""
    threads: dict[str, None] = {}
    try:
        os.chdir(question.folder)
        sys.path[:] = question.path
        if "clock" in question.without:
            stand_still()
        threading.setprofile(_noting(threads))
        results = tuple(_result(question, place) for place in range(len(question.files)))
    except BaseException as error:  # noqa: BLE001 - the user's modules may raise anything at all
        return Answer(trouble=str(error) or type(error).__name__)
    finally:
        threading.setprofile(None)
    return Answer(results, threads=tuple(threads))


def _noting(threads: dict[str, None]) -> Callable[[FrameType, str, Any], None]:
    """What a new thread is to do first: say that it is there."""

    def note(*_: object) -> None:
        sys.setprofile(None)
        threads[threading.current_thread().name] = None

    return note


def _result(question: Question, place: int) -> Result:
    def once() -> tuple[Run, Imprint]:
        if "chance" in question.without:
            begin_shared_anew()
        done = run(setup, actions, keep=True)
        return done, Imprint.of(done.events, setup.scenario.show)

    saved = decode(question.files[place])
    if "chance" in question.without:
        begin_shared_anew()  # before anything of the user's is imported
    setup = saved.setup(folders=[Path(each) for each in question.path])
    setup = replace(setup, host=question.hosts[place])
    install(question.warnings)  # after what is imported: what that warns of is nobody's fault here
    if not question.judged:
        setup = replace(setup, scenario=setup.scenario.bare())
    actions = saved.schedule(setup.scenario)
    done, imprint = once()
    at = imprint.differs(question.expected[place]) if question.expected else None
    return Result(
        imprint.digest,
        again=once()[1].digest if question.twice else None,
        fingerprint=None if done.violation is None else done.violation.fingerprint,
        place=at,
        event=None if at is None else shown(done, at),
    )
