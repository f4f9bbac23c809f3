"""What `doctor --json` prints."""

import json
from argparse import Namespace
from collections import Counter

from examined import HEALTHY, SICK

from splitbrain.doctor.examination.examination import Examination
from splitbrain.report.objects.doctor import DOCTORED, ended, examined

OPTIONS = Namespace(scenario="mine:IT", bug=None, seed=7)


def told(found):
    return json.loads(json.dumps(examined(OPTIONS, "mine:IT", found)))


def test_the_keys_are_the_same_however_it_ends():
    nobody = Examination(HEALTHY.scenario, 0, None, Counter(), ("no",))
    for each in (told(HEALTHY), told(SICK), told(nobody), ended(OPTIONS, "interrupted")):
        assert tuple(each) == DOCTORED


def test_a_healthy_one_is_fit():
    found = told(HEALTHY)
    assert (found["outcome"], found["scenario"], found["seed"], found["runs"]) == ("fit", "mine:IT", 7, 315)
    assert found["determinism"] == {
        "alike": True,
        "difference": None,
        "cause": None,
        "processes": True,
        "host": "trio",
        "pythons": ["3.12.1", "3.13.0"],
        "notes": [],
    }
    assert found["speed"]["steps_per_second"] == 43897.3
    assert found["weakened"]["hollow"] is False
    assert found["weakened"]["worlds"][0]["noticed"]["invariant"] == "Agreement"


def test_all_that_is_wrong_is_in_it():
    found = told(SICK)
    assert found["outcome"] == "problem"
    assert found["determinism"]["alike"] is False
    assert found["determinism"]["cause"].startswith("The likely cause: iteration over a set")
    assert len(found["contract"]["problems"]) == 2
    assert found["escapes"][0].items() >= {"kind": "clock", "call": "time.time", "line": 50, "times": 312}.items()
    assert found["exercised"]["lines"][0].items() >= {"first": 54, "last": 55, "whole": False}.items()
    assert found["weakened"]["hollow"] is True
