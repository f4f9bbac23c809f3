"""A worker: one other process, under a hash seed of its own."""

from __future__ import annotations

import json
import os
import selectors
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress

import msgspec

from splitbrain.catalogue.importing import loaded
from splitbrain.elsewhere.question import LENGTH, Answer, Question, framed, length
from splitbrain.stopwatch import Stopwatch

LASTING = hasattr(os, "fork")  # else a process answers once
_START = """
import importlib, json, sys
sys.path[:], first = json.loads(sys.argv[1])
from splitbrain.elsewhere.child import serve
for name in first:
    try:
        importlib.import_module(name)
    except (Exception, SystemExit):
        pass  # whoever needs it will say so
serve({})
"""
_OURS = ("splitbrain", "splitbrain_invariants", "splitbrain_protocols")
_DEPENDENCIES = ("hypothesis", "hypothesis.stateful", "networkx", "pytest", "trio")


class Worker:
    """A process that runs schedules, from when it is made until `stop`. Its standard output and error are nobody's.

    python: what runs it, and path: where that looks for modules; left out, both as here. fit: whether it can be asked again.
    """

    def __init__(
        self, hash_seed: int, lasting: bool = LASTING, python: str | None = None, path: Sequence[str] | None = None
    ) -> None:
        self.fit = self._lasting = lasting
        path = [each for each in sys.path if isinstance(each, str)] if path is None else list(path)
        first = loaded(_OURS, _DEPENDENCIES)  # so that not every answer imports it anew
        flags = ["-O"] * sys.flags.optimize + ["-B"] * sys.flags.dont_write_bytecode + ["-W", "ignore", "-P"]
        self._process = subprocess.Popen(
            [
                python or sys.executable,
                *flags,
                "-c",
                _START.format(lasting),
                json.dumps([path, first]),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"PYTHONHASHSEED": str(hash_seed)},
            start_new_session=True,  # Ctrl-C on a terminal goes to us alone
            bufsize=0,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._questions, self._answers = self._process.stdin, self._process.stdout

    @property
    def pid(self) -> int:
        """Of its process, and of the group of all that it begins."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether nobody has ended it meanwhile."""
        return self._process.poll() is None

    def ask(self, question: Question) -> None:
        """Send a question; it is answered while others are asked."""
        left = memoryview(framed(question))
        with suppress(OSError):  # it is gone, which `answer` says
            while left:
                left = left[self._questions.write(left) or 0 :]
        if not self._lasting:
            self._questions.close()
            self._process.stdin = None

    def answer(self, seconds: float) -> Answer:
        """What it answers, in at most so many seconds of wall clock."""
        try:
            content = self._receive(seconds) if self._lasting else self._process.communicate(timeout=seconds)[0]
        except (TimeoutError, subprocess.TimeoutExpired):
            self.fit = False
            return Answer(trouble=f"it took longer than {seconds:.0f} s")
        if not content:
            self.fit = False
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(1)  # it has closed its end, and so is about to be gone
            return Answer(trouble="it ended without an answer")
        return msgspec.msgpack.decode(content[LENGTH:], type=Answer)

    def _receive(self, seconds: float) -> bytes:
        watch, content = Stopwatch(), bytearray()
        with selectors.DefaultSelector() as either:
            either.register(self._answers, selectors.EVENT_READ)
            while len(content) < LENGTH or len(content) < length(bytes(content[:LENGTH])):
                if not either.select(max(seconds - watch.seconds(), 0)):
                    raise TimeoutError
                some = self._answers.read(1 << 16)
                if not some:
                    return b""
                content += some
        return bytes(content)

    def stop(self) -> None:
        """End it, with whatever it has begun."""
        with suppress(OSError):
            if hasattr(os, "killpg"):
                os.killpg(self._process.pid, signal.SIGKILL)
            else:
                self._process.kill()
        self._process.wait()
        for file in (self._questions, self._answers):
            with suppress(OSError):
                file.close()

    def disown(self) -> None:
        """Forget it, in a fork of the process that made it: it is that one's."""
        self._process.returncode = 0
