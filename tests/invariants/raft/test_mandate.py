"""Leaders and their votes: traces that satisfy it, traces that break it, and what it says when it is asked why."""

import pytest
from handwritten import EMPTY_LOGS, assert_broken, cut, fold, phrases, up
from servers import cluster, power_cut

from splitbrain.events import Declared, Started
from splitbrain.observations import EnteredTerm, Led, Recovered, Truncated, Voted, Voters
from splitbrain_invariants import LeadsByVotes

SELF = ("n1", Voted(1, "n1"))
FOUR = [Started(0, f"n{number}", 1) for number in range(1, 5)]
EMPTY = [(f"n{number}", Recovered(0, None, ())) for number in range(1, 5)]
JOINT = Voters((("n1", "n2", "n3"), ("n1", "n4", "n5")), 7)

ELECTED = {
    "a majority voted for it": [*cluster(3), SELF, ("n3", Voted(1, "n1")), ("n1", Led(1))],
    "it is alone": [*cluster(1), SELF, ("n1", Led(1))],
    "it did not say that it voted for itself": [*cluster(3), ("n3", Voted(1, "n1")), ("n1", Led(1))],
    "a voter has gone on to the next term": [*cluster(3), SELF, ("n2", Voted(1, "n1")), ("n2", Voted(2, "n3")), ("n1", Led(1))],
    "a vote was found on a disk": [*cluster(3), SELF, *power_cut("n2"), ("n2", Recovered(1, "n1", ())), ("n1", Led(1))],
    "a voter has lost its power, and has not said what it found": [*cluster(3), SELF, *power_cut("n2"), ("n1", Led(1))],
    "a voter lost its power, and voted without saying what it found": [
        *[*cluster(3), SELF, *power_cut("n2"), ("n2", Voted(2, "n3")), ("n1", Led(1))],
    ],
    "the others never say how they vote": [*cluster(3, silent=("n2", "n3")), SELF, ("n1", Led(1))],
    "nobody says how they vote": [*cluster(3), ("n1", EnteredTerm(1)), ("n1", Led(1))],
    "the voters are declared": [Declared(0, ("n1", "n2", "n3"), ()), *cluster(5), SELF, ("n2", Voted(1, "n1")), ("n1", Led(1))],
    "quorums are declared": [
        *[Declared(0, ("n1", "n2", "n3", "n4"), ((1, 1), (1, 2), (2, 2), (2, 3))), *FOUR, *EMPTY],
        *[SELF, ("n2", Voted(1, "n1")), ("n1", Led(1))],
    ],
    "its own configuration is a smaller one": [
        *[*cluster(5), ("n1", Voters((("n1", "n2", "n3"),), 4)), SELF, ("n2", Voted(1, "n1")), ("n1", Led(1))],
    ],
    "each group of its configuration voted for it": [
        *[*cluster(5), ("n1", JOINT), SELF, ("n2", Voted(1, "n1")), ("n5", Voted(1, "n1")), ("n1", Led(1))],
    ],
    "it started again, and has not said by what it counts": [
        *[*cluster(5), ("n1", Voters((("n1", "n2", "n3"),), 4)), *power_cut("n1"), ("n1", Recovered(0, None, ()))],
        *[SELF, ("n2", Voted(1, "n1")), ("n1", Led(1))],
    ],
}

