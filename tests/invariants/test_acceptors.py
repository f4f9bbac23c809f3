"""Who the acceptors are, and what is a quorum of them."""

from acceptors import FLEXIBLE, cluster, restart

from splitbrain_invariants.acceptors import Acceptors


def told(happenings):
    they = Acceptors()
    for event in happenings:
        they.observe(event)
    they.settled()
    return list(they.members), they.known, they.elect, they.decide


def test_those_who_say_so_when_they_first_start_are_acceptors():
    assert told(cluster(5, acceptors=3)) == (["n1", "n2", "n3"], True, 2, 2)


def test_where_nobody_says_so_it_is_not_known_and_all_nodes_count():
    assert told(cluster(5, acceptors=0)) == (["n1", "n2", "n3", "n4", "n5"], False, 3, 3)


def test_who_starts_later_is_none():
    assert told([*cluster(2), *restart("n3")]) == (["n1", "n2"], True, 2, 2)


def test_declared_voters_are_the_acceptors_whether_they_say_so_or_not():
    declared = (("n2", "n4"), ((1, 1), (2, 2), (2, 2), (3, 3)))
    assert told(cluster(4, declared=declared)) == (["n2", "n4"], True, 2, 2)
    assert told(cluster(4, acceptors=0, declared=declared)) == (["n2", "n4"], True, 2, 2)


def test_declared_quorums_are_those_of_so_many_acceptors():
    assert told(FLEXIBLE) == (["n1", "n2", "n3", "n4"], True, 3, 2)


def test_quorums_that_are_declared_say_nothing_of_who_is_an_acceptor():
    everybody = ("n1", "n2", "n3", "n4")
    assert told(cluster(4, acceptors=3, declared=(everybody, ((1, 1), (2, 1), (3, 1), (3, 2))))) == (["n1", "n2", "n3"], True, 3, 1)
    assert not told(cluster(4, acceptors=0, declared=(everybody, ((1, 1), (2, 1), (3, 1), (3, 2)))))[1]


def test_what_is_told_after_it_was_asked_counts_as_well():
    they = Acceptors()
    for event in cluster(2):
        they.observe(event)
        they.settled()
    assert (list(they.members), they.elect) == (["n1", "n2"], 2)
