"""What can be run: scenarios under a shipped name or ``module:NAME``, and the exhibits of every museum that is installed."""

from __future__ import annotations

import importlib
import os
import sys
import sysconfig
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

from harness.errors import ScenarioError
from harness.scenario import Exhibit, Scenario

SCENARIOS = "splitbrain.scenarios"  # entry points: a short name for "module:NAME"
BUGS = "splitbrain.bugs"  # entry points: sequences of exhibits


def find_scenario(name: str, folders: Sequence[Path] = ()) -> tuple[str, Scenario]:
    """The scenario called ``name`` ("raft", or "module:NAME"), and its full name "module:NAME".

    Its module is imported, with the current directory in front of ``sys.path`` and ``folders`` behind it while that lasts.
    Raises `ScenarioError` when there is no such module or name, when importing it raises, or when it is no scenario.
    """
    if ":" not in name:
        shipped = {each.name: each.value for each in _entry_points(SCENARIOS)}
        if name not in shipped:
            a_file = name.endswith(".py") or os.sep in name
            raise ScenarioError(_malformed(name) if a_file else _unknown_scenario(name, list(shipped)))
        name = shipped[name]
    found = _load(name, folders)
    if not isinstance(found, Scenario):
        advice = (
            "name its scenario instead, or pass the exhibit's id as --bug"
            if isinstance(found, Exhibit)
            else "name a Scenario object"
        )
        raise ScenarioError(f"{name} is {_a(found)}, not a Scenario; {advice}")
    return name, found


def name_of(scenario: Scenario) -> str:
    """The name "module:NAME" under which this very object can be imported; the module of its factory comes first.

    Raises `ScenarioError` when no module has it: a schedule file could then not say what it is for.
    """
    shipped = {each.value for each in _entry_points(SCENARIOS)}
    home = str(getattr(scenario.factory, "__module__", ""))
    places: list[tuple[tuple[bool, bool, bool, bool, bool, str], int, str]] = []
    for module_name, module in sorted(sys.modules.items(), key=lambda item: item[0]):
        names = list(getattr(module, "__dict__", None) or {})
        for place, attribute in enumerate(names):
            if module.__dict__.get(attribute) is scenario and attribute.isidentifier() and module_name != "__mp_main__":
                rank = (
                    module_name == "__main__",
                    f"{module_name}:{attribute}" not in shipped,
                    module_name != home,
                    module_name.partition(".")[0] != home.partition(".")[0],
                    module_name.rpartition(".")[2] == "conftest",  # every folder may have one of that name
                    module_name,
                )
                places.append((rank, place, attribute))
    if not places:
        raise ScenarioError(
            f"scenario {scenario.name!r} is not a name in any module, so that no schedule file could say what it is for; "
            "assign it at the top level of an importable module (SCENARIO = Scenario(...))"
        )
    (*_, module_name), _, attribute = min(places)
    return f"{_main_name() if module_name == '__main__' else module_name}:{attribute}"


def bugs(name: str | None = None) -> dict[str, Exhibit]:
    """All exhibits by id, museum by museum, each in its own order; or those of the one museum called ``name``, "module:NAME".

    Raises `ScenarioError` for a museum that cannot be loaded, or that is not a sequence of exhibits with ids of their own.
    """
    if name is not None:
        return _museum(name, name)
    found: dict[str, Exhibit] = {}
    for museum in _entry_points(BUGS):
        for exhibit in _museum(museum.value, f"the entry point {museum.name!r} of {BUGS}, {museum.value},").values():
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
    for each in _entry_points(SCENARIOS):
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


def schedule_of(exhibit: Exhibit, museum: str | None = None) -> Path | None:
    """The file of an exhibit's saved minimal schedule, where ``museum``, "module:NAME", has one; or any that is installed.

    A museum's schedules are in the folder ``schedules`` beside its module; in a checkout, in ``tests/schedules/museum``.
    """
    from harness.schedule import SUFFIX  # noqa: PLC0415 - it needs this module itself

    name = f"{exhibit.id}{SUFFIX}"
    for each in [museum] if museum is not None else [each.value for each in _entry_points(BUGS)]:
        if _museum(each, each).get(exhibit.id) is not exhibit:
            continue
        file = getattr(sys.modules[each.partition(":")[0]], "__file__", None)
        home = Path(file or ".").parent
        for path in (home / "schedules" / name, *(above / "tests/schedules/museum" / name for above in home.parents[:2])):
            if path.is_file():
                return path
    return None


def bug_of(scenario: Scenario) -> Exhibit | None:
    """The exhibit whose scenario this very object is, if any."""
    return next((each for each in bugs().values() if each.scenario is scenario), None)


def _entry_points(group: str) -> list[EntryPoint]:
    # One distribution can be seen twice (an editable install, and its metadata on sys.path).
    return sorted({(each.name, each.value): each for each in entry_points(group=group)}.values(), key=lambda each: each.name)


