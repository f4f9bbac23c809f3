"""An option: ask whether there would be votes before raising the term (Ongaro's dissertation, 9.6)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from splitbrain.node import DiskView, Effect, Effects, NodeId, Send
from splitbrain_protocols.raft.core.election import Election
from splitbrain_protocols.raft.core.messages import Message, RequestVote, Response
from splitbrain_protocols.raft.core.server import ELECTION_TIMEOUT


class PreVote(RequestVote, frozen=True):
    """A follower asks who would vote for it in ``term``, which it has not entered yet (dissertation, 9.6)."""


class PreVoteReply(Response, frozen=True):
    """``term``: when granted, the one that was asked about; else the voter's, for the asker to update itself."""

    granted: bool


class PreElection(Election):
    """pre_vote: a node that was cut off does not come back with a term that deposes a good leader."""

    def __init__(self, me: NodeId, peers: Iterable[NodeId], disk: DiskView, *, pre_vote: bool = False, **options: Any) -> None:
        super().__init__(me, peers, disk, **options)
        self.pre_votes: list[NodeId] = []
        self.receivers[PreVote] = self.receive_pre_vote
        self.receivers[PreVoteReply] = self.receive_pre_vote_reply
        if pre_vote:
            self.timers["election"] = self.start_pre_election

    def heeds_term_of(self, message: Message) -> bool:
        """A pre-vote and the leave for it speak of a term to come; only a denial tells one that there is (dissertation, 9.6)."""
        match message:
            case PreVote() | PreVoteReply(granted=True):
                return False
        return super().heeds_term_of(message)

    # Who asks

    def start_pre_election(self) -> Effects:
        """On an election timeout: nobody is taken for the leader any more, and everyone is asked about the next term."""
        self.leader_id = None
        self.role = "follower"
        self.pre_votes = [self.me]
        request = self.pre_vote_request()
        asked: list[Effect] = [ELECTION_TIMEOUT, *[Send(peer, request) for peer in self.peers]]
        return asked + self.start_election() if self.has_won_pre_election() else asked

    def pre_vote_request(self) -> PreVote:
        """What it would ask for votes with, in the next term (dissertation, 9.6)."""
        return PreVote(self.current_term + 1, self.log.last_index, self.log.last_term)

    def receive_pre_vote_reply(self, voter: NodeId, reply: PreVoteReply) -> Effects:
        """A majority would vote: now it is worth a new term."""
        if not self.counts_pre_vote(reply):
            return ()
        self.tally_pre_vote(voter)
        return self.start_election() if self.has_won_pre_election() else ()

    def counts_pre_vote(self, reply: PreVoteReply) -> bool:
        """It is for the term that is asked about, and meanwhile neither has a leader turned up nor the election begun."""
        asking = bool(self.pre_votes) and self.leader_id is None
        return asking and reply.granted and reply.term == self.current_term + 1

    def tally_pre_vote(self, voter: NodeId) -> None:
        """Count each voter once, as in the election."""
        if voter in self.voters() and voter not in self.pre_votes:
            self.pre_votes.append(voter)

    def has_won_pre_election(self) -> bool:
        """As many as will be needed in the election (dissertation, 9.6)."""
        return len(self.pre_votes) >= self.vote_quorum()

    def start_election(self) -> list[Effect]:
        """Each election is asked for anew."""
        self.pre_votes = []
        return super().start_election()

    # Who is asked

    def receive_pre_vote(self, candidate: NodeId, request: PreVote) -> Effects:
        """A promise of nothing: no term is adopted, no vote is given, and no timer is reset (dissertation, 9.6)."""
        if not self.would_vote(request):
            return self.deny_pre_vote(candidate, request)
        return self.grant_pre_vote(candidate, request)

    def would_vote(self, request: PreVote) -> bool:
        """Only in a term to come, where no leader is known, and for a log that is up to date (dissertation, 9.6)."""
        return request.term > self.current_term and self.leader_id is None and self.is_up_to_date(request)

    def grant_pre_vote(self, candidate: NodeId, request: PreVote) -> list[Effect]:
        """Leave is given for the term that was asked about, and no other."""
        return [Send(candidate, PreVoteReply(request.term, True))]

    def deny_pre_vote(self, candidate: NodeId, request: PreVote) -> list[Effect]:  # noqa: ARG002 (a decision about that request)
        """A denial tells the term: a node that is behind, and never gets to ask for votes, may hear of it in no other way."""
        return [Send(candidate, PreVoteReply(self.current_term, False))]
