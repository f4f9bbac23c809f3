"""What acceptors go through in traces written by hand."""

from splitbrain.events import Crashed, Observed, Started
from splitbrain.observations import Accepted, AcceptorStarted, Promised


def cluster(size, acceptors=None):
    """The first start of n1, n2, ...; the first ``acceptors`` of them (all, when left out) say that they are."""
    happenings = []
    for number in range(1, size + 1):
        happenings.append(Started(0, f"n{number}", 1))
        if acceptors is None or number <= acceptors:
            happenings.append(Observed(0, f"n{number}", AcceptorStarted(None, None, None)))
    return happenings


def restart(node):
    return [Crashed(50, node, 0, 0), Started(51, node, 2)]


def promised(ballot, *nodes):
    return [(node, Promised(ballot)) for node in nodes]


def accepted(ballot, value, *nodes):
    return [(node, Accepted(ballot, value)) for node in nodes]
