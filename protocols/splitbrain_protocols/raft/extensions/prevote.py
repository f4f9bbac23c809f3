"""An option: ask whether there would be votes before raising the term (Ongaro's dissertation, 9.6)."""

from __future__ import annotations

from splitbrain.node import Effect, Effects, NodeId, Send
from splitbrain_protocols.raft.core.election import Election
from splitbrain_protocols.raft.core.messages import PreVote, PreVoteReply
from splitbrain_protocols.raft.core.server import ELECTION_TIMEOUT


class PreElection(Election):
    """pre_vote: a node that was cut off does not come back with a term that deposes a good leader."""

    pre_votes: list[NodeId]

    def start_pre_election(self) -> Effects:
        """On an election timeout: nobody is taken for the leader any more, and everyone is asked about the next term."""
        self.leader_id = None
        self.role = "follower"
        self.pre_votes = [self.me]
        request = PreVote(self.current_term + 1, self.log.last_index, self.log.last_term)
        asked: list[Effect] = [ELECTION_TIMEOUT, *[Send(peer, request) for peer in self.peers]]
        return asked + self.start_election() if self.has_won_pre_election() else asked

    def receive_pre_vote(self, candidate: NodeId, request: PreVote) -> Effects:
        """A promise of nothing: no term is adopted, no vote is given, and no timer is reset (dissertation, 9.6)."""
        if not self.would_vote(request):
            return self.deny_pre_vote(candidate, request)
        return [Send(candidate, PreVoteReply(request.term, True))]

    def deny_pre_vote(self, candidate: NodeId, request: PreVote) -> list[Effect]:  # noqa: ARG002 (a decision about that request)
        """A denial tells the term: a node that is behind, and never gets to ask for votes, may hear of it in no other way."""
        return [Send(candidate, PreVoteReply(self.current_term, False))]

    def would_vote(self, request: PreVote) -> bool:
        """Only in a term to come, where no leader is known, and for a log that is up to date (dissertation, 9.6)."""
        return request.term > self.current_term and self.leader_id is None and self.is_up_to_date(request)

    def receive_pre_vote_reply(self, voter: NodeId, reply: PreVoteReply) -> Effects:
        """A majority would vote: now it is worth a new term."""
        if not reply.granted:
            return self.adopt_term(reply.term) if self.must_adopt(reply.term) else ()
        if not self.counts_pre_vote(reply):
            return ()
        if voter not in self.pre_votes:
            self.pre_votes.append(voter)
        return self.start_election() if self.has_won_pre_election() else ()

    def counts_pre_vote(self, reply: PreVoteReply) -> bool:
        """It is about the term that is asked for, and meanwhile neither has a leader turned up nor the election begun."""
        return bool(self.pre_votes) and self.leader_id is None and reply.term == self.current_term + 1

    def has_won_pre_election(self) -> bool:
        """As many as will be needed in the election (dissertation, 9.6)."""
        return len(self.pre_votes) >= self.vote_quorum()

    def start_election(self) -> list[Effect]:
        """Each election is asked for anew."""
        self.pre_votes = []
        return super().start_election()
