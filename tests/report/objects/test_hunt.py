"""What `hunt --json` prints where it has not much to say."""

import argparse

from searches import hunted

from splitbrain.report.objects.hunt import HUNTED, failed, searched
from splitbrain_protocols.raft.scenario import RAFT


def test_a_hunt_that_cannot_begin_has_all_the_keys_of_a_hunt():
    report = failed(argparse.Namespace(scenario="raft", bug="figure-9", seed=7, keys=HUNTED), "there is no such exhibit")
    assert [*report] == [*HUNTED]
    told = {name: value for name, value in report.items() if value is not None}
    assert told == {"bug": "figure-9", "seed": 7, "outcome": "error", "message": "there is no such exhibit"}


def test_another_command_that_cannot_begin_says_no_more_than_why():
    assert failed(argparse.Namespace(file="a"), "gone") == {"outcome": "error", "message": "gone"}


def test_a_hunt_that_found_nothing_has_the_same_keys_in_the_same_order():
    report = searched(argparse.Namespace(bug=None), "raft", hunted())
    assert [*report] == [*HUNTED]
    assert (report["scenario"], report["outcome"], report["invariant"], report["actions_found"]) == ("raft", "clean", None, None)
    assert [*report["coverage"]] == sorted(report["coverage"])
    assert [*report["invariants"]] == sorted(name for name, _ in RAFT.judges)
    assert report["inconclusive"] == {}
    assert (report["invariants"]["ElectionSafety"], report["invariants"]["KeepsContract"]) == (1204, 0)
