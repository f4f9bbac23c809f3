"""What `score --json` prints."""

import json

from trials import whole

from splitbrain.report.objects.score import scored

FINDING = ("seeds", "found", "vacuous", "open", "found_within", "runs", "steps", "seconds", "strategy", "invariant", "expected")
LENGTH = ("actions_found", "actions", "shortest", "exact", "ratio", "ratio_worst", "minimal")
MINIMISING = ("minimise_seconds", "minimise_seconds_worst", "replays")
UNIFORM = ("uniform_seeds", "uniform_found", "uniform_runs", "uniform_steps", "uniform_seconds")
KEYS = ["id", "protocol", "control", "sizes", *FINDING, *LENGTH, *MINIMISING, *UNIFORM, "errors"]


def test_an_exhibit_s_figures_stand_side_by_side_in_their_order():
    report = json.loads(json.dumps(scored(whole())))
    assert [[*each] for each in report["exhibits"]] == [KEYS] * 3
    slow = report["exhibits"][1]
    assert (slow["found"], slow["actions"], slow["uniform_seeds"], slow["uniform_found"]) == (1, 14, 1, 0)


def test_it_says_how_it_ended_and_what_each_target_came_to():
    report = scored(whole())
    assert (report["outcome"], report["message"]) == ("ok", None)
    assert [*report["summary"][0]] == ["measured", "target", "reached", "missing"]
    assert [each["scenario"] for each in report["unbroken"]] == ["toy_museum:REGISTER"]
