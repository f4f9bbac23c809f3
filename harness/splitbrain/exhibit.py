"""An exhibit: a re-created historical bug, as a scenario with one decision gone wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from inspect import cleandoc
from typing import Any

from splitbrain.node import Factory
from splitbrain.scenario import Scenario


@dataclass(frozen=True)
class Goal:
    """What a search for an exhibit is to reach.

    runs: the most that it may take, as the median over the seeds; None: one seed that finds it is enough. remark: what else there
    is to say of it; with ``runs``, what others need.
    """

    runs: int | None
    remark: str


@dataclass(frozen=True, kw_only=True)
class Exhibit:
    """A re-created historical bug: a scenario whose factory overrides one named decision or sequence of effects.

    id: its slug. title: a few words. protocol: the scenario's name. source: where it happened. mechanism: one sentence.
    story: more of it, in paragraphs.
    invariant: the names of those that may catch it (the first that fires wins); empty for a control.
    faults: what the nemesis needs. shortest: the exact least number of actions for an invariant, where it is known
    (a crash with its restart counts as one). control: it looks like a bug and is none: nothing may be found.
    goal: what a score holds the search against, for this exhibit by itself.
    """

    id: str
    title: str
    protocol: str
    source: str
    mechanism: str
    story: str = ""
    scenario: Scenario
    invariant: tuple[str, ...] = ()
    faults: str = ""
    shortest: Mapping[str, int] = field(default_factory=dict)
    control: bool = False
    goal: Goal | None = None


def told_by(factory: Factory) -> tuple[str, str]:
    """An exhibit's mechanism and story: the first line of its factory's docstring, and the paragraphs below it."""
    first, _, rest = cleandoc(factory.__doc__ or "").partition("\n")
    return first, rest.strip()


def mutant(base: Scenario, factory: Factory, **changes: Any) -> Scenario:
    """``base`` with another factory (and other fields): how an exhibit is made."""
    return replace(base, factory=factory, **changes)
