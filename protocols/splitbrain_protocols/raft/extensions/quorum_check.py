"""Two options: a leader without a majority steps down (Ongaro's dissertation, 6.2); who has a leader stays loyal (Raft, 6)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from splitbrain.node import CancelTimer, DiskView, Effect, Effects, NodeId, SetTimer
from splitbrain_protocols.quorum import majority
from splitbrain_protocols.raft.core.election import Election
from splitbrain_protocols.raft.core.leader import Leader
from splitbrain_protocols.raft.core.messages import AppendEntriesReply, Message, RequestVote

# An election timeout, without the jitter: nobody competes in it.
CHECK_QUORUM = SetTimer("quorum", 300, 300)
CANCEL_CHECK = CancelTimer("quorum")


class QuorumCheck(Election, Leader):
    """check_quorum: a leader that is cut off gives up soon. loyal: a node that comes back disturbs no leader that is followed."""

    def __init__(
        self,
        me: NodeId,
        peers: Iterable[NodeId],
        disk: DiskView,
        *,
        check_quorum: bool = False,
        loyal: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(me, peers, disk, **options)
        self.check_quorum = check_quorum
        self.loyal = loyal
        self.heard_from: list[NodeId] = []
        if check_quorum:
            self.receivers[AppendEntriesReply] = self.receive_sign_of_life
            self.timers["quorum"] = self.review_quorum
        if loyal:
            self.receivers[RequestVote] = self.receive_request_vote_unless_led

    # A leader that nobody follows

    def lead(self) -> list[Effect]:
        """A leader asks itself once in an election timeout who still follows."""
        if not self.check_quorum:
            return super().lead()
        self.heard_from = [self.me]
        return [*super().lead(), CHECK_QUORUM]

    def receive_sign_of_life(self, follower: NodeId, reply: AppendEntriesReply) -> Effects:
        """Any reply of the present term tells that the follower follows; a refusal, too, for it is about logs alone."""
        if self.counts_acknowledgement(reply) and follower not in self.heard_from:
            self.heard_from.append(follower)
        return self.receive_append_entries_reply(follower, reply)

    def review_quorum(self) -> Effects:
        """A leader steps down if an election timeout elapses without word from a majority (dissertation, 6.2)."""
        if not self.is_followed():
            return self.resign()
        self.heard_from = [self.me]
        return [CHECK_QUORUM]

    def is_followed(self) -> bool:
        """By "a majority of its cluster" since it last asked itself (dissertation, 6.2)."""
        return sum(server in self.heard_from for server in self.voters()) >= majority(len(self.voters()))

    def resign(self) -> list[Effect]:
        """Lead no more. The term is the same, and so is the vote that was given in it: a restart could not take it back, either."""
        self.leader_id = None
        return self.step_down()

    def step_down(self) -> list[Effect]:
        """A follower has nothing to check."""
        stepped_down = super().step_down()
        return [*stepped_down, CANCEL_CHECK] if stepped_down and self.check_quorum else stepped_down

    # A follower that stands by its leader

    def receive_request_vote_unless_led(self, candidate: NodeId, request: RequestVote) -> Effects:
        """A request for votes is not even answered while there is a leader."""
        return () if self.has_leader() else self.receive_request_vote(candidate, request)

    def heeds_term_of(self, message: Message) -> bool:
        """Nor is its term adopted then: "it does not update its term or grant its vote" (Raft, 6)."""
        disregarded = self.loyal and isinstance(message, RequestVote) and self.has_leader()
        return not disregarded and super().heeds_term_of(message)

    def has_leader(self) -> bool:
        """Heard from a leader since its own election timer last ran out, or leads (Raft, 6)."""
        return self.leader_id is not None
