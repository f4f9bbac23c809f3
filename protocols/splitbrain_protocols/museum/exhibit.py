"""How an exhibit is described: the mechanism is the first line of its class' docstring, the story the rest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from splitbrain.exhibit import Exhibit, Goal, mutant, told_by
from splitbrain.node import Factory
from splitbrain.scenario import Scenario


def exhibit(
    scenario: Scenario,
    slug: str,
    factory: Factory,
    *,
    title: str,
    source: str,
    invariant: tuple[str, ...] = (),
    faults: str,
    shortest: Mapping[str, int] | None = None,
    goal: Goal | None = None,
    control: bool = False,
    **changes: Any,
) -> Exhibit:
    """``scenario`` with the broken ``factory``; ``changes`` are to its fields, and stay away from what the search is to find out.

    ``shortest``: see the wing, which says what it was counted in.
    """
    mechanism, story = told_by(factory)
    return Exhibit(
        id=slug,
        title=title,
        protocol=scenario.name,
        source=source,
        mechanism=mechanism,
        story=story,
        scenario=mutant(scenario, factory, **changes),
        invariant=invariant,
        faults=faults,
        shortest=shortest or {},
        goal=goal,
        control=control,
    )
