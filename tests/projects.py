"""A user's project, for tests that run pytest in it."""

from __future__ import annotations

from pathlib import Path

TOYS = (Path(__file__).parent / "toys.py").read_text()
MODULE = """
from hypothesis import settings
from hypothesis.stateful import rule
from splitbrain.testing.machine import state_machine
from ducks import *
few = settings(max_examples=200, derandomize=True, database=None)
"""


def machine(project, text):
    """Write a module with a machine; ``few`` are settings of a short search."""
    project.path.joinpath("tests", "test_ducks.py").write_text(MODULE + text)


def schedules(project, folder="tests/schedules"):
    """The schedule files of a folder."""
    return sorted((project.path / folder).glob("*.schedule.jsonl"))
