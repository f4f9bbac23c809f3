"""An acceptor that forgets, and when it may."""

from lone_nodes import high, low, process

import splitbrain.observations as say
from splitbrain.node import Erase, Observe, Send, SetTimer, Sync
from splitbrain_protocols.paxos.messages import Accept, Decision, Prepare, Proposal


def test_an_acceptor_prunes_only_once_it_knows_the_decision():
    node = process(disk={"promised": high(), "accepted": Proposal(low(), "v")}, pruning=True)
    assert node.start()[1] == SetTimer("prune", 500, 1000)
    assert node.timeout("prune") == [SetTimer("prune", 500, 1000)]
    assert (node.promised, node.accepted) == (high(), Proposal(low(), "v"))
    node.receive("n2", Decision("v"))
    assert not node.is_retired()
    assert node.timeout("prune") == [Erase("promised"), Erase("accepted"), Sync()]
    assert node.is_retired()


def test_an_acceptor_that_has_pruned_answers_with_the_decision_and_says_no_more_that_it_is_one():
    node = process(disk={"decided": "v"}, pruning=True)
    assert node.start() == [Observe(say.Decided("v"))]
    for message in (Prepare(low("n2")), Accept(low("n2"), "w", ("n2",))):
        assert list(node.receive("n2", message)) == [Send("n2", Decision("v"))]
    assert process(disk={"decided": "v"}).start()[0] == Observe(say.AcceptorStarted(None, None, None))


def test_without_the_option_nothing_is_ever_pruned():
    node = process(disk={"decided": "v"})
    assert node.prune_in_time() == []
    assert not node.is_retired()
