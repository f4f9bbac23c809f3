"""Leader election (Raft, 5.2), restricted to candidates whose log is up to date (Raft, 5.4.1)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from splitbrain.node import DiskView, Effect, Effects, NodeId, Observe, Send
from splitbrain.observations import EnteredTerm, Voted
from splitbrain_protocols.quorum import majority
from splitbrain_protocols.raft.core.messages import RequestVote, RequestVoteReply
from splitbrain_protocols.raft.core.server import ELECTION_TIMEOUT, SYNC, Server


class Election(Server):
    """Figure 2: "RequestVote RPC", and "Rules for Servers: Candidates"."""

    def __init__(self, me: NodeId, peers: Iterable[NodeId], disk: DiskView, **options: Any) -> None:
        super().__init__(me, peers, disk, **options)
        self.receivers[RequestVote] = self.receive_request_vote
        self.receivers[RequestVoteReply] = self.receive_request_vote_reply
        self.timers["election"] = self.start_election

    # The candidate

    def start_election(self) -> list[Effect]:
        """On conversion to candidate: a new term, a vote for itself, a new timer, and a request to everyone else (Raft, 5.2)."""
        self.role = "candidate"
        self.current_term += 1
        self.voted_for = self.me
        self.leader_id = None
        self.votes_granted = [self.me]
        effects = self.persist_then_campaign(self.vote_request())
        return effects + self.lead() if self.has_won() else effects

    def vote_request(self) -> RequestVote:
        """RequestVote RPC, "Arguments": the candidate's term, and how far its log goes (Raft, 5.4.1)."""
        return RequestVote(self.current_term, self.log.last_index, self.log.last_term)

    def persist_then_campaign(self, request: RequestVote) -> list[Effect]:
        """The candidate's own vote is durable before anyone hears of its candidacy: a restart must not give it to another."""
        return [*self.write_term_and_vote(), SYNC, *self.campaign(request)]

    def campaign(self, request: RequestVote) -> list[Effect]:
        """Figure 2: "Vote for self. Reset election timer. Send RequestVote RPCs to all other servers" (Raft, 5.2)."""
        return [
            Observe(EnteredTerm(self.current_term)),
            Observe(Voted(self.current_term, self.me)),
            ELECTION_TIMEOUT,
            *[Send(peer, request) for peer in self.peers],
        ]

    def receive_request_vote_reply(self, voter: NodeId, reply: RequestVoteReply) -> Effects:
        """Votes from a majority: become leader (Raft, 5.2)."""
        if not self.counts_vote(reply):
            return ()
        self.tally_vote(voter)
        return self.lead() if self.has_won() else ()

    def counts_vote(self, reply: RequestVoteReply) -> bool:
        """Only votes of the election that is going on count; one for an earlier term of this candidate does not (Raft, 5.2)."""
        return self.role == "candidate" and reply.vote_granted and reply.term == self.current_term

    def tally_vote(self, voter: NodeId) -> None:
        """Count each voter once, however often its reply arrives."""
        if voter in self.voters() and voter not in self.votes_granted:
            self.votes_granted.append(voter)

    def has_won(self) -> bool:
        """Votes from a majority of the full cluster for the same term (Raft, 5.2)."""
        return len(self.votes_granted) >= self.vote_quorum()

    def vote_quorum(self) -> int:
        """How many votes make a leader; any two such groups share a voter, who votes once a term (Raft, 5.2)."""
        return majority(len(self.voters()))

    # The voter

    def receive_request_vote(self, candidate: NodeId, request: RequestVote) -> Effects:
        """RequestVote RPC, "Receiver implementation"."""
        granted = self.may_grant_vote(candidate, request)
        reply = Send(candidate, self.vote_reply(granted))
        if not granted:
            return [reply]
        self.voted_for = candidate
        return self.persist_then_vote(reply)

    def may_grant_vote(self, candidate: NodeId, request: RequestVote) -> bool:
        """At most one vote a term, first come first served, and only for a log that is up to date (Raft, 5.2, 5.4.1)."""
        if request.term < self.current_term:
            return False
        return self.voted_for in (None, candidate) and self.is_up_to_date(request)

    def is_up_to_date(self, request: RequestVote) -> bool:
        """The candidate's log is at least as up to date: a later last term, or the same and no shorter (Raft, 5.4.1)."""
        if request.last_log_term != self.log.last_term:
            return request.last_log_term > self.log.last_term
        return request.last_log_index >= self.log.last_index

    def vote_reply(self, granted: bool) -> RequestVoteReply:
        """RequestVote RPC, "Results": the voter's term, for the candidate to update itself, and its vote."""
        return RequestVoteReply(self.current_term, granted)

    def persist_then_vote(self, reply: Send) -> list[Effect]:
        """The vote is durable before the candidate hears of it, lest a restart gives it to another, too (Raft, Figure 2)."""
        return [*self.write_term_and_vote(), SYNC, *self.vote(reply)]

    def vote(self, reply: Send) -> list[Effect]:
        """Whoever grants a vote waits a whole election timeout for its candidate (Raft, Figure 2: "Followers")."""
        return [Observe(Voted(self.current_term, reply.to)), ELECTION_TIMEOUT, reply]
