"""Whether the models that invariants go by are fit for what clients ask: what is wrong here is no node's fault."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any

from splitbrain.errors import ScenarioError
from splitbrain.invariant import Invariant
from splitbrain.linearizability.blame import no_beginning, raised
from splitbrain.linearizability.model import UNKNOWN, Model
from splitbrain.linearizability.values import canonical
from splitbrain.trace.history import History

_STATES = 24  # of each key: so many are reached
_COMMANDS = 24  # of each key are looked at
_KEYS = 8
_ROUNDS = 3  # of all commands: what one needs, others may bring about


class _Wrong(Exception):  # noqa: N818 - not an error: something to complain of
    """What is wrong."""


class _Key:
    """The part of a model's state that some commands are about: what was asked of it, and answered."""

    def __init__(self) -> None:
        self.commands: dict[Hashable, Any] = {}
        self.results: dict[Hashable, tuple[Any, Any]] = {}


class Models:
    """Asks the models of a scenario's invariants about what clients asked in some small runs, and were told."""

    def __init__(self, judges: Sequence[Invariant], complain: Callable[[str], None]) -> None:
        models = [model for each in judges if isinstance(model := getattr(each, "model", None), Model)]
        self._asked: list[tuple[Model, dict[Hashable, _Key]]] = [(model, {}) for model in models]
        self._complain = complain

    def look(self, history: History) -> None:
        """What was asked and answered in one run."""
        for model, keys in self._asked:
            for operation in history:
                try:
                    self._note(model, keys, operation.command, UNKNOWN if operation.returned is None else operation.result)
                except _Wrong as wrong:
                    self._complain(str(wrong))

    def conclude(self) -> None:
        """Ask the models."""
        for model, keys in self._asked:
            lax = bool(keys)
            for key in keys.values():
                try:
                    lax &= _tried(model, key)
                except _Wrong as wrong:
                    self._complain(str(wrong))
                    lax = False
            if lax:
                self._complain(
                    f"the model {type(model).__name__} takes any result of all that clients ask for, so that no answer could ever "
                    "be wrong: let step(state, command, result) return None where a command cannot have that result, and let "
                    "clients ask for something whose result tells"
                )

    def _note(self, model: Model, keys: dict[Hashable, _Key], command: Any, result: Any) -> None:
        try:
            name = model.key(command)
            known = keys.get(name)
            model.zone(command, UNKNOWN)
        except (Exception, SystemExit) as error:
            raise _Wrong(_raised(model, error, command)) from error
        if known is None:
            if len(keys) >= _KEYS:
                return
            known = keys[name] = _Key()
        try:
            stands = canonical(command)
            if stands in known.commands or len(known.commands) < _COMMANDS:
                known.commands[stands] = command
                if result is not UNKNOWN and len(known.results) < _COMMANDS:
                    known.results[stands, canonical(result)] = command, result
        except ScenarioError as error:
            raise _Wrong(str(error)) from error


def _tried(model: Model, key: _Key) -> bool:
    """Ask about all commands of a key; returns whether any result of any of them will do."""
    name, wrong = type(model).__name__, no_beginning(model)
    if wrong is not None:
        raise _Wrong(f"the model {name} cannot begin: {wrong}")
    states: dict[Hashable, None] = {model.initial: None}
    accepted: set[Hashable] = set()
    for _ in range(_ROUNDS):
        for stands, command in key.commands.items():
            for state in list(states):
                after = _step(model, state, command, UNKNOWN)
                if after is not None:
                    accepted.add(stands)
                    if len(states) < _STATES:
                        states[after] = None
    for stands, command in key.commands.items():
        if stands not in accepted:
            count = "the only state" if len(states) == 1 else f"any of the {len(states)} states"
            raise _Wrong(
                f"the model {name} takes {command!r:.60} without a known result for impossible in {count} that clients' commands "
                f"lead to: step(state, {command!r:.60}, UNKNOWN) returned None; a client without an answer does not know the "
                "result, and any will do then: return the state after it where result is UNKNOWN"
            )
    for command, result in key.results.values():
        for state in states:
            _step(model, state, command, result)
    return all(_takes_anything(model, states, command) for command in key.commands.values())


def _step(model: Model, state: Any, command: Any, result: Any) -> Any:
    """The state after it, for which the model is asked twice."""
    try:
        after, again = model.step(state, command, result), model.step(state, command, result)
    except (Exception, SystemExit) as error:
        raise _Wrong(_raised(model, error, command, result)) from error
    call = f"step({state!r:.60}, {command!r:.60}, {result!r:.40})"
    try:
        hash(after)
    except TypeError as error:
        raise _Wrong(
            f"the model {type(model).__name__} has a state without a hash: {call} returned {after!r:.60} ({error}); "
            "let states be immutable values, such as tuples and frozensets, for states are looked up"
        ) from None
    if (after is None) is not (again is None) or after != again:
        raise _Wrong(
            f"the model {type(model).__name__} gives two answers to one question: {call} returned {after!r:.60}, and then "
            f"{again!r:.60}; let step depend on its arguments alone, and change none of them, and let equal states be equal"
        )
    return after


def _takes_anything(model: Model, states: dict[Hashable, None], command: Any) -> bool:
    """Whether a result that no node gives is one that this command may have, in all states, and again: none, then, is judged."""
    odd = f"no result of {type(model).__name__}"
    try:
        found = [model.step(state, command, odd) for state in states]
        return all(after is not None and model.step(after, command, odd) is not None for after in found)
    except (Exception, SystemExit):  # noqa: BLE001 - it knows which results there may be
        return False


def _raised(model: Model, error: BaseException, command: Any, result: Any = UNKNOWN) -> str:
    how = "is asked for" if result is UNKNOWN else f"is answered with {result!r:.40}"
    return (
        f"the model {type(model).__name__} raised {raised(error)} where {command!r:.60} {how}; let the scenario's workload, or "
        "its commands(number), ask for what the model knows, or let the model know it: step(state, command, result) takes UNKNOWN "
        "for a result, and returns None, without raising, for one that cannot be"
    )
