"""What goes wrong in a user's terms: what was found, why it cannot be, what to do."""

from __future__ import annotations

from pathlib import Path


class SplitbrainError(Exception):
    """Base of the errors that are the user's to mend; the command line prints them without a traceback and exits with 2.

        try:
            saved = load("nowhere.schedule.jsonl")
        except SplitbrainError as error:
            print(error)  # nowhere.schedule.jsonl cannot be read: No such file or directory; check the path

    It says what was found, why that cannot be, and what to do. Below it are `ScenarioError`, `ScheduleError`, `HistoryError`,
    `EncodingError`, `NotEnabled` and `NondeterminismError`.
    """


class ScenarioError(SplitbrainError):
    """A scenario that cannot be found, imported or run."""


class ScheduleError(SplitbrainError):
    """A schedule file that cannot be read."""


class HistoryError(SplitbrainError):
    """A history file that cannot be read, or that says what cannot be."""


def told(error: BaseException) -> str:
    """What a function of the user's raised, and where: for the middle of a message."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = "" if trace is None else f" (at {trace.tb_frame.f_code.co_filename}:{trace.tb_lineno})"
    return f"{type(error).__name__}: {error}{where}"


class EncodingError(SplitbrainError):
    """A message, observation or written value that has no canonical encoding."""


class NotEnabled(SplitbrainError):  # noqa: N818 - reads as what it says: the action is not enabled
    """An action that cannot happen now.

        with World(RAFT, 3) as world:
            try:
                world.apply(actions.Restart("n1"))
            except NotEnabled as why:
                print(why)  # cannot restart n1: ...

    Trying it has changed nothing.
    """


class NondeterminismError(SplitbrainError):
    """A node that behaved differently when the same schedule was run again, here or in another process.

    what: what differed. cause: the likely one, and what to do. schedule: the file of the failing run, if any.
    """

    schedule: Path | None = None

    def __init__(
        self,
        what: str,
        cause: str = "A node must depend on its inputs and its disk alone; look for clocks, random numbers, iteration over sets, "
        "id() and hash(), and state that outlives a node (module and class attributes)",
    ) -> None:
        super().__init__(f"NONDETERMINISTIC: {what}. {cause}")
        self.what = what
        self.cause = cause

    @property
    def splitbrain_report(self) -> str:
        """What pytest prints instead of a traceback."""
        told = "\n".join((str(self), *getattr(self, "__notes__", ())))
        if self.schedule is None:
            return told
        return f"{told}\nThe failing run is saved as {self.schedule}, as evidence: it is no regression test."
