"""An interpreter that has the packages that a benchmark compares with; they need Python 3.12, and splitbrain does not."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
_ONCE = "SPLITBRAIN_BENCH"


def go_where(packages: Sequence[str], script: str) -> bool:
    """Go on in an interpreter that has all of ``packages`` ("name==version") and this checkout, making one if need be.

    Returns, if at all, whether this is one. It is not where none can be had; the reason is then on stderr.
    """
    if installed(*(each.partition("==")[0] for each in packages), "splitbrain", "trio", "msgspec"):
        return True
    if _ONCE in os.environ:
        return False
    try:
        python = environment(packages)
    except RuntimeError as reason:
        print(f"no figures for {', '.join(packages)}: {reason}", file=sys.stderr)
    else:
        os.environ[_ONCE] = "1"  # once is enough
        os.execv(python, [str(python), script, *sys.argv[1:]])
    return False


def installed(*names: str) -> bool:
    """Whether this interpreter can import all of these."""
    return all(importlib.util.find_spec(name) is not None for name in names)


def candidates() -> Iterator[str]:
    """Interpreters that may exist: this one, those on PATH, and those that pyenv keeps off it."""
    yield sys.executable
    yield from ("python3.13", "python3.12")
    root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    yield from (str(path) for minor in (13, 12) for path in sorted(root.glob(f"versions/3.{minor}.*/bin/python")))


def runs(command: list[str]) -> bool:
    """Whether a command can be run, and succeeds; a shim on PATH may stand for nothing."""
    try:
        return subprocess.run(command, capture_output=True, check=False, timeout=60).returncode == 0
    except OSError:
        return False


def environment(packages: Sequence[str]) -> Path:
    """An interpreter with the packages and this checkout; raises RuntimeError, with the reason, when there can be none."""
    names = ", ".join(each.partition("==")[0] for each in packages)
    ready = f"import {names}, sys, splitbrain, trio; sys.exit(not splitbrain.__file__.startswith(sys.argv[1]))"
    asks = "import sys, venv; sys.exit(sys.version_info < (3, 12))"
    for candidate in candidates():
        if not runs([candidate, "-c", asks]):
            continue
        key = hashlib.sha256(f"{PROJECT} {candidate} {packages}".encode()).hexdigest()[:12]
        folder = Path(tempfile.gettempdir()) / f"splitbrain-bench-{key}"
        python = folder / "bin" / "python"
        if runs([str(python), "-c", ready, str(PROJECT)]):
            return python
        print(f"making an environment with {' '.join(packages)} in {folder} ...", file=sys.stderr, flush=True)
        for command in (
            [candidate, "-m", "venv", "--clear", str(folder)],
            [str(python), "-m", "pip", "install", "--quiet", "-e", str(PROJECT), *packages],
        ):
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode != 0:
                raise RuntimeError(f"{' '.join(command)} failed: {done.stderr.strip()[-300:]}")
        return python
    raise RuntimeError("they need Python 3.12 or later, and none was found here, on PATH or among pyenv's versions")
