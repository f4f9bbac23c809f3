#!/usr/bin/env python3
"""The sdist and the wheel, each installed into a bare environment and tried as a user would: a hunt, a story, types, a test,
and a project of each style to begin with.

    python ci/packages.py

Needs the package `build`. Exits with 1 at the first thing that does not work, and shows what it printed.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import venv
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
TEST = """\
from splitbrain import simulate
from splitbrain_invariants import ElectionSafety
from splitbrain_protocols.raft.scenario import RAFT

@simulate(RAFT, runs=3, seed=1)
def test_a_storm(world):
    world.storm(200)
    assert ElectionSafety in RAFT.invariants
"""


def run(*command: str | Path, cwd: Path, code: int = 0) -> str:
    done = subprocess.run([str(each) for each in command], cwd=cwd, capture_output=True, text=True, check=False)
    if done.returncode != code:
        raise SystemExit(f"{' '.join(map(str, command))}: exit code {done.returncode}, not {code}\n{done.stdout}{done.stderr}")
    return done.stdout


def smoke(package: Path, folder: Path) -> None:
    """Install it into an environment of its own, and use it from an empty folder."""
    bin_ = folder / "venv" / ("Scripts" if sys.platform == "win32" else "bin")
    venv.create(folder / "venv", with_pip=True)
    run(bin_ / "pip", "install", "--quiet", package, cwd=folder)
    home = folder / "home"
    home.mkdir()
    run(bin_ / "splitbrain", "hunt", "raft", "--bug", "vote-not-durable", "--seed", "1", "--runs", "500", cwd=home, code=1)
    (file,) = (home / "splitbrain-out").glob("*.schedule.jsonl")
    assert "REPRODUCED" in run(bin_ / "splitbrain", "replay", file, cwd=home, code=1)
    story = run(bin_ / "splitbrain", "bugs", "figure-8", cwd=home)
    assert "◆" in story, "a story is told with the lanes of its saved schedule, which must be in the package"
    typed = "import splitbrain, splitbrain_protocols, splitbrain_invariants\nfrom pathlib import Path\nprint(*(Path(each.__file__)"
    typed += ".with_name('py.typed').is_file() for each in (splitbrain, splitbrain_protocols, splitbrain_invariants)))"
    assert run(bin_ / "python", "-c", typed, cwd=home).split() == ["True"] * 3, "each package says that it is typed"
    (home / "test_storm.py").write_text(TEST, encoding="utf-8")
    assert "1 passed" in run(bin_ / "python", "-m", "pytest", "-q", cwd=home)
    for style in ("sans-io", "trio", "library"):  # their templates must be in the package
        run(bin_ / "splitbrain", "new", f"my {style}", "--style", style, cwd=home)
        assert "3 passed" in run(bin_ / "python", "-m", "pytest", "-q", cwd=home / f"my {style}"), style
    print(f"{package.name}: installed into a bare environment, and tried", flush=True)


def main() -> int:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run(sys.executable, "-m", "build", "--outdir", folder / "dist", PROJECT, cwd=folder)
        packages = sorted((folder / "dist").iterdir())
        assert [each.suffix for each in packages] == [".whl", ".gz"], packages
        for number, package in enumerate(packages):
            own = folder / str(number)
            own.mkdir()
            smoke(package, own)
    return 0


if __name__ == "__main__":
    sys.exit(main())
