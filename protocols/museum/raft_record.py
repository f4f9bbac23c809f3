"""How a Raft exhibit is recorded: the mechanism is the first sentence of its class.

``shortest`` is the least number of actions with the options at their first values, which are the paper's. With a leader's no-op,
or an optimistic ``next_index``, a counterexample can be shorter than that: some need no client, or no refusal, any more.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.scenario import Exhibit, mutant
from protocols.raft.node import Raft
from protocols.raft.scenario import RAFT


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
    **changes: Any,
) -> Exhibit:
    """An exhibit of the scenario ``raft``; ``changes`` are to its fields, and stay away from what the search is to find out."""
    return Exhibit(
        id=slug,
        title=title,
        protocol=RAFT.name,
        source=source,
        mechanism=(factory.__doc__ or "").strip().splitlines()[0],
        scenario=mutant(RAFT, factory, **changes),
        invariant=invariant,
        faults=faults,
        shortest=shortest or {},
        control=control,
    )
