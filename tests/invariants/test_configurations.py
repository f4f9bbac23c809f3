"""By which configuration each node counts: what it said last, what comes back with a truncation, and what nobody knows."""

import pytest

from splitbrain.events import Declared, Observed, Started
from splitbrain.observations import Installed, Truncated, Voters
from splitbrain_invariants.configurations import Configurations

ALL = (("n1", "n2", "n3"),)
TWO = (("n1", "n2"),)
FOUR = (("n1", "n2", "n3", "n4"),)
JOINT = (("n1", "n2", "n3"), ("n1", "n4", "n5"))


def after(*happenings):
    """What is known after these: pairs are what nodes say, strings the nodes that start again."""
    known = Configurations()
    for event in [Started(0, node, 1) for node in ALL[0]]:
        known.observe(event)
    for each in happenings:
        known.observe(Started(5, each, 2) if type(each) is str else Observed(4, *each) if type(each) is tuple else each)
    return known


COUNTS_BY = {
    "nobody said anything": ([], ALL),
    "it said so": ([("n1", Voters(TWO, 4))], TWO),
    "another one said so": ([("n2", Voters(TWO, 4))], ALL),
    "it said so last": ([("n1", Voters(TWO, 4)), ("n1", Voters(FOUR, 7))], FOUR),
    "that was truncated": ([("n1", Voters(TWO, 4)), ("n1", Voters(FOUR, 7)), ("n1", Truncated(6))], TWO),
    "all were truncated": ([("n1", Voters(TWO, 4)), ("n1", Voters(FOUR, 7)), ("n1", Truncated(0))], ALL),
    "another entry was truncated": ([("n1", Voters(TWO, 4)), ("n1", Truncated(5))], TWO),
    "another one is at its index now": ([("n1", Voters(TWO, 4)), ("n1", Voters(FOUR, 4)), ("n1", Truncated(4))], ALL),
    "it is in no log": ([("n1", Voters(TWO)), ("n1", Truncated(1))], TWO),
    "it started again, and said it again": ([("n1", Voters(TWO, 4)), "n1", ("n1", Voters(FOUR, 3))], FOUR),
    "it started again, and had never named any": ([("n2", Voters(TWO, 4)), "n1"], ALL),
    "it compacted its own log": ([("n1", Voters(TWO, 4)), ("n1", Installed(5, 1, rest=True))], TWO),
    "lists are groups as well": ([("n1", Voters([["n1", "n2"]], 4))], TWO),
}


@pytest.mark.parametrize(("happenings", "groups"), COUNTS_BY.values(), ids=COUNTS_BY)
def test_a_node_counts_by_what_it_said_when(happenings, groups):
    assert after(*happenings).of("n1") == (groups,)


UNKNOWN = {
    "it started again": [("n1", Voters(TWO, 4)), ("n2", Voters(FOUR, 5)), "n1"],
    "it started again, and what it said then was truncated": [
        *[("n1", Voters(TWO, 4)), ("n2", Voters(FOUR, 5)), "n1", ("n1", Voters(TWO, 4)), ("n1", Truncated(2))],
    ],
    "it took another's snapshot": [("n1", Voters(TWO, 4)), ("n2", Voters(FOUR, 5)), ("n1", Installed(9, 1))],
    "it took another's snapshot, and had never named any": [
        ("n2", Voters(TWO, 4)),
        ("n2", Voters(FOUR, 5)),
        ("n1", Installed(9, 1)),
    ],
}


@pytest.mark.parametrize("happenings", UNKNOWN.values(), ids=UNKNOWN)
def test_any_configuration_may_count_when(happenings):
    assert after(*happenings).of("n1") == (ALL, TWO, FOUR)


def test_each_group_of_a_joint_configuration_has_its_own_quorum():
    known = after(("n1", Voters(JOINT, 4)))
    (groups,) = known.of("n1")
    assert known.decides(groups, ("n1", "n2", "n4"))
    assert not known.decides(groups, ("n1", "n2", "n3"))
    assert not known.decides(groups, ("n2", "n4", "n5"))
    assert known.decides(groups, ("n2", "n3", "n4", "n5"))


def test_quorums_are_those_that_the_scenario_declares():
    known = Configurations()
    known.observe(Declared(0, ("n1", "n2", "n3", "n4"), ((1, 1), (2, 1), (3, 1), (3, 2))))
    (groups,) = known.of("n1")
    assert known.elects(groups, ("n1", "n2", "n3"))
    assert not known.elects(groups, ("n1", "n2", "n5"))
    assert known.decides(groups, ("n1", "n4"))


def test_what_ever_counted_begins_with_the_voters_of_the_beginning():
    assert after().ever() == (ALL,)
    assert not after().change
    changed = after(("n1", Voters(FOUR, 4)), ("n1", Truncated(4)))
    assert changed.ever() == (ALL, FOUR)
    assert changed.change
