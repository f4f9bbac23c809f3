"""How a Paxos exhibit is recorded: the mechanism is the first line of its class' docstring, the story the rest.

``shortest`` is exact, in two models. For the invariants that speak early it is the least number of actions (a crash and its
restart are two) of our own nodes, as `ci/optimum.py` finds it: on three nodes, or four where it takes as many, with two clients
and one crash (and where it is 8, without crashes and without the timers of learners). For the choice of a second value
it is that of a model whose proposers and acceptors are processes of their own; here they share processes, what a process
tells itself is no action, and a counterexample can be shorter than that.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from splitbrain.exhibit import Exhibit, Goal, mutant, told_by
from splitbrain_protocols.paxos.node import Paxos
from splitbrain_protocols.paxos.scenario import PAXOS, PLAIN


def record(
    slug: str,
    factory: type[Paxos],
    *,
    title: str,
    source: str,
    invariant: tuple[str, ...] = (),
    faults: str,
    shortest: Mapping[str, int] | None = None,
    control: bool = False,
    goal: Goal | None = None,
    **changes: Any,
) -> Exhibit:
    """An exhibit of the scenario ``paxos``; ``changes`` are to the scenario's fields."""
    mechanism, story = told_by(factory)
    return Exhibit(
        id=slug,
        title=title,
        protocol=PAXOS.name,
        source=source,
        mechanism=mechanism,
        story=story,
        scenario=mutant(PLAIN, factory, **changes),
        invariant=invariant,
        faults=faults,
        shortest=shortest or {},
        control=control,
        goal=goal,
    )
