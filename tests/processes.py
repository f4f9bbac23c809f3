"""Other processes, and whether they are gone."""

from __future__ import annotations

import os
import subprocess
import sys


def gone(group):
    """Whether no process is left in a group."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return True
    return False


def in_time(condition, *arguments):
    """Wait, ten seconds at most, until a condition holds; whether it does."""
    for _ in range(100):
        if condition(*arguments):
            return True
        subprocess.run([sys.executable, "-S", "-c", "import time; time.sleep(0.1)"], check=True)
    return False
