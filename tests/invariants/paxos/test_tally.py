"""Acceptances, counted: whose count, how many make a majority, and what they add up to."""

from splitbrain.events import Observed, Started
from splitbrain.observations import AcceptorStarted
from splitbrain_invariants.paxos.tally import Tally


def tally(nodes, acceptors):
    """Of so many nodes, the first ``acceptors`` of which say that they are."""
    it = Tally()
    for number in range(1, nodes + 1):
        it.started(Started(0, f"n{number}", 1))
        if number <= acceptors:
            it.acceptor_started(Observed(0, f"n{number}", AcceptorStarted(None, None, None)))
    return it


def test_the_acceptance_that_completes_a_majority_says_so_once():
    it = tally(3, 3)
    assert [it.accepted(node, 1, "a") for node in ("n1", "n1", "n2", "n3")] == [False, False, True, False]
    assert it.voters(1, "a") == ["n1", "n2", "n3"]


def test_acceptances_of_several_ballots_do_not_add_up():
    it = tally(3, 3)
    assert not any((it.accepted("n1", 1, "a"), it.accepted("n2", 2, "a"), it.accepted("n3", 3, "a")))
    assert it.most("a") == 1
    assert it.accepted("n1", 2, "a")
    assert it.most("a") == 2


def test_who_is_no_acceptor_is_not_counted():
    it = tally(4, 3)
    assert it.majority == 2
    assert not it.accepted("n4", 1, "a")
    assert it.voters(1, "a") == []


def test_where_nobody_says_that_it_is_an_acceptor_all_nodes_are_counted():
    it = tally(5, 0)
    assert it.majority == 3
    it.accepted("n5", 1, "a")
    assert it.voters(1, "a") == ["n5"]


def test_who_starts_later_is_no_member_of_the_cluster():
    it = tally(2, 0)
    it.started(Started(7, "n3", 2))
    assert it.majority == 2


def test_what_an_acceptor_finds_on_its_disk_it_has_accepted():
    it = tally(3, 3)
    it.accepted("n1", 1, "a")
    assert it.acceptor_started(Observed(5, "n2", AcceptorStarted(1, 1, "a")))
    assert it.voters(1, "a") == ["n1", "n2"]


def test_ballots_and_values_need_not_be_hashable():
    it = tally(1, 1)
    assert it.accepted("n1", [1, "n1"], {"set": "x"})
    assert it.most({"set": "x"}) == 1
    assert it.most({"set": "y"}) == 0
