"""Exhibits: pre-votes and quorum checks, which keep a leader in peace, and a cluster stuck (Ongaro's dissertation, 6.2, 9.6)."""

from __future__ import annotations

from harness.node import Effect, NodeId
from protocols.museum.raft_record import record
from protocols.raft.messages import AppendEntries, PreVote
from protocols.raft.node import Raft
from protocols.raft.scenario import RAFT


class PrevoteIgnoreLowerTerm(Raft):
    """A node does not answer a pre-vote of a lower term, and whoever asked never learns that it is behind."""

    def deny_pre_vote(self, candidate: NodeId, request: PreVote) -> list[Effect]:
        return [] if request.term <= self.current_term else super().deny_pre_vote(candidate, request)


class CheckquorumStuckCandidate(Raft):
    """A node does not answer a leader of a lower term, and that leader never learns that it must make way."""

    def turn_away(self, leader: NodeId, request: AppendEntries) -> list[Effect]:  # noqa: ARG002
        return []


STABILITY = (
    record(
        "prevote-ignore-lower-term",
        PrevoteIgnoreLowerTerm,
        title="Too old to be answered",
        source="etcd-io/etcd#8243 (fix: #8288), #8501; canonical/raft#279; redpanda-data/redpanda#2071",
        invariant=("LogTermination",),
        faults="partition",
        options={**RAFT.options, "pre_vote": (True,)},
    ),
    record(
        "checkquorum-stuck-candidate",
        CheckquorumStuckCandidate,
        title="A node too far ahead to come back",
        source="etcd-io/etcd#5451, #5468",
        invariant=("LogTermination",),
        faults="partition",
        options={**RAFT.options, "check_quorum": (True,), "loyal": (True,)},
    ),
)
