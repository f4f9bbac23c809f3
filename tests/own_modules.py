"""Modules that a user might have, written into a folder."""

from __future__ import annotations

from pathlib import Path

SCENARIO = "from splitbrain.scenario import Scenario\nMINE = Scenario(name='mine', factory=object, invariants=())\n"


def module(folder: Path, name: str, text: str) -> None:
    (folder / f"{name}.py").write_text(text)
