"""Acceptances, counted: whose count, how many make a quorum, and what they add up to."""

from acceptors import FLEXIBLE, cluster

from splitbrain.events import Observed
from splitbrain.observations import AcceptorStarted
from splitbrain_invariants.paxos.tally import Tally


def tally(happenings):
    it = Tally()
    for event in happenings:
        it.acceptors.observe(event)
    return it


def test_the_acceptance_that_completes_a_majority_says_so_once():
    it = tally(cluster(3))
    assert [it.accepted(node, 1, "a") for node in ("n1", "n1", "n2", "n3")] == [False, False, True, False]
    assert it.voters(1, "a") == ["n1", "n2", "n3"]


def test_where_another_quorum_is_declared_that_completes_it():
    it = tally(FLEXIBLE)
    assert [it.accepted(node, 1, "a") for node in ("n1", "n2", "n3")] == [False, True, False]


def test_acceptances_of_several_ballots_or_slots_do_not_add_up():
    it = tally(cluster(3))
    assert not any((it.accepted("n1", 1, "a"), it.accepted("n2", 2, "a"), it.accepted("n3", 3, "a")))
    assert it.most("a") == 1
    assert not any((it.accepted("n1", 1, "a", 1), it.accepted("n2", 1, "a", 1.0), it.accepted("n3", 1, "a", [1])))
    assert [it.most("a", slot) for slot in (1, 1.0, [1], (1,), "1")] == [1, 1, 1, 1, 0]
    assert it.accepted("n1", 2, "a")
    assert it.most("a") == 2


def test_who_is_no_acceptor_is_not_counted():
    it = tally(cluster(4, acceptors=3))
    assert not it.accepted("n4", 1, "a")
    assert it.voters(1, "a") == []


def test_where_nobody_says_that_it_is_an_acceptor_all_nodes_are_counted():
    it = tally(cluster(5, acceptors=0))
    assert [it.accepted(node, 1, "a") for node in ("n5", "n4", "n3")] == [False, False, True]
    assert it.voters(1, "a") == ["n5", "n4", "n3"]


def test_what_an_acceptor_finds_on_its_disk_it_has_accepted():
    it = tally(cluster(3))
    it.accepted("n1", 1, "a")
    assert not it.found(Observed(5, "n2", AcceptorStarted(1, None, None)))
    assert it.found(Observed(5, "n2", AcceptorStarted(1, 1, "a")))
    assert it.voters(1, "a") == ["n1", "n2"]


def test_ballots_and_values_need_not_be_hashable():
    it = tally(cluster(1))
    assert it.accepted("n1", [1, "n1"], {"set": "x"})
    assert it.most({"set": "x"}) == 1
    assert it.most({"set": "y"}) == 0
    assert it.voters((1, "n1"), {"set": "x"}) == ["n1"]
