"""Things that a name "module:NAME" stands for: imported, or an error in the user's terms."""

from __future__ import annotations

import importlib
import os
import re
import sys
import sysconfig
import traceback
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from importlib.metadata import EntryPoint, distributions, entry_points
from pathlib import Path
from types import ModuleType
from typing import Any

import splitbrain
from splitbrain.errors import ScenarioError


def declared(group: str) -> list[EntryPoint]:
    """The entry points of a group, by name."""
    # One distribution can be seen twice (an editable install, and its metadata on sys.path).
    return sorted({(each.name, each.value): each for each in entry_points(group=group)}.values(), key=lambda each: each.name)


def attribute_of(module: str, attribute: str) -> Any:
    """What a module that is imported already calls so; None where there is no such thing."""
    return getattr(sys.modules.get(module), attribute, None)


def imported(module: str) -> ModuleType | None:
    """A module that is imported already, by its name."""
    return sys.modules.get(module)


def loaded(packages: Collection[str], modules: Collection[str]) -> list[str]:
    """Which modules of these packages, and of these modules, this process has imported, in the order in which it did."""
    return [name for name in list(sys.modules) if name in modules or name.partition(".")[0] in packages]


def load(name: str, folders: Sequence[Path], what: str, fits: Callable[[object], bool]) -> Any:
    """The object called ``name``, "module:NAME". what: what it is to be, in words; fits: whether another object could be meant.

    Its module is imported, with the current directory in front of ``sys.path`` and ``folders`` behind it while that lasts.
    Raises `ScenarioError` when there is no such module or name, or when importing it raises.
    """
    module_name, _, attribute = name.partition(":")
    if not attribute.isidentifier() or not all(part.isidentifier() for part in module_name.split(".")):
        raise ScenarioError(malformed(name, what))
    module = _import(module_name, folders)
    try:
        return getattr(module, attribute)
    except AttributeError:
        raise ScenarioError(_no_attribute(module, module_name, attribute, what, fits)) from None


def _import(name: str, folders: Sequence[Path]) -> Any:
    importlib.invalidate_caches()  # the file may be seconds old
    with importable_from(folders):
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
            extra = None if missing is None else _extra(name, missing.partition(".")[0])
            remedy = "mend that module first" if extra is None else f"what it needs is an extra: pip install '{extra}'"
            raise ScenarioError(f"importing {name!r} raised {type(error).__name__}{detail}{at}; {remedy}") from error


def _extra(module: str, missing: str) -> str | None:
    """The extra, as pip wants it, with which comes what a module lacks that a distribution declares to us; None: there is none.

    Of several, the one that brings least: an extra may include another.
    """
    for distribution in distributions():
        if any(each.group.startswith("splitbrain.") and each.module == module for each in distribution.entry_points):
            brings: dict[str, list[str]] = {}
            for requirement in distribution.requires or ():
                found = re.match(r"([\w.-]+)[^;]*;.*\bextra\s*==\s*['\"]([\w.-]+)['\"]", requirement)
                if found is not None:
                    brings.setdefault(found[2], []).append(_plain(found[1]))
            having = [extra for extra, names in brings.items() if _plain(missing) in names]
            if having:
                return f"{distribution.name}[{min(having, key=lambda extra: len(brings[extra]))}]"
    return None


def _plain(name: str) -> str:
    """The one form of a distribution's name: case, hyphens, dots and underscores make no difference."""
    return re.sub(r"[-_.]+", "-", name).lower()


@contextmanager
def importable_from(folders: Sequence[Path]) -> Iterator[None]:
    """Modules are also looked for in the current directory and in ``folders``."""
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
    # Ours may stand in a checkout, outside site-packages.
    others = (paths["stdlib"], paths["platstdlib"], paths["purelib"], paths["platlib"], str(Path(splitbrain.__file__).parent))
    mine = [each for each in frames if not each.filename.startswith(others)]
    return next((f"{each.filename}:{each.lineno}" for each in reversed(mine or frames[1:])), None)


def described(thing: object) -> str:
    """What was found in place of something else."""
    return f"the module {thing.__name__}" if isinstance(thing, ModuleType) else f"an object of type {type(thing).__qualname__}"


def malformed(name: str, what: str) -> str:
    """Why ``name`` cannot be the name of a ``what``."""
    module, _, attribute = name.partition(":")
    if module.endswith(".py") or os.sep in module:
        dotted = module.removesuffix(".py").replace(os.sep, ".").strip(".")
        return f"{name!r} names a file, but {what}s are named by module; write {dotted}:{attribute or 'NAME'}"
    return f"{name!r} is not a {what}'s name; write module:NAME, with dots in the module and one plain name behind the colon"


def _no_attribute(module: Any, module_name: str, attribute: str, what: str, fits: Callable[[object], bool]) -> str:
    has = [name for name, value in vars(module).items() if fits(value)]
    near = get_close_matches(attribute, has, n=1) or has
    advice = (
        f"it has {', '.join(f'{module_name}:{name}' for name in near)}"
        if near
        else f"it has no {what} at all; assign one to that name"
    )
    return f"module {module_name!r} ({getattr(module, '__file__', 'built in')}) has no {attribute!r}; {advice}"
