"""One fault in place of several: a connection that ends in place of a node that stops, a node in place of several connections."""

from couriers import COURIER, ResendsAll
from shrinkers import shrinker

from splitbrain.actions import Connect, Crash, Deliver, Disconnect, Request, Restart
from splitbrain.counterexample.minimiser.connections import _simpler, plainer_connections
from splitbrain.exhibit import mutant
from splitbrain.world.run import Setup


def told(peer, node, kind="connected"):
    return Deliver(peer, node, kind)


SETUP = Setup(mutant(COURIER, ResendsAll), 2)
LETTERS = [Deliver("n1", "n2", "Letter", None, ordinal) for ordinal in range(1, 10)]
BEGIN = [Request("n1", "r1", "v1"), Deliver("n2", "n1", "Hello"), *LETTERS[:3], Request("n1", "r2", "v2")]
AGAIN = [told("n2", "n1"), told("n1", "n2"), Deliver("n2", "n1", "Hello", None, 2), *LETTERS[6:]]
CRASHED = [*BEGIN, Crash("n2"), told("n2", "n1", "disconnected"), Restart("n2"), Connect("n1", "n2"), *AGAIN]


def test_a_node_that_stopped_only_to_end_a_connection_needs_not_have_stopped():
    s = shrinker(SETUP, CRASHED)
    plainer_connections(s)
    assert len(s.best.actions) == len(CRASHED)
    assert s.best.actions[6:10] == (
        Disconnect("n1", "n2"),
        told("n2", "n1", "disconnected"),
        told("n1", "n2", "disconnected"),
        Connect("n1", "n2"),
    )


def test_a_node_may_stop_in_place_of_several_connections_that_end():
    ends = [Disconnect("n1", "n2"), Disconnect("n2", "n3")]
    again = [Connect("n1", "n2"), Connect("n2", "n3")]
    tried = list(_simpler([*ends, *again], 0, ("n1", "n2", "n3")))
    assert [Crash("n2"), Restart("n2"), *again] in tried


def test_on_datagrams_there_is_nothing_to_try():
    s = shrinker(Setup(mutant(COURIER, ResendsAll), 2), CRASHED)
    object.__setattr__(s.best.setup.scenario, "links", "datagrams")
    plainer_connections(s)
    assert s.budget.runs == 0
