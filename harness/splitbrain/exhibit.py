"""An exhibit: a re-created historical bug, as a scenario with one decision gone wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from inspect import cleandoc
from re import fullmatch
from types import NoneType
from typing import Any

from splitbrain.declared.fields import described, is_count
from splitbrain.declared.judges import all_judges, as_names, check_names
from splitbrain.errors import ScenarioError
from splitbrain.node import Factory
from splitbrain.scenario import Scenario, expect_scenario


@dataclass(frozen=True)
class Goal:
    """What a search for an exhibit is to reach.

    runs: the most that it may take, as the median over the seeds; None: one seed that finds it is enough. remark: what else there
    is to say of it; with ``runs``, what others need.
    """

    runs: int | None
    remark: str

    def __post_init__(self) -> None:
        if self.runs is not None and not is_count(self.runs, 1):
            raise ValueError(f"Goal: runs={self.runs!r:.80} is no number of runs; give a whole number, at least 1, or None")


@dataclass(frozen=True, kw_only=True)
class Exhibit:
    """A re-created historical bug: a scenario whose factory overrides one named decision or sequence of effects.

        FORGETS = Exhibit(
            id="majority-forgets",
            title="votes are not on the disk",
            protocol="majority",
            source="an outage of last spring",
            mechanism="A node that restarts has forgotten its vote, and gives another one.",
            scenario=mutant(MAJORITY, Forgetful),
            invariant=("Agreement",),
        )

    A sequence of them is a museum: ``splitbrain score --bugs module:NAME`` hunts each, blind, and an entry point of the group
    ``splitbrain.bugs`` adds it to what ``splitbrain bugs`` lists.

    id: its slug. title: a few words. protocol: the scenario's name. source: where it happened. mechanism: one sentence.
    story: more of it, in paragraphs.
    invariant: the names of those that may catch it (the first that fires wins); empty for a control.
    faults: what the nemesis needs. shortest: the exact least number of actions for an invariant, where it is known
    (a crash with its restart counts as one). control: it looks like a bug and is none: nothing may be found.
    goal: what a score holds the search against, for this exhibit by itself.

    Raises `ValueError` for what cannot be, as an invariant that the scenario does not have.
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

    def __post_init__(self) -> None:
        wrong = _wrong(self)
        if wrong:
            raise ValueError(f"Exhibit {self.id!r:.80}: {wrong}")


def _wrong(exhibit: Exhibit) -> str | None:
    """What is wrong with the fields of one, and what to write; None where it can be hunted."""
    if not isinstance(exhibit.id, str) or not fullmatch(r"[\w.-]+", exhibit.id):
        return "this id is no word of letters, digits, '-', '_' and '.', as files and commands need; write for instance 'lost-vote'"
    for name in ("title", "protocol", "source", "mechanism", "story", "faults"):
        if not isinstance(getattr(exhibit, name), str):
            return f"{name}={getattr(exhibit, name)!r:.80} is no text; write one"
    if not isinstance(exhibit.scenario, Scenario):
        return f"scenario={exhibit.scenario!r:.80} is {described(exhibit.scenario)}; give it a Scenario"
    if not isinstance(exhibit.shortest, Mapping) or not all(is_count(least, 1) for least in exhibit.shortest.values()):
        return f"shortest={exhibit.shortest!r:.80} is no dict of numbers of actions; write for instance {{'Agreement': 4}}"
    if not isinstance(exhibit.control, bool):
        return f"control={exhibit.control!r:.80} is neither True nor False; say which"
    if not isinstance(exhibit.goal, (Goal, NoneType)):
        return f"goal={exhibit.goal!r:.80} is {described(exhibit.goal)}; write for instance Goal(20, 'in a hunt of seconds')"
    try:
        names = as_names("invariant", exhibit.invariant)
        check_names(all_judges(exhibit.scenario.invariants), invariant=names, shortest=tuple(exhibit.shortest))
    except ScenarioError as error:
        return str(error)
    return None


def told_by(factory: Factory) -> tuple[str, str]:
    """An exhibit's mechanism and story: the first line of its factory's docstring, and the paragraphs below it."""
    first, _, rest = cleandoc(factory.__doc__ or "").partition("\n")
    return first, rest.strip()


def mutant(base: Scenario, factory: Factory, **changes: Any) -> Scenario:
    """``base`` with another factory, and with other fields, where ``changes`` has some: how an exhibit is made.

        class Forgetful(Majority):
            def __init__(self, me, peers, disk):
                super().__init__(me, peers, {})

        FORGETFUL = mutant(MAJORITY, Forgetful, name="forgetful", sizes=(3,))

    Raises `TypeError` for a field that no scenario has.
    """
    expect_scenario("mutant", base)
    return replace(base, factory=factory, **changes)
