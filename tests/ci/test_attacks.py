"""The attacks on the harness: what they call lost, and that they find it lost in nothing."""

import importlib.util
import json
import os
import random
import sys

import pytest
from shrinkers import FORGET, SETUP

from splitbrain.schedule.file import SavedSchedule, save
from splitbrain.schedule.header import new_header

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals, and limits of a process")


@pytest.fixture(scope="module")
def attacks():
    path = os.path.join(os.path.dirname(__file__), "..", "..", "ci", "attacks.py")
    spec = importlib.util.spec_from_file_location("ci_attacks", path)
    module = sys.modules["ci_attacks"] = importlib.util.module_from_spec(spec)
    before = sys.path[:]
    spec.loader.exec_module(module)
    sys.path[:] = before
    yield module
    del sys.modules["ci_attacks"]


def test_a_find_of_which_was_spoken_without_a_file_is_lost_and_one_that_does_not_replay_is(attacks, tmp_path):
    assert attacks.lost(False, tmp_path) is None
    assert attacks.lost(True, tmp_path) == "it was said that something was found, and there is no file"
    file = tmp_path / "one.schedule.jsonl"
    save(file, SavedSchedule(new_header("toys:FORGETFUL", SETUP), FORGET))
    assert attacks.lost(True, tmp_path) is None
    content = file.read_text()
    file.write_text(content[: len(content) // 2])
    assert "the file ends in the middle of this line" in attacks.lost(True, tmp_path)
    save(file, SavedSchedule(new_header("toys:FORGETFUL", SETUP), FORGET[:1]))
    assert attacks.lost(True, tmp_path) == f"{file} is FIXED"


class Ended:
    """A hunt that has ended: what it said, and where its files are."""

    def __init__(self, folder, said=""):
        self.out, self.said, self.found = folder, said, "found " in said


def test_a_hunt_that_names_no_file_or_another_outcome_is_told(attacks, tmp_path):
    (file := tmp_path / "one.schedule.jsonl").touch()
    said = Ended(tmp_path, f"found X broken\ninterrupted: X is broken\nit is saved as {file}\n")
    assert attacks.misspoken(130, "", said, False) is None
    assert "ended with 2" in attacks.misspoken(2, "", said, False)
    assert "does not name" in attacks.misspoken(130, "", Ended(tmp_path, "found X broken\ninterrupted: X is broken\n"), False)
    told = {"outcome": "violation", "interrupted": True, "schedule": str(file)}
    assert attacks.misspoken(130, json.dumps(told), said, True) is None
    for wrong in ({"outcome": "clean"}, {"interrupted": False}, {"schedule": "elsewhere"}):
        assert attacks.misspoken(130, json.dumps(told | wrong), said, True) is not None
    assert "one JSON object" in attacks.misspoken(130, json.dumps(told) * 2, said, True)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["kill", "interrupt"])
@pytest.mark.parametrize("number", [0, 3])
def test_a_hunt_that_is_attacked_loses_nothing(attacks, name, number):
    assert getattr(attacks, name)(number, attacks.SOON[0], random.Random(number)).wrong is None
