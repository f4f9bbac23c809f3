"""What a search that found nothing tells of itself."""

from collections import Counter

from searches import hunted

from splitbrain.report.clean import CLEAN
from splitbrain.report.terminal.account import account
from splitbrain_protocols.raft.scenario import RAFT


def test_a_clean_search_says_what_it_exercised(golden):
    golden("clean", account(hunted(), RAFT, "clean"))


def test_the_first_line_of_a_clean_search_alone_carries_its_mark():
    first, *others = account(hunted(), RAFT, "clean").splitlines()
    assert first.startswith(f"raft{CLEAN}1,234 runs, ")
    assert not any(CLEAN in line for line in others)
    assert CLEAN not in account(hunted(coverage=Counter()), RAFT, "vacuous")


def test_a_vacuous_search_says_what_never_happened():
    text = account(hunted(coverage=Counter(deliver=5)), RAFT, "vacuous")
    assert text.startswith("raft: VACUOUS: no invariant was broken, but there were no leaders elected and no commits, so")
    text = account(hunted(coverage=Counter(Led=5)), RAFT, "vacuous")
    assert text.startswith("raft: VACUOUS: no invariant was broken, but there were no commits, so nothing was tested.")


def test_observations_of_ones_own_are_counted_under_their_own_names():
    assert "17 Lease" in account(hunted(), RAFT, "clean")


def test_what_happened_under_partitions_and_which_crashes_lost_writes_is_told():
    coverage = Counter({"Led": 3, "Led under partition": 2, "Lease under partition": 1, "crash": 9, "crash losing writes": 4})
    text = account(hunted(coverage=coverage), RAFT, "clean")
    for line in ("2 leaders elected under partition", "1 Lease under partition", "4 crashes that lost unsynced writes"):
        assert line in text
