"""Correct Raft nodes that do more than Figure 2 says are found clean; and each with one decision gone wrong is found out."""

from dataclasses import replace

import pytest
from correct.raft import SCENARIOS
from correct.raft_async import ASYNC_FIGURE_8, ASYNC_RAFT, SANS_IO_FIGURE_8
from correct.raft_learners import LEARNERS, CountsLearners, LearnersVote
from correct.raft_membership import MEMBERSHIP, ChangesAtOnce, CountsByTheOldOne, CountsEverybody
from correct.raft_snapshots import SNAPSHOTS, SnapshotAtAnotherTerm, StaleSnapshot

from splitbrain.actions import Deliver, Fire, Request
from splitbrain.budget import FaultBudget
from splitbrain.counterexample.minimiser.minimiser import minimise
from splitbrain.errors import NotEnabled
from splitbrain.observations import Committed, Installed, Truncated, Voters
from splitbrain.search.hunt import hunt
from splitbrain.world.world import World
from splitbrain_invariants import RAFT_SAFETY, LogTermination
from splitbrain_protocols.raft.scenario import RAFT

SHARES, STEPS = 4, 200_000


@pytest.mark.slow
@pytest.mark.parametrize("share", range(SHARES))
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_a_hunt_finds_nothing_in_a_correct_node(scenario, share):
    hunted = hunt(scenario, seed=100 + share, steps=STEPS // SHARES)
    assert (hunted.outcome, hunted.found) == ("clean", None)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_they_are_held_to_all_that_raft_is_held_to(scenario):
    assert scenario.invariants == (*RAFT_SAFETY, LogTermination)
    assert scenario.calm_bound > 0


def test_logs_are_compacted_and_snapshots_sent_and_members_changed():
    seen = hunt(SNAPSHOTS, seed=1, steps=20_000).coverage
    assert seen[Installed.__name__] > 50
    seen = hunt(MEMBERSHIP, seed=1, steps=20_000).coverage
    assert seen[Voters.__name__] > seen["restart"] + 50
    assert seen[Truncated.__name__] > 0
    assert seen[Committed.__name__] > 50


def append(leader, follower, term, ordinal):
    return Deliver(leader, follower, "AppendEntries", term, ordinal)


def answer(follower, leader, term, ordinal):
    return Deliver(follower, leader, "AppendEntriesReply", term, ordinal)


def vote(candidate, term, *voters):
    """It stands for election, and has these votes."""
    asks = [Deliver(candidate, voter, "RequestVote", term, 1) for voter in voters]
    return [Fire(candidate, "election"), *asks, *(Deliver(voter, candidate, "RequestVoteReply", term, 1) for voter in voters)]


WRONG = [
    (LEARNERS, CountsLearners, {"CommittedIsDurable"}),
    (LEARNERS, LearnersVote, {"LeadsByVotes"}),
    (SNAPSHOTS, SnapshotAtAnotherTerm, {"StateMachineSafety", "TermsRise", "LeaderCompleteness", "LogMatching"}),
    (SNAPSHOTS, StaleSnapshot, {"CommitIndexNeverGoesBack", "AppliedInOrder"}),
    (MEMBERSHIP, CountsByTheOldOne, {"CommittedIsDurable", "LogTermination"}),
    (MEMBERSHIP, CountsEverybody, {"LeadsByVotes", "ElectionSafety", "LeaderCompleteness"}),
]


@pytest.mark.slow
@pytest.mark.parametrize(("scenario", "factory", "names"), WRONG, ids=[factory.__name__ for _, factory, _ in WRONG])
def test_a_hunt_finds_what_is_wrong(scenario, factory, names):
    hunted = hunt(replace(scenario, factory=factory), seed=1, steps=200_000)
    assert hunted.outcome == "violation"
    assert hunted.found.violation.invariant in names


FIGURE_8 = {"LeaderCompleteness", "StateMachineSafety", "CommittedIsDurable"}


def test_the_async_raft_has_the_scenario_of_the_sans_io_one():
    assert replace(ASYNC_RAFT, name=RAFT.name, factory=RAFT.factory) == RAFT
    assert replace(ASYNC_FIGURE_8, name=SANS_IO_FIGURE_8.name, factory=SANS_IO_FIGURE_8.factory) == SANS_IO_FIGURE_8


def test_the_async_raft_makes_progress_when_its_disks_are_slow():
    slow = replace(ASYNC_RAFT, name="raft-async-slow", budget=FaultBudget(slow_disks=True))
    hunted = hunt(slow, seed=1, steps=10_000)
    assert (hunted.outcome, hunted.found) == ("clean", None)
    assert hunted.coverage[Committed.__name__] > 100


@pytest.mark.slow
@pytest.mark.parametrize("scenario", [SANS_IO_FIGURE_8, ASYNC_FIGURE_8], ids=lambda scenario: scenario.name)
def test_both_styles_broken_the_same_way_show_figure_8(scenario):
    hunted = hunt(scenario, seed=1, steps=500_000)
    assert hunted.found is not None
    assert hunted.found.violation.invariant in FIGURE_8
    assert minimise(hunted.found).smallest.violation.invariant in FIGURE_8


V1, WITHOUT_N3, WITHOUT_N4 = Request("n1", "r1", "v1"), Request("n1", "r2", "change 2"), Request("n1", "r1", "change 2")
# n1 commits v1 with n2, and removes n3, to whom it sends that, too, for n3's answer comes late.
OLD_MAJORITY = [
    *[*vote("n1", 1, "n2"), V1, append("n1", "n2", 1, 2), append("n1", "n3", 1, 2), answer("n2", "n1", 1, 1), WITHOUT_N3],
    *[answer("n3", "n1", 1, 1), append("n1", "n3", 1, 3), answer("n3", "n1", 1, 2)],
]
# n1 removes n4, and nobody hears of it; n2, elected by the others, removes n3, and n4 accepts that. n1 stands again, and asks n3.
TWO_CHANGES = [
    *[*vote("n1", 1, "n2", "n3"), WITHOUT_N4, *vote("n2", 2, "n3", "n4"), Request("n2", "r2", "change 1")],
    *[append("n2", "n4", 2, 2), answer("n4", "n2", 2, 1), Deliver("n2", "n1", "RequestVote", 2, 1), *vote("n1", 3, "n3")],
]


@pytest.mark.parametrize(
    ("factory", "size", "schedule", "name"),
    [(CountsByTheOldOne, 3, OLD_MAJORITY, "CommittedIsDurable"), (ChangesAtOnce, 4, TWO_CHANGES, "LeaderCompleteness")],
    ids=["a majority of the configuration before decides", "a leader changes the configuration before it has committed anything"],
)
def test_a_change_of_members_goes_wrong_when(factory, size, schedule, name):
    assert play(replace(MEMBERSHIP, factory=factory), size, schedule[:-1]) is None
    assert play(replace(MEMBERSHIP, factory=factory), size, schedule).invariant == name
    assert play(MEMBERSHIP, size, schedule, lenient=True) is None


def play(scenario, size, schedule, lenient=False):
    """The violation, if there is one in the end; lenient: what cannot be done is left out."""
    options = {**scenario.first_options, "noop": False, "loyal": False}
    with World(scenario, size, options=options) as world:
        for action in schedule:
            try:
                world.apply(action)
            except NotEnabled:
                if not lenient:
                    raise
        return world.violation
