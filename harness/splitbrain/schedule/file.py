"""The schedule file ``*.schedule.jsonl``: a header and one action a line, in JSON. Strict to read, plain to edit.

Blank lines, and lines that begin with ``#``, are skipped (and not kept when the file is saved again).
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from itertools import count
from pathlib import Path
from typing import Any

import msgspec

from splitbrain.actions import Action, Operate, Request
from splitbrain.catalogue.museum import find_bug
from splitbrain.catalogue.scenarios import find_scenario
from splitbrain.errors import ScenarioError, ScheduleError
from splitbrain.filed import arguments, commands
from splitbrain.filed.options import option_texts
from splitbrain.scenario import Scenario
from splitbrain.schedule.format import FILE_AT_MOST, LINE_AT_MOST, NODES_AT_MOST, SUFFIX
from splitbrain.schedule.header import Header
from splitbrain.schedule.line import read_action, read_header, shown, write_line
from splitbrain.trace.saving import text
from splitbrain.world.run import Setup


@dataclass(frozen=True)
class SavedSchedule:
    """A schedule with what it takes to run it again; ``path`` is where it was loaded from."""

    header: Header
    actions: tuple[Action, ...]
    path: Path | None = field(default=None, compare=False)

    def setup(self, *, unbroken: bool = False, folders: Sequence[Path] = ()) -> Setup:
        """What the schedule is for; this imports the module that it names.

        unbroken: for an exhibit, its scenario with the protocol's own factory. folders: searched for that module,
        besides the current directory and the file's own folder and its parents. Raises `ScenarioError`, or
        `ScheduleError` for a size or an option that the scenario does not know.
        """
        header = self.header
        search = [*folders, *(() if self.path is None else project_folders(self.path))]
        _, scenario = find_scenario(header.scenario, search)
        if header.bug is not None:
            exhibit = find_bug(header.bug)
            if exhibit.protocol != scenario.name:
                raise ScheduleError(
                    f'{self._where()}"bug" is {header.bug!r}, a bug of {exhibit.protocol!r}, but "scenario" is '
                    f"{header.scenario!r}; mend the header"
                )
            scenario = exhibit.scenario if not unbroken else replace(exhibit.scenario, factory=scenario.factory)
        scenario = scenario.judged(header.only, header.without)
        most = max(NODES_AT_MOST, *scenario.sizes)
        if not 1 <= header.size <= most:
            raise ScheduleError(f'{self._where()}"size" is {header.size}, but a cluster has 1 to {most} nodes; mend the header')
        return Setup(scenario, header.size, self._options(scenario), header.seed)

    def schedule(self, scenario: Scenario) -> tuple[Action, ...]:
        """The actions with commands as the scenario makes them: JSON has no tuples, enums or records, a workload may."""
        try:
            return tuple(_recalled(action, scenario) for action in self.actions)
        except ScenarioError as error:
            raise ScheduleError(f"{self._where()}{error}") from error

    def _options(self, scenario: Scenario) -> Mapping[str, Any]:
        options = {}
        for name, value in self.header.options.items():
            if name not in scenario.options:
                near = get_close_matches(name, scenario.options, n=1) or list(scenario.options)
                advice = f"it has {', '.join(near)}" if near else "it has none"
                raise ScheduleError(f"{self._where()}scenario {scenario.name!r} has no option {name!r}; {advice}; mend the header")
            # The scenario's own object, found by its JSON: (1, 2) is [1, 2] in the file.
            values = option_texts(scenario, name)
            line = text(value)
            if line not in values:
                raise ScheduleError(
                    f"{self._where()}option {name!r} is {line.decode()}, which scenario {scenario.name!r} never draws "
                    f"(it has {', '.join(each.decode() for each in values)}); mend the header, or add the value to the scenario"
                )
            options[name] = values[line]
        return options

    def _where(self) -> str:
        return "" if self.path is None else f"{self.path}: "


def _recalled(action: Action, scenario: Scenario) -> Action:
    match action.input:
        case Request() as request:
            return action.with_input(commands.recalled(scenario, request))
        case Operate() as operation:
            return action.with_input(arguments.recalled(scenario, operation))
    return action


# The file


def load(path: str | Path) -> SavedSchedule:
    """Read a schedule file.

        saved = load("tests/schedules/museum/figure-8.schedule.jsonl")
        print(saved.header.bug, len(saved.actions))

    Nothing is imported or run yet. Raises `ScheduleError`, naming file and line, for whatever is wrong with it.
    """
    path = Path(path)
    try:
        with path.open("rb") as file:
            content = file.read(FILE_AT_MOST + 1)
    except OSError as error:
        raise ScheduleError(f"{path} cannot be read: {error.strerror or error}; check the path") from error
    return replace(decode(content, str(path)), path=path)


def save(path: str | Path, saved: SavedSchedule) -> None:
    """Write a schedule file, whole or not at all; missing folders are made. Raises `ScheduleError` when that cannot be.

        from splitbrain.schedule.file import SavedSchedule
        from splitbrain.schedule.header import new_header

        header = new_header("raft", Setup(RAFT, 3), found="by hand")
        save("tests/schedules/mine.schedule.jsonl", SavedSchedule(header, (Fire("n1", "election"), Crash("n1"))))

    Equal schedules are equal bytes; pytest replays what lies under its test paths.
    """
    path = Path(path)
    content = encode(saved)
    again = decode(content, f"{path} (not written)")
    if encode(again) != content:  # nothing is saved that would not come back as it is
        raise ScheduleError(
            f"{path} (not written): the schedule would come back as another one, {again}; this is splitbrain's mistake"
        )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _write_whole(path, content)
    except OSError as error:
        raise ScheduleError(
            f"{path} cannot be written: {error.strerror or error}; make room, or give the right to write there, "
            "or choose another folder"
        ) from error


def _write_whole(path: Path, content: bytes) -> None:
    # A rename within one folder is atomic: whoever reads at any moment, even after a power cut, sees the old file or the new one.
    for attempt in count():
        temporary = path.with_name(f".{path.name}.{os.getpid()}.{attempt}.tmp")
        try:
            file = temporary.open("xb")
            break
        except FileExistsError:
            continue
    try:
        with file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    if os.name == "posix":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def encode(saved: SavedSchedule) -> bytes:
    """The content of the file: equal schedules are equal bytes. Raises `ScheduleError` for a command that JSON cannot hold."""
    lines = [write_line(saved.header, "the header")]
    lines += [write_line(action, f"action {number}") for number, action in enumerate(saved.actions, 1)]
    return b"".join(lines)


def decode(content: bytes, name: str = "schedule") -> SavedSchedule:
    """The schedule in the content of a file called ``name``. Raises `ScheduleError`."""
    if len(content) > FILE_AT_MOST:
        raise ScheduleError(
            f"{name} is larger than {FILE_AT_MOST >> 20} MB, and no schedule is; check the path, or shrink it where it was found"
        )
    header: Header | None = None
    actions: list[Action] = []
    for number, line, cut_off in _lines(content, name):
        where = f"{name}, line {number}"
        try:
            if header is None:
                header = read_header(line, where)
            else:
                actions.append(read_action(line, where))
        except msgspec.DecodeError as error:
            if cut_off:
                raise ScheduleError(
                    f"{where}: the file ends in the middle of this line, so a part of it is lost; "
                    "restore the file, or delete the line if the rest is enough"
                ) from error
            raise ScheduleError(f"{where}: {shown(line)} is not JSON ({error}); mend the line, or delete it") from error
        except RecursionError as error:
            raise ScheduleError(
                f"{where}: {shown(line)} is nested too deeply to be an action; mend the line, or delete it"
            ) from error
    if header is None:
        raise ScheduleError(f"{name} is empty, but a schedule begins with a header line; restore the file, or delete it")
    return SavedSchedule(header, tuple(actions))


def _lines(content: bytes, name: str) -> Iterator[tuple[int, bytes, bool]]:
    """The lines that count: their number, what they say, and whether the file ends before the line does."""
    try:
        content.decode()
    except UnicodeDecodeError as error:
        number = content.count(b"\n", 0, error.start) + 1
        raise ScheduleError(
            f"{name}, line {number}: byte 0x{content[error.start]:02x} is not UTF-8, as a schedule must be; save the file as UTF-8"
        ) from error
    lines = content.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}".encode()).split(b"\n")  # some editors begin a file with it
    for number, line in enumerate(lines, 1):
        if len(line) > LINE_AT_MOST:
            raise ScheduleError(
                f"{name}, line {number} is longer than {LINE_AT_MOST >> 20} MB, and no action is; mend the line, or delete it"
            )
        line = line.strip()
        if line and not line.startswith(b"#"):
            yield number, line, number == len(lines)


# Its name and its surroundings


def essence(saved: SavedSchedule) -> bytes:
    """What is run: the file's content without where it comes from, what broke, and what is expected of it."""
    header = saved.header
    what = Header(scenario=header.scenario, bug=header.bug, size=header.size, options=header.options, seed=header.seed)
    return encode(SavedSchedule(what, saved.actions))


def file_name(saved: SavedSchedule) -> str:
    """A name that says what is inside, and differs when that differs: ``raft-figure-8-LogMatching-1a2b3c4d.schedule.jsonl``."""
    header = saved.header
    digest = hashlib.sha256(essence(saved)).hexdigest()[:8]
    parts = [header.scenario.rpartition(":")[2].lower(), header.bug, header.invariant, digest]
    return "-".join(re.sub(r"[^\w-]+", "_", part) for part in parts if part) + SUFFIX


def project_folders(path: Path) -> list[Path]:
    """Where a module that a schedule names may be: its folder and the parents, up to the current or the project's root folder."""
    folders = list(path.resolve().parents)
    here = Path.cwd()
    marks = ("pyproject.toml", "pytest.ini", "setup.cfg", "tox.ini", ".git")
    for place, folder in enumerate(folders, 1):
        if folder == here or any((folder / mark).exists() for mark in marks):
            return folders[:place]
    return folders[:1]
