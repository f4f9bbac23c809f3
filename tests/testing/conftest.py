"""A user's project; and schedules of tests that fail here, out of the way."""

from __future__ import annotations

import pytest
from projects import TOYS

from splitbrain.testing.session import Session, begin, end, session


@pytest.fixture
def project(pytester):
    """A user's project: its node and scenarios are in tests/ducks.py, its machines in tests/test_ducks.py."""
    pytester.mkdir("tests").joinpath("ducks.py").write_text(TOYS)
    pytester.makeini("[pytest]\ntestpaths = tests\nfilterwarnings = error\n")
    return pytester


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path):
    # Machines that fail here, and not in an inner pytest, save their schedules where it does not matter.
    here = Session(tmp_path / "found", session().seed)
    begin(here)
    yield
    end(here)
