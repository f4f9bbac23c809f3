"""Nodes that count one voter less."""

from dataclasses import replace

import pytest
from toys import REGISTER

from splitbrain.doctor.weakenings.voters import VOTERS, ignorant
from splitbrain.scenario import Scenario
from splitbrain_invariants import Agreement
from splitbrain_protocols.quorum import majority


def names(size):
    return tuple(f"n{number}" for number in range(1, size + 1))


def known(size):
    """Of whom each node of a cluster is told."""
    make = ignorant(lambda me, peers, disk, **options: peers)
    return {me: make(me, tuple(name for name in names(size) if name != me), {}) for me in names(size)}


@pytest.mark.parametrize("size", range(2, 13))
def test_a_majority_of_those_that_a_node_knows_is_smaller_by_one(size):
    for me, peers in known(size).items():
        assert majority(len(peers) + 1) == majority(size) - 1
        assert me not in peers
        assert list(peers) == [name for name in names(size) if name in peers]  # in the order of the cluster


@pytest.mark.parametrize("size", range(4, 13))
def test_each_is_known_to_as_many_as_it_knows_and_two_quorums_need_have_no_node_in_common(size):
    told = known(size)
    for me, peers in told.items():
        assert sum(me in others for others in told.values()) == len(peers)
    quorum = majority(size) - 1
    first, second = names(size)[:quorum], names(size)[quorum : 2 * quorum]
    assert len(second) == quorum
    assert set(first[1:]) <= set(told[first[0]])
    assert set(second[1:]) <= set(told[second[0]])


def test_a_node_alone_has_nobody_to_leave_out():
    assert known(1) == {"n1": ()}
    assert VOTERS.pointless(replace(REGISTER, sizes=(1,))) == "its clusters have one node, who asks nobody"
    assert VOTERS.pointless(replace(REGISTER, sizes=(1, 2))) is None


def test_options_and_the_disk_are_passed_on():
    make = ignorant(lambda *given, **options: (given, options))
    assert make("n2", ("n1", "n3", "n4"), {"vote": 1}, patience=3) == (("n2", ("n3", "n4"), {"vote": 1}), {"patience": 3})


def test_small_clusters_get_a_fourth_node_of_whom_not_all_know():
    assert VOTERS.scenario(replace(REGISTER, sizes=(3,))).sizes == (3, 4)
    assert VOTERS.scenario(replace(REGISTER, sizes=(3, 5))).sizes == (3, 5)


def test_but_not_where_the_scenario_cannot_bear_it():
    def three(me, peers, disk):
        first, second = peers
        return REGISTER.factory(me, (first, second), disk)

    given = {"name": "three", "invariants": (Agreement,), "sizes": (3,)}
    assert VOTERS.scenario(Scenario(factory=REGISTER.factory, voters={3: (0, 1)}.__getitem__, **given)).sizes == (3,)
    picky = VOTERS.scenario(Scenario(factory=three, **given))
    assert picky.sizes == (3, 4)  # each of the four is told of two others, as it should be
