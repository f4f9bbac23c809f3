"""Paxos with majorities that are none."""

from __future__ import annotations

from harness.node import NodeId
from protocols.museum.paxos_record import record
from protocols.paxos.messages import Ballot
from protocols.paxos.node import Paxos


class QuorumHalf(Paxos):
    """Half of the acceptors, rounded down, are a quorum, so that two quorums need have no acceptor in common."""

    def has_quorum(self, count: int) -> bool:
        return count >= len(self.acceptors) // 2


class DupAccepted(Paxos):
    """The tally of acceptances is a counter, not a set, so that a message which arrives twice makes a majority of a minority."""

    def count_accepted(self, ballot: Ballot, acceptor: NodeId) -> int:
        arrivals = self.accepted_by.setdefault(ballot, set())
        arrivals.add(f"{acceptor}, arrival {len(arrivals)}")
        return len(arrivals)


QUORUM_EXHIBITS = (
    record(
        "pax-quorum-half",
        QuorumHalf,
        title="Half of the acceptors is a quorum",
        source="general knowledge; majorities are in Paxos Made Simple, 2.2",
        invariant=("DecidedIsChosen", "ProposedIsSafe", "OneChosenValue", "Agreement"),
        faults="none",
        shortest={"OneChosenValue": 10},
    ),
    record(
        "pax-dup-accepted",
        DupAccepted,
        title="An acceptance that arrives twice counts twice",
        source="general knowledge; messages can be duplicated (Paxos Made Simple, 2.1)",
        invariant=("DecidedIsChosen", "Agreement"),
        faults="duplicate",
        # With three acceptors of which one is the proposer itself, the first copy of an acceptance is a majority already.
        sizes=(4, 5),
    ),
)
