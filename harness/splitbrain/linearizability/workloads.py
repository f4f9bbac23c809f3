"""Workloads: what sessions ask for, one for each model; made so that wrong answers show, and are judged fast.

    from splitbrain.linearizability.models import Register
    from splitbrain.linearizability.workloads import Registers
    from splitbrain_invariants import Linearizable

    KEPT = Scenario(name="kept", factory=Kept, workload=Registers(keys=("x", "y")), invariants=(Linearizable(Register()),))

Written values are unique in a history, for each is the place of its operation there, from 1: who reads one has read that very
write. A workload keeps no state, so that what it asks depends on nothing but the history and the dice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from splitbrain.dice import Dice
from splitbrain.trace.history import History, Operation


class _Mix:
    """Commands drawn by their weights."""

    commands = tuple  # what JSON's lists are to be

    weights: ClassVar[Mapping[str, float]]

    def __init__(self, **weights: float) -> None:
        unknown = sorted(set(weights) - set(self.weights))
        if unknown:
            known = ", ".join(self.weights)
            raise TypeError(
                f"{type(self).__name__}({unknown[0]}=...): it asks for {known}, and for nothing of that name; weigh these"
            )
        self.mix = tuple((weight, name) for name, weight in {**self.weights, **weights}.items() if weight > 0)
        if not self.mix:
            raise ValueError(f"{type(self).__name__}: all weights are 0, so there is nothing to ask for; give one that is above 0")


class _Keyed(_Mix):
    """Of several keys: few, so that operations meet."""

    def __init__(self, keys: Sequence[str] = ("x", "y"), **weights: float) -> None:
        super().__init__(**weights)
        self.keys = tuple(keys)
        if not self.keys:
            raise ValueError(f"{type(self).__name__}(keys=()): there is no key to ask about; name one")


class Registers(_Keyed):
    """Gets and puts on registers, one a key; in some runs deletes, and cas that expect what the session saw last, as well.

    mixed: the share of those runs; in the others there are gets and puts alone, whose histories are judged fastest. Which it is
    goes by the first operation of a run: one that is neither a get nor a put begins a mixed one. get, put, cas, delete: weights.
    """

    weights: ClassVar = {"get": 5, "put": 4, "cas": 3, "delete": 1}

    def __init__(self, keys: Sequence[str] = ("x", "y"), mixed: float = 0.3, **weights: float) -> None:
        super().__init__(keys, **weights)
        self.mixed = mixed
        self._plain = tuple((weight, name) for weight, name in self.mix if name in ("get", "put"))
        self._rest = tuple((weight, name) for weight, name in self.mix if name not in ("get", "put"))

    def next(self, session: str, dice: Dice, history: History) -> tuple[Any, ...]:
        key = dice.pick(self.keys)
        match dice.weighted(self._kinds(dice, history)):
            case "get":
                return ("get", key)
            case "delete":
                return ("delete", key)
            case "cas":
                return ("cas", key, _seen(session, history, key), len(history) + 1)
        return ("put", key, len(history) + 1)

    def _kinds(self, dice: Dice, history: History) -> tuple[tuple[float, str], ...]:
        if not self._plain or not self._rest:
            return self.mix
        if not history:
            return self._rest if dice.chance(self.mixed) else self._plain
        return self._plain if history[0].command[0] in ("get", "put") else self.mix


class Appends(_Keyed):
    """Gets of what grows, and appends to it; each appends a text of its own, with a stop behind it. get, append: weights."""

    weights: ClassVar = {"get": 5, "append": 5}

    def next(self, session: str, dice: Dice, history: History) -> tuple[Any, ...]:  # noqa: ARG002 (whoever asks)
        key = dice.pick(self.keys)
        return ("get", key) if dice.weighted(self.mix) == "get" else ("append", key, f"{len(history) + 1}.")


class Queues(_Mix):
    """One queue. enqueue, dequeue: weights."""

    weights: ClassVar = {"enqueue": 6, "dequeue": 5}

    def next(self, session: str, dice: Dice, history: History) -> tuple[Any, ...]:  # noqa: ARG002 (whoever asks)
        return ("enqueue", len(history) + 1) if dice.weighted(self.mix) == "enqueue" else ("dequeue",)


class Sets(_Mix):
    """One set of few values, so that they come back. add, remove, contains, read (of all of it): weights."""

    weights: ClassVar = {"add": 5, "remove": 3, "contains": 3, "read": 3}

    def __init__(self, values: Sequence[Any] = (1, 2, 3), **weights: float) -> None:
        super().__init__(**weights)
        self.values = tuple(values)
        if not self.values:
            raise ValueError("Sets(values=()): there is nothing to add; name a value")

    def next(self, session: str, dice: Dice, history: History) -> tuple[Any, ...]:  # noqa: ARG002 (whoever asks)
        kind = dice.weighted(self.mix)
        return ("read",) if kind == "read" else (kind, dice.pick(self.values))


class Counters(_Mix):
    """One counter, which grows by 1 to ``most`` at a time, so that a sum tells something of what is in it. add, read: weights."""

    weights: ClassVar = {"add": 5, "read": 5}

    def __init__(self, most: int = 9, **weights: float) -> None:
        super().__init__(**weights)
        self.most = most

    def next(self, session: str, dice: Dice, history: History) -> tuple[Any, ...]:  # noqa: ARG002 (whoever asks)
        return ("add", dice.between(1, self.most)) if dice.weighted(self.mix) == "add" else ("read",)


class Locks:
    """One lock: a session that has it releases it, any other asks for it.

    Of a session that gave up nobody knows whether it has the lock; so now and then others release what it had asked for.
    """

    commands = tuple

    def next(self, session: str, dice: Dice, history: History) -> tuple[Any, ...]:
        before = history.of_session(session)
        if before and before[-1].command == ("acquire",) and before[-1].returned is not None and before[-1].result is not False:
            return ("release",)
        orphaned = any(history.of_session(each)[-1].command == ("acquire",) for each in history.replaced)
        return ("release",) if orphaned and dice.chance(0.3) else ("acquire",)


def _seen(session: str, history: History, key: Any) -> Any:
    """What the session last found or left at a key; where it has not been there, what anybody did; None: nothing, or nobody."""
    for operations in (history.of_session(session), history):
        for operation in reversed(operations):
            if operation.command[1] == key and operation.returned is not None:
                return _left(operation)
    return None


def _left(operation: Operation) -> Any:
    match operation.command:
        case ("get", _):
            return operation.result
        case ("put", _, value):
            return value
        case ("cas", _, old, new):
            return new if operation.result else old
    return None
