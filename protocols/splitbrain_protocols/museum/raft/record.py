"""How a Raft exhibit is recorded: the mechanism is the first line of its class' docstring, the story the rest.

``shortest`` is the least number of actions with the options at their first values, which are the paper's. With a leader's no-op,
or an optimistic ``next_index``, a counterexample can be shorter than that: some need no client, or no refusal, any more.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from splitbrain.exhibit import Exhibit, Goal, mutant, told_by
from splitbrain_protocols.raft.node import Raft
from splitbrain_protocols.raft.scenario import RAFT


def record(
    slug: str,
    factory: type[Raft],
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
    """An exhibit of the scenario ``raft``; ``changes`` are to its fields, and stay away from what the search is to find out."""
    mechanism, story = told_by(factory)
    return Exhibit(
        id=slug,
        title=title,
        protocol=RAFT.name,
        source=source,
        mechanism=mechanism,
        story=story,
        scenario=mutant(RAFT, factory, **changes),
        invariant=invariant,
        faults=faults,
        shortest=shortest or {},
        control=control,
        goal=goal,
    )
