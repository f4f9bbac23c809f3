"""Schedules of implementations by others replay where that very version can be imported: each is in a folder of its name."""

from importlib.metadata import PackageNotFoundError, version

import pytest


def pytest_runtest_setup(item):
    library, _, wanted = item.path.parent.name.rpartition("-")
    try:
        found = version(library)
    except PackageNotFoundError:
        found = None
    if found != wanted:
        instead = "" if found is None else f", but {found}"
        pytest.skip(f"{library} {wanted} is not here{instead}: `python ci/hosted.py` replays this with that version")
