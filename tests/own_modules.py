"""Modules that a user might have, written into a folder."""

from __future__ import annotations

from pathlib import Path

SCENARIO = """
from splitbrain.invariant import KeepsContract
from splitbrain.scenario import Scenario
MINE = Scenario(name='mine', factory=object, invariants=(KeepsContract,))
"""


def module(folder: Path, name: str, text: str) -> None:
    (folder / f"{name}.py").write_text(text)
