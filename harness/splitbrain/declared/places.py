"""What the functions of a scenario say of positions in a cluster, and of counts: who votes, whom clients ask, what a quorum is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from splitbrain.errors import ScenarioError, told
from splitbrain.node import NodeId


class Declaring(Protocol):
    """A scenario, as far as this goes."""

    @property
    def voters(self) -> Callable[[int], tuple[int, ...]] | None: ...

    @property
    def quorums(self) -> Callable[[int], tuple[int, int]] | None: ...

    def nodes(self, size: int) -> tuple[NodeId, ...]: ...

    def blame(self, what: object) -> ScenarioError: ...


def places(scenario: Declaring, name: str, function: Callable[[int], tuple[int, ...]], size: int) -> tuple[int, ...]:
    """What ``function``, the scenario's ``name``, says of positions in a cluster of ``size``. Raises `ScenarioError` for others."""
    try:
        found = tuple(function(size))
    except (Exception, SystemExit) as error:
        raise scenario.blame(f"{name}({size}) raised {told(error)}; it must return positions from 0 to {size - 1}") from error
    for place in found:
        if not isinstance(place, int) or not 0 <= place < size:
            raise scenario.blame(
                f"{name}({size}) returned {found!r:.80}, but a cluster of {size} has no node at position {place!r:.20}; "
                f"return positions from 0 to {size - 1}"
            )
    return found


def voting(scenario: Declaring, size: int) -> tuple[NodeId, ...]:
    """The nodes of a cluster of ``size`` whose votes count at first."""
    names = scenario.nodes(size)
    if scenario.voters is None:
        return names
    found = places(scenario, "voters", scenario.voters, size)
    if not found or len(set(found)) < len(found):
        raise scenario.blame(f"voters({size}) returned {found!r:.80}; name at least one position, and each once")
    return tuple(names[place] for place in found)


def quorum(scenario: Declaring, voters: int) -> tuple[int, int]:
    """How many of so many voters elect, and how many decide."""
    if scenario.quorums is None:
        return (voters // 2 + 1,) * 2
    try:
        elect, decide = scenario.quorums(voters)
    except (Exception, SystemExit) as error:
        raise scenario.blame(f"quorums({voters}) raised {told(error)}; it must return two counts, (elect, decide)") from error
    if not (type(elect) is type(decide) is int and 1 <= elect <= voters and 1 <= decide <= voters < elect + decide):
        raise scenario.blame(
            f"quorums({voters}) returned {(elect, decide)!r:.80}, but each must be 1 to {voters}, and together more "
            f"than {voters}, for any two that elect and decide to have a voter in common"
        )
    return elect, decide
