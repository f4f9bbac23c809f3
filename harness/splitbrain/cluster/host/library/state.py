"""What is polled of a library's state, and the observations that follow from how it changes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from splitbrain.errors import ScenarioError
from splitbrain.observations import (
    Appended,
    Committed,
    EnteredTerm,
    Installed,
    Led,
    Recovered,
    SteppedDown,
    Truncated,
    Voted,
)  # fmt: skip


class State(msgspec.Struct, frozen=True):
    """What a library node shows of itself, returned by `Library.look`; whatever it leaves out, nothing is said of.

        shown = State(term=3, vote="n2", leads=False, commit=1, log=[(1, "set x"), (3, "set y")])

    term: its current term. vote: the node that has its vote of this term; None: nobody yet. leads: whether it leads this term.
    commit: its commit index. log: (term, command) of all entries behind ``base``, in order; a list of the library's own will do,
    for it is copied, but an entry that changes must be another object. base, base_term: index and term of the last entry of its
    snapshot; 0 where it has none. A library that can show no log should show these all the same: who starts from a snapshot skips
    what that holds.
    """

    term: int | None = None
    vote: str | None = None
    leads: bool | None = None
    commit: int | None = None
    log: Sequence[tuple[int, Any]] | None = None
    base: int = 0
    base_term: int = 0


class Watch:
    """Compares what one incarnation shows with what it showed last. Its log is compared and copied in C, a few ns an entry."""

    def __init__(self, incarnation: int) -> None:
        self._first = incarnation == 1
        self._state: State | None = None
        self._log: Any = None  # a copy: a list, or a tuple where it is shown as one

    @property
    def begins(self) -> bool:
        """Whether the next state is the first."""
        return self._state is None

    def changes(self, state: State) -> list[Any]:
        """The observations to make, in the order that invariants go by; of the first state, what the node found on its disk."""
        before = self._state
        if type(state) is not State:
            raise ScenarioError(f"look returned {type(state).__name__}, not a State; return State(term=..., commit=...), say")
        self._state = state
        if before is None:
            return self._begin(state)
        log = self._log
        if (
            state.term == before.term
            and state.commit == before.commit
            and state.leads == before.leads
            and state.vote == before.vote
            and state.base == before.base
            and (state.log is None if log is None else state.log == log)
        ):
            return []
        said: list[Any] = []
        term = state.term
        led = before.term if before.leads else None  # the term that it led
        leads = term if state.leads else None
        if led is not None and leads != led:
            said.append(SteppedDown(led))
        if term is not None and term != before.term:
            said.append(EnteredTerm(term))
        if state.vote is not None and term is not None and (term, state.vote) != (before.term, before.vote):
            said.append(Voted(term, state.vote))
        if state.log is not None:
            said += self._rewritten(state, before)
        elif state.base != before.base:
            said.append(_snapshot(state))
        if leads is not None and leads != led:
            said.append(Led(leads))
        if state.commit is not None and state.commit != (before.commit or 0):
            said.append(Committed(state.commit, term))
        return said

    def _begin(self, state: State) -> list[Any]:
        """What it found: a log by `Recovered`, which is said first of all; without a log the term and the vote by themselves."""
        said: list[Any] = []
        if state.log is not None:
            self._log = _copy(state.log)
            vote = state.vote if state.term is not None else None
            said.append(Recovered(state.term or 0, vote, tuple((t, c) for t, c in self._log), state.base, state.base_term))
        elif state.term is not None:
            if state.term or not self._first:
                said.append(EnteredTerm(state.term))
            if state.vote is not None:
                said.append(Voted(state.term, state.vote))
        if state.log is None and state.base:
            said.append(_snapshot(state))
        if state.leads and state.term is not None:
            said.append(Led(state.term))
        if state.commit:
            said.append(Committed(state.commit, state.term))
        return said

    def _rewritten(self, state: State, before: State) -> list[Any]:
        """How the log has changed: what a snapshot took in, what is gone, and what was appended."""
        assert state.log is not None
        log, base = _copy(state.log), state.base
        old = type(log)(self._log or ())
        self._log = log
        said: list[Any] = []
        if base != before.base:
            place = base - before.base
            rest = 0 < place <= len(old) and old[place - 1][0] == state.base_term
            said.append(Installed(base, state.base_term, rest))
            old = old[place:] if rest else type(log)()
        same = _alike(old, log)
        if same < len(old):
            said.append(Truncated(base + same + 1))
        said += [Appended(index, *entry) for index, entry in enumerate(log[same:], base + same + 1)]
        return said


def _snapshot(state: State) -> Installed:
    """A snapshot of a node that shows no log: that nothing is left behind it is not said."""
    return Installed(state.base, state.base_term, rest=True)


def _copy(log: Sequence[Any]) -> Any:
    return log if type(log) is tuple else list(log)


def _alike(one: Sequence[Any], other: Sequence[Any]) -> int:
    """In how many entries two logs begin alike: by halves, so that C compares them."""
    low, high = 0, min(len(one), len(other))
    if one[:high] == other[:high]:
        return high
    while high - low > 1:
        middle = (low + high) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle
    return low
