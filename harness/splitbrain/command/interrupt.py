"""How Ctrl-C ends a command: within a second, from the first press, with what there is.

Python raises KeyboardInterrupt at once, wherever it is, and `main` then says the last words. But a node, or a library of its,
may swallow that, or sit in a long call. So a thread hears of the signal, too: the signal's own handler, in C, writes to its pipe
whatever the interpreter is about. Where the process is still there a while later, that thread says the same words, and ends it.
(Code in C that neither returns nor lets go of Python's lock is out of reach of both.)
"""

from __future__ import annotations

import atexit
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from select import select
from threading import Event, Thread, current_thread, main_thread
from typing import Any

from splitbrain.command.exits import INTERRUPTED

Words = Callable[[], tuple[str, dict[str, Any]]]  # a text, and what --json prints in its place

_PATIENCE = 0.4  # seconds from the press, after which a command that has not ended is ended
_HEARD = 0.1  # seconds in which the thread has looked which signal it was
_BREATH = 0.2  # seconds for the words then: whoever is to read them may not be reading


class Interrupt:
    """What one command says and does when Ctrl-C is pressed.

    net: end the process, too, if it does not end by itself; for a program of its own. as_json: the words are one JSON object.
    """

    def __init__(self, *, net: bool) -> None:
        self.as_json = False
        self._net = net and os.name == "posix" and current_thread() is main_thread()
        self._words: Words = _nothing_to_say
        self._said = False
        self._ended = False
        self._pressed = Event()
        self._reader: int | None = None
        self._hearing = False
        self.end_others: Callable[[], object] = int  # before the net ends this process: those that would go on for nobody

    def spread(self) -> None:
        """Spread the net; it stays, for what Python does at the very end may hang, too."""
        if not self._net:
            return
        if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as a shell starts what runs beside a script
            signal.signal(signal.SIGINT, signal.default_int_handler)
        atexit.register(self._leave)  # the first to be registered is the last to be called
        self._reader, writer = os.pipe()
        os.set_blocking(writer, False)
        # Signals are the main thread's to answer: one that went to another would not end a call that sleeps.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        Thread(target=self._watch, args=(self._reader,), name="splitbrain: Ctrl-C", daemon=True).start()
        signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)

    # While the command goes on

    def last_words(self, words: Words) -> None:
        """From now on, these are what is said; they may be asked for at any moment, from another thread."""
        self._words = words

    @contextmanager
    def held(self) -> Iterator[None]:
        """What is done in here is done whole: Ctrl-C comes right after it."""
        before = signal.getsignal(signal.SIGINT)
        if current_thread() is not main_thread() or not callable(before):
            yield
            return
        pressed = False

        def note(*_: object) -> None:
            nonlocal pressed
            pressed = True

        signal.signal(signal.SIGINT, note)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)
            if pressed:
                raise KeyboardInterrupt

    def check(self) -> None:
        """Raise KeyboardInterrupt where Ctrl-C was pressed, and somebody has swallowed it."""
        if self.heard():
            raise KeyboardInterrupt

    def heard(self) -> bool:
        """Whether Ctrl-C was pressed, whatever became of it: a node may swallow it, and Python's own C code forget it."""
        if self._reader is not None and (self._hearing or select([self._reader], [], [], 0)[0]):
            self._pressed.wait(_HEARD)
        return self._pressed.is_set()

    def final(self, text: str) -> None:
        """Print what the command ends with: once, and whole."""
        with self.held():
            self._said = True
            print(text, flush=True)

    # The end

    def end(self) -> int:
        """Say the last words, unless the command has said all; returns the exit code. Further presses change nothing."""
        self._ended = True
        if self._net:
            signal.signal(signal.SIGINT, _deaf)
        if not self._said:
            self._said = True
            text, to_stdout = self._spoken()
            print(text, file=sys.stdout if to_stdout else sys.stderr, flush=True)
        return INTERRUPTED

    def _leave(self) -> None:
        """Leave without Python's own tidying up, which takes longer than all the rest where there is a lot in memory."""
        if self._ended or self._pressed.is_set():
            with suppress(Exception):
                sys.stdout.flush()
                sys.stderr.flush()
            os._exit(INTERRUPTED)
        # All is told, and the command ends as it does: Python would give the signal its default back now, which kills.
        signal.signal(signal.SIGINT, signal.SIG_IGN)

    def _spoken(self) -> tuple[str, bool]:
        """The words, and whether they are for standard output."""
        text, report = self._words()
        if not self.as_json:
            return text, False
        import json  # noqa: PLC0415 - this module is there before any other, lest a press comes before it

        return json.dumps(report), True

    def _watch(self, reader: int) -> None:
        while True:
            select([reader], [], [])
            self._hearing = True
            if os.read(reader, 1) == bytes([signal.SIGINT]):
                break
            self._hearing = False  # another signal, of somebody else's
        self._pressed.set()
        Event().wait(_PATIENCE)
        speaker = Thread(target=self._say_beside, daemon=True)
        speaker.start()
        speaker.join(_BREATH)
        os._exit(INTERRUPTED)

    def _say_beside(self) -> None:
        """The words, while the main thread is stuck somewhere, perhaps in the midst of what they are made of."""
        self.end_others()
        if self._said:
            return
        self._said = True
        for _ in range(3):
            with suppress(Exception):  # a table that changes while it is read, say
                text, to_stdout = self._spoken()
                os.write(1 if to_stdout else 2, f"{text}\n".encode(errors="replace"))
                return


def came_of_it(error: BaseException | None) -> bool:
    """Whether Ctrl-C is what ``error`` is, or comes of: a library may wrap it."""
    seen: set[int] = set()
    open_: list[BaseException | None] = [error]
    while open_:
        each = open_.pop()
        if each is None or id(each) in seen:
            continue
        if isinstance(each, KeyboardInterrupt):
            return True
        seen.add(id(each))
        open_ += [each.__cause__, each.__context__, *(each.exceptions if isinstance(each, BaseExceptionGroup) else ())]
    return False


def _nothing_to_say() -> tuple[str, dict[str, Any]]:
    return "interrupted", {"outcome": "interrupted", "message": "interrupted", "interrupted": True}


def _deaf(*_: object) -> None:
    """The command is ending already."""