def _museum(name: str, what: str) -> dict[str, Exhibit]:
    """The exhibits of the sequence "module:NAME" by id; ``what`` it is for whoever has to mend it."""
    listed = _load(name, (), "museum")
    if not isinstance(listed, Sequence) or isinstance(listed, str):
        raise ScenarioError(f"{what} is {_a(listed)}, not a sequence; make {name} a tuple of Exhibits")
    found: dict[str, Exhibit] = {}
    for place, exhibit in enumerate(listed, 1):
        if not isinstance(exhibit, Exhibit):
            raise ScenarioError(f"{what} holds {_a(exhibit)} at place {place}; make {name} a tuple of Exhibits alone")
        if not isinstance(exhibit.scenario, Scenario):
            raise ScenarioError(
                f"{what} has an exhibit {exhibit.id!r} whose scenario is {_a(exhibit.scenario)}; give it a Scenario"
            )
        if exhibit.id in found:
            raise ScenarioError(f"{what} has two exhibits that are called {exhibit.id!r}; rename one, or leave it out")
        found[exhibit.id] = exhibit
    return found


def _load(name: str, folders: Sequence[Path], what: str = "scenario") -> Any:
    module_name, _, attribute = name.partition(":")
    if not attribute.isidentifier() or not all(part.isidentifier() for part in module_name.split(".")):
        raise ScenarioError(_malformed(name, what))
    module = _import(module_name, folders)
    try:
        return getattr(module, attribute)
    except AttributeError:
        raise ScenarioError(_no_attribute(module, module_name, attribute, what)) from None


def _import(name: str, folders: Sequence[Path]) -> Any:
    importlib.invalidate_caches()  # the file may be seconds old
    with _importable_from(folders):
        try:
            return importlib.import_module(name)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # a module may raise anything at all, SystemExit too
            missing = error.name if isinstance(error, ModuleNotFoundError) else None
            if missing is not None and (name == missing or name.startswith(f"{missing}.")):
                looked = dict.fromkeys([Path.cwd(), *folders])
                raise ScenarioError(
                    f"there is no module {missing!r}, neither installed nor in {' or '.join(str(each) for each in looked)}; "
                    "check the spelling, or run this where `import " + name + "` works"
                ) from error
            detail, place = f": {error}" if str(error) else "", _where(error)
            at = f" (at {place})" if place else ""
            raise ScenarioError(f"importing {name!r} raised {type(error).__name__}{detail}{at}; mend that module first") from error


@contextmanager
def _importable_from(folders: Sequence[Path]) -> Iterator[None]:
    # The current directory in front, as with `python -m`; the rest behind, where it can hide nothing that is installed.
    here = os.getcwd()
    added = [each for each in dict.fromkeys([here, *map(str, folders)]) if each not in sys.path]
    if here in added:
        sys.path.insert(0, here)
    sys.path.extend(each for each in added if each != here)
    try:
        yield
    finally:
        for each in added:
            if each in sys.path:
                sys.path.remove(each)


def _where(error: BaseException) -> str | None:
    """The user's file and line that raised: the innermost frame that is neither Python's, nor an installed package's, nor ours."""
    if isinstance(error, SyntaxError) and error.filename:
        return f"{error.filename}:{error.lineno}"
    frames = [each for each in traceback.extract_tb(error.__traceback__) if not each.filename.startswith("<")]
    paths = sysconfig.get_paths()
    # `harness` is the machinery; it may stand in a checkout, outside site-packages.
    others = (paths["stdlib"], paths["platstdlib"], paths["purelib"], paths["platlib"], str(Path(__file__).parent))
    mine = [each for each in frames if not each.filename.startswith(others)]
    return next((f"{each.filename}:{each.lineno}" for each in reversed(mine or frames[1:])), None)


def _main_name() -> str:
    main: Any = sys.modules["__main__"]
    if getattr(main, "__spec__", None) is not None:
        return str(main.__spec__.name)
    return Path(getattr(main, "__file__", None) or "__main__").stem


def _a(thing: object) -> str:
    return f"the module {thing.__name__}" if isinstance(thing, type(sys)) else f"an object of type {type(thing).__qualname__}"


def _unknown_scenario(name: str, shipped: list[str]) -> str:
    if not shipped:
        return (
            f"there is no scenario {name!r}, nor any other short name, for splitbrain is not installed (only importable); "
            "run `pip install` on it, or write module:NAME"
        )
    near = get_close_matches(name, shipped, n=1)
    advice = f"did you mean {near[0]!r}?" if near else f"use {' or '.join(shipped)}, or module:NAME for one of your own"
    return f"there is no scenario {name!r}; {advice}"


def _malformed(name: str, what: str = "scenario") -> str:
    module, _, attribute = name.partition(":")
    if module.endswith(".py") or os.sep in module:
        dotted = module.removesuffix(".py").replace(os.sep, ".").strip(".")
        return f"{name!r} names a file, but {what}s are named by module; write {dotted}:{attribute or 'NAME'}"
    return f"{name!r} is not a {what}'s name; write module:NAME, with dots in the module and one plain name behind the colon"


def _no_attribute(module: Any, module_name: str, attribute: str, what: str) -> str:
    fits = _looks_like_a_museum if what == "museum" else _is_a_scenario
    has = [name for name, value in vars(module).items() if fits(value)]
    near = get_close_matches(attribute, has, n=1) or has
    advice = (
        f"it has {', '.join(f'{module_name}:{name}' for name in near)}"
        if near
        else f"it has no {what} at all; assign one to that name"
    )
    return f"module {module_name!r} ({getattr(module, '__file__', 'built in')}) has no {attribute!r}; {advice}"


def _is_a_scenario(value: object) -> bool:
    return isinstance(value, Scenario)


def _looks_like_a_museum(value: object) -> bool:
    return isinstance(value, (list, tuple)) and bool(value) and all(isinstance(each, Exhibit) for each in value)
