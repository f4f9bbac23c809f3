"""What the clients of a run saw, on one screen."""

from pathlib import Path

from splitbrain.report.terminal.history import history_text
from splitbrain.schedule.file import load
from splitbrain.schedule.replay import rerun

MUSEUM = Path(__file__).parents[2] / "schedules" / "museum"


def test_the_clients_of_a_run(golden):
    saved = load(MUSEUM / "figure-8.schedule.jsonl")
    golden("history-figure-8", history_text(saved, rerun(saved), Path("figure-8.schedule.jsonl")))


def test_a_run_in_which_nobody_asked_says_so():
    saved = load(MUSEUM / "vote-twice-in-term.schedule.jsonl")
    assert history_text(saved, rerun(saved), Path("a file.jsonl")) == (
        "raft with the bug vote-twice-in-term: 0 operations; OneVotePerTerm is broken\n\n"
        "See the nodes:  splitbrain show 'a file.jsonl'"
    )
