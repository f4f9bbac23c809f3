"""Other Pythons of this machine that can run what runs here: those that are named, and those on PATH."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

from splitbrain.catalogue.museum import named
from splitbrain.catalogue.scenarios import home_of
from splitbrain.elsewhere.cause import VERSION
from splitbrain.elsewhere.confirmation import Others
from splitbrain.elsewhere.question import Answer, Question
from splitbrain.elsewhere.worker import Worker
from splitbrain.errors import ScenarioError
from splitbrain.scenario import Scenario

NAMED = "SPLITBRAIN_PYTHONS"  # interpreters to ask, separated as in PATH
_VERSIONS = ("3.11", "3.12", "3.13", "3.14")  # looked for on PATH, but for our own
_PATIENCE = 20  # seconds of wall clock to say that it is there
_HASH_SEED = 7
_PROBE = """
import json, platform, sys
sys.path[:0] = json.loads(sys.argv[1])
import splitbrain.elsewhere.child
print(json.dumps([platform.python_version(), [each for each in sys.path if each]]))
"""


class Interpreter(msgspec.Struct, frozen=True):
    """One that can import splitbrain. path: where it looks for modules, the user's folders among them."""

    file: str
    version: str
    path: tuple[str, ...]


class Abroad:
    """A worker under each of some other Pythons."""

    cause: str | None = VERSION

    def __init__(self, pythons: Sequence[Interpreter]) -> None:
        self._pythons = pythons

    @property
    def places(self) -> tuple[str, ...]:
        """Where each of them runs what it is asked."""
        return tuple(f"under Python {each.version}" for each in self._pythons)

    def ask(self, question: Question, seconds: float) -> list[Answer]:
        """What each answers, one after the other; they are begun for this question alone."""
        return [self._ask(each, question, seconds) for each in self._pythons]

    def _ask(self, python: Interpreter, question: Question, seconds: float) -> Answer:
        try:
            worker = Worker(_HASH_SEED, python=python.file, path=python.path)
        except OSError as error:
            return Answer(trouble=f"{python.file} cannot be started: {error}")
        try:
            worker.ask(msgspec.structs.replace(question, path=python.path))
            return worker.answer(seconds)
        finally:
            worker.stop()


@contextmanager
def abroad(scenario: Scenario, pythons: Sequence[Interpreter]) -> Iterator[Others]:
    """Other Pythons for a scenario; they do not judge. Those that cannot find it say so when they are asked."""
    try:
        named(scenario)
    except ScenarioError as error:
        yield Others(None, str(error), None, judged=False)
        return
    yield Others(Abroad(pythons), None, None, judged=False)


def interpreters(scenario: Scenario) -> list[Interpreter]:
    """The Pythons that can import splitbrain; of each version one, and none of our own unless it is named."""
    own = f"{sys.version_info.major}.{sys.version_info.minor}"
    wanted = [each for each in os.environ.get(NAMED, "").split(os.pathsep) if each]
    on_path = [shutil.which(f"python{version}") for version in _VERSIONS if version != own]
    found: dict[str, Interpreter] = {}
    for file in [*wanted, *on_path]:
        python = None if file is None else _probed(file, _theirs(scenario))
        if python is not None:
            found.setdefault(python.version.rpartition(".")[0], python)
    return list(found.values())


def _theirs(scenario: Scenario) -> list[str]:
    """The folders of the user's modules, and of ours where they are no part of this Python's own installation."""
    here = tuple(os.path.abspath(each) + os.sep for each in {sys.prefix, sys.base_prefix, sys.exec_prefix})
    folders = [os.path.abspath(each) for each in sys.path if isinstance(each, str)]
    try:
        home = home_of(named(scenario)[0])
    except ScenarioError:
        home = None
    folders += [] if home is None else [str(home)]
    return list(dict.fromkeys(each for each in folders if Path(each).is_dir() and not f"{each}{os.sep}".startswith(here)))


def _probed(file: str, folders: Sequence[str]) -> Interpreter | None:
    """What an interpreter says of itself; None where it cannot run us, or does not run at all."""
    try:
        done = subprocess.run(
            [file, "-P", "-W", "ignore", "-c", _PROBE, json.dumps(folders)],
            capture_output=True, text=True, timeout=_PATIENCE, check=True, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        version, path = json.loads(done.stdout)
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
    return Interpreter(file, version, tuple(path))
