"""The exhibits of every museum that is installed, or of one that is named."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from difflib import get_close_matches

from splitbrain.catalogue.importing import declared, described, load
from splitbrain.catalogue.scenarios import SCENARIOS, find_scenario, name_of
from splitbrain.errors import ScenarioError
from splitbrain.exhibit import Exhibit
from splitbrain.scenario import Scenario

BUGS = "splitbrain.bugs"  # entry points: sequences of exhibits


def museums() -> list[str]:
    """The names "module:NAME" of those that are installed."""
    return [each.value for each in declared(BUGS)]


def bugs(name: str | None = None) -> dict[str, Exhibit]:
    """All exhibits by id, museum by museum, each in its own order; or those of the one museum called ``name``, "module:NAME".

    Raises `ScenarioError` for a museum that cannot be loaded, or that is not a sequence of exhibits with ids of their own.
    """
    if name is not None:
        return exhibits_of(name, name)
    found: dict[str, Exhibit] = {}
    for museum in declared(BUGS):
        for exhibit in exhibits_of(museum.value, f"the entry point {museum.name!r} of {BUGS}, {museum.value},").values():
            if found.setdefault(exhibit.id, exhibit) is not exhibit:
                raise ScenarioError(f"two exhibits are called {exhibit.id!r}, one of them in {museum.value}; rename one")
    return found


def find_bug(bug: str, museum: str | None = None) -> Exhibit:
    """The exhibit of this id, in ``museum`` or in any. Raises `ScenarioError`, naming the nearest ids, when there is none."""
    exhibits = bugs(museum)
    if bug not in exhibits:
        near = get_close_matches(bug, exhibits, n=3, cutoff=0.4)
        listed = "`splitbrain bugs` lists them" if museum is None else f"it has {', '.join(exhibits) or 'none at all'}"
        advice = f"did you mean {' or '.join(near)}?" if near else listed
        where = "that are installed" if museum is None else f"of {museum}"
        raise ScenarioError(f"there is no exhibit {bug!r} among the {len(exhibits)} {where}; {advice}")
    return exhibits[bug]


def unbroken(exhibit: Exhibit, museum: str | None = None) -> str | None:
    """The name of the protocol that ``exhibit`` breaks: of a shipped scenario, or "module:NAME" of one beside its museum."""
    for each in declared(SCENARIOS):
        if each.name == exhibit.protocol:
            return each.name
    if museum is None:
        return None
    broken = [each.scenario for each in bugs(museum).values()]
    module = sys.modules[museum.partition(":")[0]]
    for attribute, value in vars(module).items():
        if isinstance(value, Scenario) and value.name == exhibit.protocol and not any(value is each for each in broken):
            return f"{module.__name__}:{attribute}"
    return None


def bug_of(scenario: Scenario) -> Exhibit | None:
    """The exhibit whose scenario this very object is, if any."""
    return next((each for each in bugs().values() if each.scenario is scenario), None)


def named(scenario: Scenario) -> tuple[str, str | None]:
    """What files call a scenario: its name; or the protocol's, with the exhibit's id. Raises `ScenarioError` where it has none.

    One that is judged by other invariants goes by the name of what it was, unless it has one of its own.
    """
    try:
        exhibit = bug_of(scenario)
        if exhibit is not None:
            return find_scenario(exhibit.protocol)[0], exhibit.id
    except ScenarioError:
        pass  # a museum that cannot be loaded, or an exhibit of an unknown protocol: it may have a name of its own
    try:
        return name_of(scenario), None
    except ScenarioError:
        if scenario.origin is None:
            raise
        return named(scenario.origin)


def exhibits_of(name: str, what: str) -> dict[str, Exhibit]:
    """The exhibits of the sequence "module:NAME" by id; ``what`` it is for whoever has to mend it."""
    listed = load(name, (), "museum", _looks_like_a_museum)
    if not isinstance(listed, Sequence) or isinstance(listed, str):
        raise ScenarioError(f"{what} is {described(listed)}, not a sequence; make {name} a tuple of Exhibits")
    found: dict[str, Exhibit] = {}
    for place, exhibit in enumerate(listed, 1):
        if not isinstance(exhibit, Exhibit):
            raise ScenarioError(f"{what} holds {described(exhibit)} at place {place}; make {name} a tuple of Exhibits alone")
        if exhibit.id in found:
            raise ScenarioError(f"{what} has two exhibits that are called {exhibit.id!r}; rename one, or leave it out")
        found[exhibit.id] = exhibit
    return found


def _looks_like_a_museum(value: object) -> bool:
    return isinstance(value, (list, tuple)) and bool(value) and all(isinstance(each, Exhibit) for each in value)
