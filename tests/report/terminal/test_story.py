"""One exhibit's story, as `splitbrain bugs ID` tells it."""

from dataclasses import replace
from pathlib import Path

import pytest
from toy_museum import BUG, CONTROL

from splitbrain.catalogue.museum import find_bug
from splitbrain.counterexample.explanation import explain
from splitbrain.report.terminal.story import story_text
from splitbrain.schedule.file import load
from splitbrain.schedule.shelf import schedule_of
from splitbrain.world.run import run

ROOT = Path(__file__).resolve().parents[3]
TALE = "First it happened.\n\nThen they found out, which took them long: nobody had looked at the disks, and it was too late."


@pytest.mark.parametrize("width", [80, 120])
def test_a_story_ends_with_the_lanes_of_the_schedule_on_file(golden, width, monkeypatch):
    monkeypatch.chdir(ROOT)
    exhibit = replace(find_bug("vote-twice-in-term"), story=TALE, title="two votes")
    saved = load(schedule_of(find_bug("vote-twice-in-term")))
    done = run(saved.setup(), saved.actions, keep=True)
    text = story_text(exhibit, saved, done, width, explanation=explain(done))
    lines = text.splitlines()
    assert max(len(line) for line in lines if "  splitbrain " not in line) <= width  # a command is not torn
    assert lines[1] == "Two votes"
    assert (
        text.index("First it happened.") < text.index("Caught by") < text.index("OneVotePerTerm is broken") < text.index("fire n")
    )
    assert text.index("fire n") < text.index("\nWhy: ") < text.index("\nReplay it: ")
    assert lines[-1] == "Hunt it:    splitbrain hunt raft --bug vote-twice-in-term"
    golden(f"story-{width}", text.partition("\n\nOneVotePerTerm is broken")[0])


def test_a_story_without_a_schedule_says_what_each_invariant_demands():
    text = " ".join(story_text(BUG, None, None, 100).split())
    assert "Caught by OneValue" in text
    assert "Shortest 3 actions to OneValue (exhaustive search)" in text
    assert "OneValue: A node that has decided a value never decides another one. (the promise of a register)" in text
    assert "Needs a crash" in text


def test_a_control_s_story_says_why_nothing_can_be_found():
    text = story_text(CONTROL, None, None, 100)
    assert "A control: it looks like a bug and is none" in text
    assert "Caught by" not in text
