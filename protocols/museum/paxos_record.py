"""How a Paxos exhibit is recorded: the mechanism is the first line of its class' docstring, the story the rest.

``shortest`` is the least number of actions in a model whose proposers and acceptors are processes of their own. Here they share
processes, what a process tells itself is no action, and a counterexample can be shorter than that.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.scenario import Exhibit, mutant, told_by
from protocols.paxos.node import Paxos
from protocols.paxos.scenario import PAXOS


def record(
    slug: str,
    factory: type[Paxos],
    *,
    title: str,
    source: str,
    invariant: tuple[str, ...],
    faults: str,
    shortest: Mapping[str, int] | None = None,
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
        scenario=mutant(PAXOS, factory, **changes),
        invariant=invariant,
        faults=faults,
        shortest=shortest or {},
    )
