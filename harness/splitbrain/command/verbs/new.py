"""The command `new`: a project to begin with."""

from __future__ import annotations

import argparse
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

from splitbrain.beginning.project import STYLES, begin
from splitbrain.command.exits import OK

if TYPE_CHECKING:
    from splitbrain.beginning.project import Project

_ABOUT = {
    "mynode.py": "the node, an invariant, and SCENARIO, which attacks them",
    "firstvote.py": "stands for the library that the node makes use of",
    "tests/test_mynode.py": "what pytest runs",
    "tests/schedules/README.md": "counterexamples come here, and are replayed",
    ".github/workflows/splitbrain.yml": "runs pytest on every push",
}


def add_to(commands: argparse._SubParsersAction[Any]) -> None:
    """Let the shell have `new`."""
    told = "; ".join(f"{style}: {what}" for style, what in STYLES.items())
    parser = commands.add_parser("new", help="write a starting point: a node, its scenario, tests, a workflow for CI")
    parser.add_argument("folder", metavar="DIR", help="where: a new folder, or an empty one")
    parser.add_argument("--style", choices=list(STYLES), default="sans-io", help=f"{told} (default sans-io)")
    parser.set_defaults(command=new_command)


def new_command(options: argparse.Namespace) -> int:
    """Write a project, and say how to go on."""
    options.interrupt.final("\n".join(_told(begin(options.folder, options.style), options.style)))
    return OK


def _told(project: Project, style: str) -> list[str]:
    files = [path.as_posix() for path in project.files]
    width = max(map(len, files))
    go = {
        f"cd {shlex.quote(_no_option(str(project.folder)))}": "",
        "pytest": "all is green; break the line of mynode.py that says BREAK ME, and it is not",
        "splitbrain hunt mynode:SCENARIO": "search for longer",
        "splitbrain doctor mynode:SCENARIO": "is it fit to be hunted?",
    }
    if project.folder.resolve() == Path.cwd():
        del go[next(iter(go))]
    room = max(len(command) for command, why in go.items() if why)
    return [
        f"{project.folder}: {style}, {STYLES[style]}. Written:",
        *(f"  {file:{width}}  {_ABOUT.get(file, '')}".rstrip() for file in files),
        "Go on with",
        *(f"  {command:{room}}  {why}".rstrip() for command, why in go.items()),
    ]


def _no_option(folder: str) -> str:
    """A folder whose name begins like an option's, as a path that does not."""
    return f"./{folder}" if folder.startswith("-") else folder
