"""What `replay --json` prints."""

import json

from shrinkers import FORGET

from splitbrain.actions import Fire
from splitbrain.counterexample.explanation import explain
from splitbrain.report.objects.replay import replayed
from splitbrain.schedule.file import SavedSchedule
from splitbrain.schedule.header import Header
from splitbrain.schedule.replay import replay


def told(*actions, **how):
    saved = SavedSchedule(Header(scenario="toys:FORGETFUL", size=2), actions)
    result = replay(saved, **how)
    return json.loads(json.dumps(replayed(result, saved, explain(result.run))))


def test_a_violation_that_is_back_is_told_with_what_broke_and_why():
    report = told(*FORGET)
    assert (report["outcome"], report["invariant"], report["fingerprint"]) == (
        "REPRODUCED",
        "OneValue",
        "OneValue(Decided, Decided)",
    )
    assert report["summary"] == "n1 decided 'v1', then 'v2'"
    assert (report["actions"], report["of"], report["skipped"], report["at"]) == (4, 4, 0, None)
    assert report["explanation"]["chains"] == [[1], [4]]


def test_what_broke_nothing_has_the_same_keys_and_nothing_in_them():
    report = told(*FORGET[:2])
    assert [*report] == [*told(*FORGET)]
    assert (report["outcome"], report["invariant"], report["fingerprint"], report["summary"], report["explanation"]) == (
        "FIXED",
        *[None] * 4,
    )


def test_where_it_diverged_or_what_was_skipped_is_told():
    odd = (FORGET[0], Fire("n2", "remind"), *FORGET[1:])
    assert [told(*odd)[name] for name in ("outcome", "at", "actions", "of")] == ["DIVERGED", 2, 1, 5]
    assert [told(*odd, lenient=True)[name] for name in ("outcome", "at", "skipped")] == ["REPRODUCED", None, 1]
