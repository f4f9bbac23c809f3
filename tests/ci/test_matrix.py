"""The determinism matrix: what it holds against each other, and that it comes out equal."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

CI = Path(__file__).resolve().parents[2] / "ci"
FOUND = json.dumps({"outcome": "violation", "lines": "ab"})


@pytest.fixture
def matrix(monkeypatch):
    monkeypatch.syspath_prepend(str(CI))
    import matrix  # noqa: PLC0415

    return matrix


def test_all_pythons_meet_all_hash_seeds_or_where_it_must_be_quick_each_other_once(matrix):
    pythons = ["a", "b", "c"]
    assert len(set(matrix.cells(pythons, quick=False))) == 3 * 5
    assert {python for python, _ in matrix.cells(pythons, quick=True)} == set(pythons)
    for few in (pythons, ["a"]):
        assert len({seed for _, seed in matrix.cells(few, quick=True)}) == 3


def test_both_hosts_are_held_against_each_other_and_what_differs_is_told_with_its_place(matrix):
    every = [("a", 0), ("b", 1)]
    hunts = [{"raft --host direct": FOUND, "raft --host trio": FOUND}, {"raft --host direct": FOUND, "raft --host trio": "nothing"}]
    seen = matrix.gathered(every, hunts)
    assert seen == {
        "raft": {
            FOUND: ["a, hash seed 0, direct host", "a, hash seed 0, trio host", "b, hash seed 1, direct host"],
            "nothing": ["b, hash seed 1, trio host"],
        }
    }
    assert not matrix.is_one(seen["raft"])
    assert matrix.is_one(matrix.gathered(every, [hunts[0]] * 2)["raft"])


def test_hunts_that_all_find_nothing_are_not_equal_in_any_way_that_counts(matrix):
    assert not matrix.is_one({"nothing: no such bug": ["here"]})
    assert not matrix.is_one({json.dumps({"outcome": "clean"}): ["here"]})


@pytest.mark.slow
def test_five_bugs_come_out_the_same_on_both_hosts_under_several_hash_seeds_in_every_python_that_is_named():
    done = subprocess.run([sys.executable, CI / "matrix.py", "--quick"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "5 of 5 bugs come out the same, byte for byte" in done.stdout
