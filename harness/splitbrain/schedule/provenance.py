"""Where a schedule comes from: the versions of splitbrain, of Python, and of the project around it."""

from __future__ import annotations

import os
import platform
import subprocess
from functools import cache
from importlib.metadata import PackageNotFoundError, version

_PATIENCE = 10  # seconds for git: in a large working copy, on a slow disk, it has to look at every file


def splitbrain_version() -> str:
    """The installed version; "unknown" when it runs from a bare checkout."""
    try:
        return version("splitbrain")
    except PackageNotFoundError:
        return "unknown"


def python_version() -> str:
    """For instance "CPython 3.12.1"."""
    return f"{platform.python_implementation()} {platform.python_version()}"


@cache
def git_revision() -> str | None:
    """The revision of the current directory, "-dirty" when files differ from it; None where git does not answer."""
    command = ["git", "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*"]
    environment = os.environ | {"GIT_OPTIONAL_LOCKS": "0"}  # it may run beside the user's own git
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=_PATIENCE, check=True, env=environment)
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError):
        return None
    return answer.stdout.strip() or None
