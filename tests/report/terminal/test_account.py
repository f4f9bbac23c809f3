"""What a search that found nothing tells of itself."""

import re
from collections import Counter, namedtuple

from searches import HEARD, hunted

from splitbrain.observations import Applied, Led, Tracked
from splitbrain.report.clean import CLEAN
from splitbrain.report.terminal.account import account
from splitbrain_protocols.raft.scenario import RAFT


def test_a_clean_search_says_what_it_exercised(golden):
    golden("clean", account(hunted(), RAFT, "clean"))


def test_the_first_line_of_a_clean_search_alone_carries_its_mark():
    first, *others = account(hunted(), RAFT, "clean").splitlines()
    assert first.startswith(f"raft{CLEAN}1,234 runs, ")
    assert not any(CLEAN in line for line in others)
    assert CLEAN not in account(hunted(heard=Counter()), RAFT, "vacuous")


def test_a_vacuous_search_says_what_never_happened():
    text = account(hunted(heard=Counter()), RAFT, "vacuous")
    assert text.startswith("raft: VACUOUS: no invariant was broken, but there were no leaders elected and no commits, so")
    text = account(hunted(heard=Counter({Led: 5})), RAFT, "vacuous")
    assert text.startswith("raft: VACUOUS: no invariant was broken, but there were no commits, so nothing was tested.")
    assert re.search(r"\bAppliedInOrder\b.* had nothing to judge\.", " ".join(text.split()))


def test_a_search_in_which_an_invariant_had_nothing_to_judge_names_it_and_says_how_to_go_on(golden):
    golden("idle", account(hunted(heard=HEARD - Counter({Tracked: 5, Applied: 9})), RAFT, "vacuous"))
    muted = RAFT.judged(without=("NextIndexAboveMatchIndex", "StateMachineSafety", "AppliedInOrder", "Validity"))
    assert not hunted(muted, heard=HEARD - Counter({Tracked: 5, Applied: 9})).vacuous


def test_what_was_said_by_a_namesake_is_named():
    namesake = namedtuple("Tracked", "index")
    text = account(hunted(heard=HEARD - Counter({Tracked: 5}) + Counter({namesake: 7})), RAFT, "vacuous")
    assert "NextIndexAboveMatchIndex: nobody said Tracked." in text
    assert f"What nodes said is {__name__}.Tracked, another type than splitbrain.observations.Tracked; derive it from that." in text


def test_a_clean_search_without_a_fair_phase_says_of_what_it_says_nothing():
    said = "There was no fair phase, and only one can break LogTermination"
    muted = RAFT.judged(without=("LogTermination",))
    assert said in account(hunted(), RAFT, "clean")
    assert said not in account(hunted(coverage=Counter(calm=1)), RAFT, "clean")
    assert said not in account(hunted(muted), muted, "clean")


def test_observations_of_ones_own_are_counted_under_their_own_names():
    assert "17 Lease" in account(hunted(), RAFT, "clean")


def test_what_happened_under_partitions_and_which_crashes_lost_writes_is_told():
    coverage = Counter({"Led": 3, "Led under partition": 2, "Lease under partition": 1, "crash": 9, "crash losing writes": 4})
    text = account(hunted(coverage=coverage), RAFT, "clean")
    for line in ("2 leaders elected under partition", "1 Lease under partition", "4 crashes that lost unsynced writes"):
        assert line in text
