"""An exhibit as `bugs --json` prints it."""

import json
from dataclasses import fields

from toy_museum import BUG, CONTROL
from trials import on_file as saved_schedule

from splitbrain.exhibit import Exhibit
from splitbrain.report.objects.exhibit import described, on_file
from splitbrain.schedule.file import load, save


def test_all_that_a_museum_says_of_an_exhibit_is_told_but_its_scenario_and_its_goal():
    told = json.loads(json.dumps(described(BUG)))
    assert set(told) == {each.name for each in fields(Exhibit)} - {"scenario", "goal"}
    assert (told["id"], told["invariant"], told["shortest"], told["control"]) == (
        "toy-forgets",
        ["OneValue"],
        {"OneValue": 3},
        False,
    )
    assert described(CONTROL)["control"] is True


def test_its_schedule_is_told_by_file_length_and_what_it_breaks_or_not_at_all(tmp_path):
    path = tmp_path / "a.schedule.jsonl"
    save(path, saved_schedule(2))
    assert on_file(load(path)) == {"schedule": str(path), "actions": 4, "breaks": "OneValue"}
    assert on_file(None) == {"schedule": None, "actions": None, "breaks": None}
