"""Scenarios by name: a shipped one's short name, or "module:NAME"."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from splitbrain.catalogue.importing import declared, described, importable_from, load, malformed
from splitbrain.errors import ScenarioError
from splitbrain.exhibit import Exhibit
from splitbrain.scenario import Scenario

SCENARIOS = "splitbrain.scenarios"  # entry points: a short name for "module:NAME"
# What files of 0.1 and 0.2 call the shipped scenarios.
_FORMER = {"protocols.raft.scenario:RAFT": "raft", "protocols.paxos.scenario:PAXOS": "paxos"}


def find_scenario(name: str, folders: Sequence[Path] = ()) -> tuple[str, Scenario]:
    """The scenario called ``name`` ("raft", or "module:NAME"), and the name that files call it by.

    Its module is imported, with the current directory in front of ``sys.path`` and ``folders`` behind it while that lasts.
    Raises `ScenarioError` when there is no such module or name, when importing it raises, or when it is no scenario.
    """
    short = {each.name: each.value for each in declared(SCENARIOS)}
    name = current_name(name, folders)
    if ":" not in name and name not in short:
        a_file = name.endswith(".py") or os.sep in name
        raise ScenarioError(malformed(name, "scenario") if a_file else _unknown(name, list(short)))
    full = short.get(name, name)
    found = load(full, folders, "scenario", _is_a_scenario)
    if not isinstance(found, Scenario):
        advice = (
            "name its scenario instead, or pass the exhibit's id as --bug"
            if isinstance(found, Exhibit)
            else "name a Scenario object"
        )
        raise ScenarioError(f"{full} is {described(found)}, not a Scenario; {advice}")
    return _shipped().get(full, full), found


def name_of(scenario: Scenario) -> str:
    """The name under which this very object can be found: a shipped scenario's short one, else "module:NAME".

    Raises `ScenarioError` when no module has it: a schedule file could then not say what it is for.
    """
    places = list(_places_of(scenario))
    if not places:
        raise ScenarioError(
            f"scenario {scenario.name!r} is not a name in any module, so that no schedule file could say what it is for; "
            "assign it at the top level of an importable module (SCENARIO = Scenario(...))"
        )
    shipped = _shipped()
    for module, attribute in places:
        if f"{module}:{attribute}" in shipped:
            return shipped[f"{module}:{attribute}"]
    home = str(getattr(scenario.factory, "__module__", ""))
    wishes: tuple[Callable[[str], bool], ...] = (
        lambda module: module != "__main__",
        lambda module: module == home,
        lambda module: module.partition(".")[0] == home.partition(".")[0],
        lambda module: module.rpartition(".")[2] != "conftest",  # every folder may have one of that name
    )
    for wish in wishes:  # the first weighs most: a later one chooses among those that are left
        places = [(module, attribute) for module, attribute in places if wish(module)] or places
    module, attribute = places[0]
    return f"{_main_name() if module == '__main__' else module}:{attribute}"


def home_of(name: str) -> Path | None:
    """The folder from which the module that a name says was imported; None for a short name, and for a module without a file.

    Raises `ScenarioError` where that is the program that runs: to import it is to run it again.
    """
    module_name, colon, _ = name.partition(":")
    if not colon:
        return None
    module = sys.modules.get(module_name)
    if module is None or module is sys.modules["__main__"]:
        raise ScenarioError(
            f"scenario {name} stands in the program that runs, and to import that is to run it again; "
            "put the scenario into a module of its own"
        )
    file = getattr(module, "__file__", None)
    if file is None:
        return None
    path = Path(file).resolve()
    above = list((path.parent if path.stem == "__init__" else path).parents)
    depth = module_name.count(".")
    return above[depth] if depth < len(above) else None


def _places_of(scenario: Scenario) -> Iterator[tuple[str, str]]:
    """Every module, by name, and every attribute, in the order of the module's text, that is this very object."""
    for name, module in sorted(sys.modules.items(), key=lambda item: item[0]):
        if name != "__mp_main__":
            for attribute, value in list((getattr(module, "__dict__", None) or {}).items()):
                if value is scenario and attribute.isidentifier():
                    yield name, attribute


def _shipped() -> dict[str, str]:
    """The short names of our own scenarios by "module:NAME". Other distributions' are in files by module: they may be gone."""
    ours = [each for each in declared(SCENARIOS) if each.dist is not None and each.dist.name == "splitbrain"]
    return {each.value: each.name for each in ours}


def current_name(name: str, folders: Sequence[Path] = ()) -> str:
    """What files call it today: a shipped scenario under its former name, unless a module of the user's has that name.

    Nothing is imported for that: the user's module need not be in order.
    """
    if name not in _FORMER:
        return name
    module = Path(*name.partition(":")[0].split(".")).with_suffix(".py")
    with importable_from(folders):
        theirs = any(Path(folder, module).is_file() for folder in sys.path)
    return name if theirs else _FORMER[name]


def _main_name() -> str:
    main: Any = sys.modules["__main__"]
    if getattr(main, "__spec__", None) is not None:
        return str(main.__spec__.name)
    return Path(getattr(main, "__file__", None) or "__main__").stem


def _unknown(name: str, shipped: list[str]) -> str:
    if not shipped:
        return (
            f"there is no scenario {name!r}, nor any other short name, for splitbrain is not installed (only importable); "
            "run `pip install` on it, or write module:NAME"
        )
    near = get_close_matches(name, shipped, n=1)
    advice = f"did you mean {near[0]!r}?" if near else f"use {' or '.join(shipped)}, or module:NAME for one of your own"
    return f"there is no scenario {name!r}; {advice}"


def _is_a_scenario(value: object) -> bool:
    return isinstance(value, Scenario)
