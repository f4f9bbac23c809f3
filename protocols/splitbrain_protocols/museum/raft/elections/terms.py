"""Exhibits: terms and votes that outlive, or do not outlive, what they were for (Raft, 5.1, 5.2)."""

from __future__ import annotations

from splitbrain.node import Effect, NodeId
from splitbrain_protocols.museum.exhibit import exhibit
from splitbrain_protocols.raft.node import Raft
from splitbrain_protocols.raft.scenario import RAFT


class TermNonmonotonic(Raft):
    """Any other term than its own is adopted, a lower one, too.

    If a message's term is not mine, one of us is behind; assigning `current_term = message.term` brings us together.
    Unless it is I who am ahead: then a reply that has been in the network for two elections takes the node back to a
    term in which it has voted, and led, and in which it will now vote again. SandTable found such an assignment in
    WRaft, in the one handler (of snapshots) that lacked the comparison which all the others had. Nebula lost a double
    vote in a similar way (#2405): a node gave its vote of term 6, then followed a leader of term 4, whose request set
    its idea of the term back to 4, and gave its vote of term 6 once more.

    Terms are Raft's clock, and a clock needs one rule only: it never goes back. The safest place for that rule is one
    function, which all handlers call.
    """

    def must_adopt(self, term: int) -> bool:
        return term != self.current_term


class VoteForgetOnLeader(Raft):
    """A follower that hears from the leader it voted for forgets the vote, and has another to give in the same term.

    The leader is known, so the vote has done its duty, and the field is cleared. But the duty of a vote is not to elect
    the leader: it is to elect nobody else. Another candidate of the same term, whose request was slow, arrives at the
    follower, finds `voted_for` empty and the log up to date, and has its majority.

    That is how Zeebe elected two leaders in term 1195 (camunda#5356): `lastVotedFor` was reset whenever the leader was
    updated, where only a new term may do that (#5368). Compare it with the control vote-forget-on-candidate-stepdown,
    where the forgotten vote was a loser's own and had elected nobody: the same line of code, one role further, is the
    difference between harmless and two leaders. A vote is cleared by a new term and by nothing else.
    """

    def recognise(self, leader: NodeId) -> None:
        super().recognise(leader)
        self.voted_for = None


class LeaderStepdownClearsVote(Raft):
    """A leader that loses touch with its majority steps down in its own term, and takes back the vote that it gave itself.

    A leader that has heard from no majority for an election timeout should stop serving clients, so it steps down; and
    stepping down goes through the function that is there for higher terms, which also clears the vote. But the term is
    the same. A led term 1 on the strength of its own vote and C's; now it has that vote again, B's request of term 1 is
    still on its way, and B wins term 1, too.

    It stood in Hazelcast's CP subsystem. How it was found? "I was just reading the code :)" (#16643). Two ways into the
    same role are two different transitions: only one of them begins a new term.
    """

    def resign(self) -> list[Effect]:
        self.voted_for = None
        return super().resign()


class HeartbeatStampedNewTerm(Raft):
    """A deposed leader sends one heartbeat too many, and puts the term on it that has just deposed it.

    The heartbeat routine checks that the node leads, lets go of the lock, and builds its messages. In between, a vote
    request with a higher term has made the node a follower. The messages are built from live state, so they carry the
    new term: they are a leader's messages in a term that somebody else won, and the others, who check terms and nothing
    else, obey. They cut off what the true leader wrote and acknowledge what the false one sends.

    A reader of a well-known tutorial implementation in Go saw it (eliben/raft#13), and the fix re-checks under the lock
    (#15). What is decided under one lock and sent under another should carry its own term with it, fixed when the
    decision was made.
    """

    def adopt_term(self, term: int) -> list[Effect]:
        about_to_send = self.role == "leader"
        effects = super().adopt_term(term)
        return [*effects, *self.replicate()] if about_to_send else effects


TERMS = (
    exhibit(
        RAFT,
        "term-nonmonotonic",
        TermNonmonotonic,
        title="The term goes down",
        source="willemt/raft (SandTable's WRaft#4: InstallSnapshot); vesoft-inc/nebula#2405 is of the family",
        invariant=("TermsNeverGoBack", "OneVotePerTerm", "ElectionSafety", "LeaderCompleteness", "LogMatching"),
        faults="reordering",
    ),
    exhibit(
        RAFT,
        "vote-forget-on-leader",
        VoteForgetOnLeader,
        title="A vote forgotten when it still matters",
        source="camunda/camunda#5356 (fix: #5368); microsoft/CCF#8094",
        invariant=("OneVotePerTerm", "ElectionSafety"),
        faults="reordering",
    ),
    exhibit(
        RAFT,
        "leader-stepdown-clears-vote",
        LeaderStepdownClearsVote,
        title="A leader resigns, and votes again",
        source="hazelcast/hazelcast#16643",
        invariant=("OneVotePerTerm", "ElectionSafety"),
        faults="partition",
        shortest={"ElectionSafety": 7},
        options={**RAFT.options, "check_quorum": (True,)},  # nobody else steps down in its own term
    ),
    exhibit(
        RAFT,
        "heartbeat-stamped-new-term",
        HeartbeatStampedNewTerm,
        title="A deposed leader speaks in its successor's term",
        source="eliben/raft#13 (fix: #15)",
        # It also looks in its log for what the new leader has cut off: IndexError.
        invariant=(
            "LogMatching",
            "LeaderCompleteness",
            "StateMachineSafety",
            "CommittedIsDurable",
            "LeaderAppendOnly",
            "LogTermination",
            "KeepsContract",
            "TermsRise",
        ),
        faults="reordering",
    ),
)
