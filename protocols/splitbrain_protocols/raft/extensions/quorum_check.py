"""Two options: a leader without a majority steps down (Ongaro's dissertation, 6.2); who has a leader stays loyal (Raft, 6)."""

from __future__ import annotations

from splitbrain.node import CancelTimer, Effect, Effects, NodeId, SetTimer
from splitbrain_protocols.quorum import majority
from splitbrain_protocols.raft.core.election import Election
from splitbrain_protocols.raft.core.leader import Replication
from splitbrain_protocols.raft.core.messages import AppendEntriesReply, RequestVote

# An election timeout, without the jitter: nobody competes in it.
CHECK_QUORUM = SetTimer("quorum", 300, 300)
CANCEL_CHECK = CancelTimer("quorum")


class QuorumCheck(Election, Replication):
    """check_quorum: a leader that is cut off gives up soon. loyal: a node that comes back disturbs no leader that is followed."""

    check_quorum: bool

    def lead(self) -> list[Effect]:
        """A leader asks itself once in an election timeout who still follows."""
        if not self.check_quorum:
            return super().lead()
        self.heard_from: list[NodeId] = [self.me]
        return [*super().lead(), CHECK_QUORUM]

    def receive_sign_of_life(self, follower: NodeId, reply: AppendEntriesReply) -> Effects:
        """Any reply of the present term tells that the follower follows; a refusal, too, for it is about logs alone."""
        if self.counts_acknowledgement(reply) and follower not in self.heard_from:
            self.heard_from.append(follower)
        return self.receive_append_entries_reply(follower, reply)

    def review_quorum(self) -> Effects:
        """A leader steps down if an election timeout elapses without word from a majority (dissertation, 6.2)."""
        if len(self.heard_from) < majority(self.cluster_size):
            return self.resign()
        self.heard_from = [self.me]
        return [CHECK_QUORUM]

    def resign(self) -> list[Effect]:
        """Lead no more. The term is the same, and so is the vote that was given in it: a restart could not take it back, either."""
        self.leader_id = None
        return self.step_down()

    def step_down(self) -> list[Effect]:
        """A follower has nothing to check."""
        stepped_down = super().step_down()
        return [*stepped_down, CANCEL_CHECK] if stepped_down and self.check_quorum else stepped_down

    def receive_request_vote_unless_led(self, candidate: NodeId, request: RequestVote) -> Effects:
        """A request for votes is not even answered while there is a leader."""
        return () if self.has_leader() else self.receive_request_vote(candidate, request)

    def has_leader(self) -> bool:
        """Heard from a leader since its own election timer last ran out, or leads: no term is adopted then (Raft, 6)."""
        return self.leader_id is not None
