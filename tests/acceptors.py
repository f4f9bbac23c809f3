"""What acceptors go through in traces written by hand."""

from splitbrain.events import Crashed, Declared, Observed, Requested, Started
from splitbrain.observations import Accepted, AcceptorStarted, Promised, Proposed


def cluster(size, acceptors=None, declared=None):
    """The first start of n1, n2, ...; the first ``acceptors`` of them (all, when left out) say that they are.

    declared: what the scenario says before that: who votes, and the quorums of 1, 2, ... voters.
    """
    happenings = [] if declared is None else [Declared(0, *declared)]
    for number in range(1, size + 1):
        happenings.append(Started(0, f"n{number}", 1))
        if acceptors is None or number <= acceptors:
            happenings.append(Observed(0, f"n{number}", AcceptorStarted(None, None, None)))
    return happenings


# Four acceptors of which three prepare a ballot, and two choose a value (flexible Paxos).
FLEXIBLE = cluster(4, declared=(("n1", "n2", "n3", "n4"), ((1, 1), (2, 1), (2, 2), (3, 2))))


def asked(*commands):
    return [Requested(1, "n1", f"r{place}", command, False) for place, command in enumerate(commands)]


def restart(node):
    return [Crashed(50, node, 0, 0), Started(51, node, 2)]


def found(node, *what, step=52):
    """What an acceptor says of its disk, all in one step: AcceptorStarted's fields."""
    return [Observed(step, node, AcceptorStarted(*each)) for each in what]


def promised(ballot, *nodes, slot=None):
    return [(node, Promised(ballot, slot)) for node in nodes]


def proposed(ballot, value, node, slot=None):
    return [(node, Proposed(ballot, value, slot))]


def accepted(ballot, value, *nodes, slot=None):
    return [(node, Accepted(ballot, value, slot)) for node in nodes]
