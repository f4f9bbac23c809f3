"""Nodes of Raft and of Paxos by themselves, for tests that call their handlers and look at the effects."""

from splitbrain.node import Send, SetTimer
from splitbrain_protocols.paxos.messages import Ballot
from splitbrain_protocols.paxos.node import Paxos
from splitbrain_protocols.raft.core.messages import Entry, RequestVoteReply
from splitbrain_protocols.raft.node import Raft

ELECTION = SetTimer("election", 150, 300)
FIVE = ("n2", "n3", "n4", "n5")  # the peers of n1 among five


def sent(effects):
    return [(each.to, each.message) for each in effects if type(each) is Send]


# Raft


def disk(term=0, voted_for=None, terms=()):
    """What a node finds that has been in ``term``, and whose entries have these terms."""
    found = {("log", index): Entry(each, f"v{index}") for index, each in enumerate(terms, 1)}
    return found | {"term_and_vote": (term, voted_for)}


def node(term=0, voted_for=None, terms=(), peers=("n2", "n3"), kind=Raft, **options):
    return kind("n1", peers, disk(term, voted_for, terms), **options)


def candidate(**start):
    raft = node(**start)
    raft.start_election()
    return raft


def leader(**start):
    raft = candidate(**start)
    for peer in raft.peers[: len(raft.peers) // 2 + 1]:
        raft.receive(peer, RequestVoteReply(raft.current_term, True))
    assert raft.role == "leader"
    return raft


# Paxos


def process(me="n1", size=3, disk=None, learning="proposer", **options):
    return Paxos(me, [f"n{n}" for n in range(1, size + 1) if f"n{n}" != me], disk or {}, learning=learning, **options)


def low(proposer="n1"):
    return Ballot(1, proposer)


def high(proposer="n1"):
    return Ballot(2, proposer)
