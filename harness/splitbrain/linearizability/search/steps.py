"""A model's steps, asked once each: states, and commands with their results, are numbers here, so that they are hashed once."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any, Final

from splitbrain.linearizability.model import UNKNOWN, Model, Want
from splitbrain.linearizability.values import PLAIN, canonical

NO_STEP: Final = -1
FIRST: Final = 0  # the number of the initial state
_FEW: Final = 8
_SIMPLE: Final = PLAIN | {bool, type(UNKNOWN)}


class Goal:
    """What an operation needs that has a result, as its model says: see `Model.wants`."""

    __slots__ = ("_asked", "_helped", "_helps", "_is_near", "_near", "_states")

    def __init__(self, want: Want, states: list[Any], asked: list[tuple[Any, Any]]) -> None:
        self._is_near, self._helps = want
        self._states, self._asked = states, asked
        self._near: dict[int, bool] = {}
        self._helped: dict[int, bool] = {}

    def is_near(self, state: int) -> bool:
        """Whether this state may come to what is needed without help."""
        near = self._near.get(state)
        if near is None:
            near = self._near[state] = self._is_near(self._states[state])
        return near

    def is_helped(self, code: int) -> bool:
        """Whether what was asked may help."""
        helped = self._helped.get(code)
        if helped is None:
            helped = self._helped[code] = self._helps(self._asked[code][0])
        return helped


class Steps:
    """The states of one key that were come across, and how they follow from each other.

    follow: by state, and then by code: the state after it, where that was asked already. asks: how often the model was asked.
    weight: how many states there are; one of great length weighs more.
    """

    __slots__ = ("_asked", "_changing", "_codes", "_goals", "_idle", "_model", "_numbers", "_states", "asks", "follow", "weight")

    def __init__(self, model: Model) -> None:
        self._model = model
        self._numbers: dict[Any, int] = {model.initial: FIRST}
        self._states: list[Any] = [model.initial]
        self._codes: dict[Hashable, int] = {}
        self._asked: list[tuple[Any, Any]] = []
        self._goals: dict[int, tuple[Goal, ...]] = {}
        self._changing: set[int] = set()  # codes that were seen to change a state
        self._idle: dict[int, int] = {}  # codes that were taken to change none: in how many states they did not
        self.follow: list[dict[int, int]] = [{}]
        self.asks = self.weight = 0

    def code(self, command: Any, result: Any) -> int:
        """The number of a command with its result: the same for the same, and 1 is not True."""
        kind = type(result)
        name = (
            command if type(command) is tuple and PLAIN.issuperset(map(type, command)) else canonical(command),
            result if kind in _SIMPLE else canonical(result),
            kind is bool,
        )
        code = self._codes.get(name)
        if code is None:
            code = self._codes[name] = len(self._asked)
            self._asked.append((command, result))
        return code

    def asked(self, code: int) -> tuple[Any, Any]:
        """The command and the result of a code."""
        return self._asked[code]

    def ask(self, state: int, code: int) -> int:
        """The state after it, as the model says; `NO_STEP` where it cannot be. Look into ``follow`` first."""
        self.asks += 1
        after = self._model.step(self._states[state], *self._asked[code])
        if after is None:
            number = NO_STEP
        else:
            known = self._numbers.get(after)
            if known is None:
                known = self._numbers[after] = len(self._states)
                self._states.append(after)
                self.follow.append({})
                self.weight += 1 + len(after) // 8 if hasattr(after, "__len__") else 1
            number = known
            if number != state:
                self._changing.add(code)
        self.follow[state][code] = number
        return number

    def goals(self, code: int) -> tuple[Goal, ...]:
        """What something that has a result needs, as far as its model says so."""
        goals = self._goals.get(code)
        if goals is None:
            wants = self._model.wants(*self._asked[code])
            goals = self._goals[code] = tuple(Goal(want, self._states, self._asked) for want in wants)
        return goals

    def is_idle(self, code: int, among: int = _FEW) -> bool:
        """Whether it seems to change no state, as a read: it did not in the first of those that were come across."""
        if code in self._changing:
            return False
        looked, end = self._idle.get(code, 0), min(among, len(self._states))
        for state in range(looked, end):
            if code not in self.follow[state]:
                self.ask(state, code)
        self._idle[code] = max(looked, end)
        return code not in self._changing

    def was_mistaken(self) -> bool:
        """Whether something that was said to be idle is not: it changes a state that was come across since."""
        mistaken = [code for code in self._idle if not self.is_idle(code, len(self._states))]
        for code in mistaken:
            del self._idle[code]
        return bool(mistaken)
