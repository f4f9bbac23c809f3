"""What `shrink --json` prints."""

import json
from collections import Counter
from pathlib import Path

from shrinkers import FORGET, SETUP

from splitbrain.counterexample.minimiser.minimised import Minimised
from splitbrain.report.objects.shrink import minimised, not_minimised
from splitbrain.schedule.file import SavedSchedule
from splitbrain.schedule.header import Header
from splitbrain.schedule.replay import replay
from splitbrain.world.run import run


def test_what_became_of_a_schedule_is_told_and_where_it_is():
    first = replay(SavedSchedule(Header(scenario="toys:FORGETFUL", size=2), FORGET))
    best = Minimised(run(SETUP, FORGET).found(), 9, 120, 1.23456, Counter({"single": 5}), complete=True)
    report = json.loads(json.dumps(minimised(first, best, 9, Path("a.schedule.jsonl"))))
    assert (report["outcome"], report["message"]) == ("REPRODUCED", first.message)
    assert (report["actions_found"], report["actions"], report["minimal"], report["interrupted"]) == (9, 4, True, False)
    assert (report["replays"], report["minimise_seconds"], report["removed"]) == (120, 1.2346, {"single": 5})
    assert report["schedule"] == "a.schedule.jsonl"
    unfinished = minimised(first, Minimised(best.smallest, 9, interrupted=True), 9, Path("a.schedule.jsonl"))
    assert (unfinished["minimal"], unfinished["interrupted"]) == (False, True)
    assert set(not_minimised("FIXED", "it is mended", 9)) == set(report)


def test_a_schedule_that_was_left_as_it_is_is_told_with_why():
    told = {name: value for name, value in not_minimised("FIXED", "it is mended", 9).items() if value is not None}
    assert told == {"outcome": "FIXED", "message": "it is mended", "interrupted": False, "actions_found": 9}
