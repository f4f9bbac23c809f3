"""A project to begin with: a node, its scenario, tests and a workflow, written into a folder."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from splitbrain.errors import SplitbrainError

STYLES = {
    "sans-io": "a plain class whose handlers yield what is to happen",
    "trio": "an async class, with tasks and timeouts",
    "library": "an adapter of a library with callbacks and ticks",
}
_TEMPLATES = Path(__file__).with_name("templates")
_COMMON = "all"
_DOT = "dot-"  # how a template's name begins that is to begin with a dot
_PLACEHOLDER = "PROJECT"
_NAMELESS = "mynode"


@dataclass(frozen=True)
class Project:
    """What was written: the folder, the project's name, and the files, as paths from there."""

    folder: Path
    name: str
    files: tuple[Path, ...]


def begin(folder: str | Path, style: str = "sans-io") -> Project:
    """Write a project in one of `STYLES` into ``folder``, which is made where it is not there.

    All or nothing: raises `SplitbrainError`, with nothing changed, for another style, for a folder that is not empty, and where the
    system does not let it be written.
    """
    if style not in STYLES:
        raise SplitbrainError(f"there is no style {style!r:.80}; it may be {', '.join(STYLES)}")
    if not f"{folder}".strip():
        raise SplitbrainError("the folder to begin in has no name; give it one, as in splitbrain new mynode")
    root = Path(folder)
    made: list[Path] = []
    try:
        _expect_empty(root)
        name = name_of(root)
        for path, text in templates(style):
            _make_folder((root / path).parent, made)
            made.append(root / path)
            with (root / path).open("x", encoding="utf-8", newline="\n") as file:
                file.write(text.replace(_PLACEHOLDER, name))
    except OSError as error:
        _undo(made)
        raise SplitbrainError(
            f"{folder} cannot be written: {error.strerror or error}; choose another folder, or make room there"
        ) from error
    except BaseException:
        _undo(made)
        raise
    return Project(root, name, tuple(path for path, _ in templates(style)))


def templates(style: str) -> Iterator[tuple[Path, str]]:
    """The files of a style and their texts, those that are to be read first, first."""
    for top in (_TEMPLATES / style, _TEMPLATES / _COMMON):
        for path in sorted(top.rglob("*"), key=lambda path: (path.suffix != ".py", path)):
            if path.is_file() and "__pycache__" not in path.parts:
                parts = path.relative_to(top).parts
                yield (
                    Path(*(f".{part.removeprefix(_DOT)}" if part.startswith(_DOT) else part for part in parts)),
                    path.read_text("utf-8"),
                )


def name_of(folder: Path) -> str:
    """What a project in this folder is called: the folder's name, as letters, digits and dashes."""
    return re.sub(r"[^a-z0-9]+", "-", folder.resolve().name.lower()).strip("-") or _NAMELESS


def _expect_empty(root: Path) -> None:
    if root.is_dir():
        if any(root.iterdir()):
            raise SplitbrainError(
                f"{root} is not empty, and nothing there is to be overwritten; choose a new folder, or an empty one"
            )
    elif root.exists() or root.is_symlink():
        raise SplitbrainError(f"{root} is there already, and is no folder; choose a new one")


def _make_folder(folder: Path, made: list[Path]) -> None:
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    for each in reversed(missing):
        each.mkdir()
        made.append(each)


def _undo(made: list[Path]) -> None:
    for path in reversed(made):
        try:
            if path.is_dir():
                path.rmdir()
            else:
                path.unlink(missing_ok=True)
        except OSError:
            continue  # what cannot be taken away either stays: the error that is told is the first one
