"""Control operations: what somebody who operates a cluster may tell its nodes to do, and with which arguments."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeAlias

from splitbrain.actions import Operate
from splitbrain.declared.fields import described, is_put_off
from splitbrain.dice import Dice
from splitbrain.errors import ScenarioError, told
from splitbrain.node import NodeId

Draw: TypeAlias = Callable[[NodeId, tuple[NodeId, ...], Dice], Any]  # (me, peers, dice) -> argument; None: nothing to do now


class Operated(Protocol):
    """A scenario, as far as this goes."""

    @property
    def operations(self) -> Mapping[str, tuple[Any, ...] | Draw]: ...

    def blame(self, what: object) -> ScenarioError: ...


def drawn(scenario: Operated, operation: str, me: NodeId, nodes: tuple[NodeId, ...], dice: Dice) -> Operate | None:
    """The operation, with one of its arguments, for node ``me`` of a cluster of ``nodes``; None where there is nothing to do now.

    Raises `ScenarioError` where the scenario's function goes wrong.
    """
    arguments = scenario.operations[operation]
    if not callable(arguments):
        return Operate(me, operation, dice.pick(arguments))
    peers = tuple(node for node in nodes if node != me)
    called, remedy = (
        f"operations[{operation!r}]({me!r}, peers, dice)",
        "return an argument, or None where there is nothing to do now",
    )
    try:
        argument = arguments(me, peers, dice)
    except (Exception, SystemExit) as error:
        raise scenario.blame(f"{called} raised {told(error)}; {remedy}") from error
    if is_put_off(argument):
        raise scenario.blame(f"{called} returned {described(argument)}, which is no argument; {remedy}, from a plain function")
    return None if argument is None else Operate(me, operation, argument)
