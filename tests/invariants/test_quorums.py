"""Who votes, and how many of them it takes."""

from splitbrain.events import Declared, Started
from splitbrain_invariants.quorums import Quorums


def test_nobody_declares_anything_and_a_majority_of_all_nodes_it_is():
    quorums = Quorums()
    for node in ("n1", "n2", "n3", "n4"):
        quorums.observe(Started(0, node, 1))
    quorums.observe(Started(7, "n2", 2))
    assert (quorums.voters, quorums.declared) == (("n1", "n2", "n3", "n4"), False)
    assert [(quorums.elect(n), quorums.decide(n)) for n in range(1, 6)] == [(1, 1), (2, 2), (2, 2), (3, 3), (3, 3)]


def test_what_is_declared_counts_and_a_cluster_grown_beyond_it_goes_by_majorities():
    quorums = Quorums()
    quorums.observe(Declared(0, ("n1", "n3"), ((1, 1), (2, 1), (3, 1))))
    for node in ("n1", "n2", "n3"):
        quorums.observe(Started(0, node, 1))
    assert (quorums.voters, quorums.declared) == (("n1", "n3"), True)
    assert [(quorums.elect(n), quorums.decide(n)) for n in range(1, 6)] == [(1, 1), (2, 1), (3, 1), (3, 3), (3, 3)]