NOT_ELECTED = {
    "it has its own vote alone": (
        [*cluster(3), SELF, ("n1", Led(1))],
        ("LeadsByVotes(Led)", [-1], "n1 became leader of term 1 with the votes of n1 only, of n1, n2, n3"),
    ),
    "half is no majority": (
        [*cluster(4), SELF, ("n4", Voted(1, "n1")), ("n1", Led(1))],
        ("LeadsByVotes(Led)", [-1], "n1 became leader of term 1 with the votes of n1, n4 only, of n1, n2, n3, n4"),
    ),
    "its votes are of another term": (
        [*cluster(3), SELF, ("n2", Voted(1, "n1")), ("n1", Voted(2, "n1")), ("n1", Led(2))],
        ("LeadsByVotes(Led)", [-1], "n1 became leader of term 2 with the votes of n1 only, of n1, n2, n3"),
    ),
    "the votes are another's": (
        [*cluster(3), ("n2", Voted(1, "n2")), ("n3", Voted(1, "n2")), ("n1", Led(1))],
        ("LeadsByVotes(Led)", [-1], "n1 became leader of term 1 with the votes of nobody only, of n1, n2, n3"),
    ),
    "a voter lost its power, and found no vote": (
        [*cluster(3), SELF, *power_cut("n2"), ("n2", Recovered(1, None, ())), ("n1", Led(1))],
        ("LeadsByVotes(Led)", [-1], "n1 became leader of term 1 with the votes of n1 only, of n1, n2, n3"),
    ),
    "learners voted for it": (
        [Declared(0, ("n1", "n2", "n3"), ()), *cluster(5), SELF, ("n4", Voted(1, "n1")), ("n5", Voted(1, "n1")), ("n1", Led(1))],
        ("LeadsByVotes(Led)", [-1], "n1 became leader of term 1 with the votes of n1 only, of n1, n2, n3"),
    ),
    "one group of its configuration did not": (
        [*cluster(5), ("n1", JOINT), SELF, ("n2", Voted(1, "n1")), ("n3", Voted(1, "n1")), ("n1", Led(1))],
        (
            "LeadsByVotes(Led)",
            [-1],
            "n1 became leader of term 1 with the votes of n1, n2, n3 only, of n1, n2, n3 and of n1, n4, n5",
        ),
    ),
    "the configuration that would do was truncated": (
        [
            *[*cluster(5), ("n1", Voters((("n1", "n2", "n3"),), 4)), ("n1", Truncated(4)), SELF, ("n2", Voted(1, "n1"))],
            ("n1", Led(1)),
        ],
        ("LeadsByVotes(Led)", [-1], "n1 became leader of term 1 with the votes of n1, n2 only, of n1, n2, n3, n4, n5"),
    ),
}


@pytest.mark.parametrize("happenings", ELECTED.values(), ids=ELECTED)
def test_a_leader_is_elected_when(happenings):
    assert fold(LeadsByVotes, happenings)[0] is None


@pytest.mark.parametrize(("happenings", "expected"), NOT_ELECTED.values(), ids=NOT_ELECTED)
def test_a_leader_is_not_elected_when(happenings, expected):
    assert_broken(LeadsByVotes, happenings, expected)


def test_it_says_who_voted_for_it_and_who_for_another():
    assert phrases(LeadsByVotes, SELF, ("n3", Voted(1, "n2")), ("n2", Voted(1, "n2")), ("n1", Led(1)), first=EMPTY_LOGS) == [
        "n1 became leader of term 1 with the votes of n1 (step 1): 1 of 3, where a majority is 2",
        "n3 voted for n2 in term 1 (step 2)",
        "n2 voted for n2 in term 1 (step 3)",
    ]


def test_it_says_so_by_the_groups_of_a_joint_configuration():
    joint = ("n1", Voters((("n1", "n2"), ("n1", "n3")), 7))
    told = phrases(LeadsByVotes, joint, SELF, ("n2", Voted(1, "n1")), ("n1", Led(1)), first=EMPTY_LOGS)
    count = "2 of 2, a majority, and 1 of 2, where a majority is 2"
    assert told == [f"n1 became leader of term 1 with the votes of n1 (step 2) and n2 (step 3): {count}"]


def test_it_says_so_where_a_restart_took_the_vote():
    told = phrases(LeadsByVotes, SELF, cut("n2"), up("n2"), ("n2", Recovered(1, None, ())), ("n1", Led(1)), first=EMPTY_LOGS)
    assert told == ["n1 became leader of term 1 with the votes of n1 (step 1): 1 of 3, where a majority is 2"]
