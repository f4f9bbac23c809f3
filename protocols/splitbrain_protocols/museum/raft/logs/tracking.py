"""Exhibits: a leader that loses track of how far its followers are (Raft, Figure 2: next_index and match_index)."""

from __future__ import annotations

from splitbrain.node import NodeId
from splitbrain_protocols.museum.exhibit import exhibit
from splitbrain_protocols.raft.core.messages import AppendEntriesReply
from splitbrain_protocols.raft.node import Raft
from splitbrain_protocols.raft.scenario import RAFT


class MatchNotMonotonic(Raft):
    """match_index is set by each reply, so an old one, overtaken by a newer, takes it back.

    A follower says up to where it matches, the leader writes that down. Replies overtake each other: the newer says 1,
    then the older arrives and says 0, and the leader believes that the follower has lost an entry. Nothing breaks at
    once. A majority that was there is not seen for a while, so commitment waits; and code that derives more from
    match_index, such as what to send next or a commit index without a guard of its own, goes wrong with it.

    Figure 2 says in three words that it "increases monotonically". The published TLA+ specification of Raft did not
    (ongardie/raft.tla#18); nor did PySyncObj (#167), raftos (#25) and CCF's model (#5324), whose authors asked "why
    would we ever want to go backwards on a success response?!" and wrote `max`.
    """

    def raised_match_index(self, follower: NodeId, reply: AppendEntriesReply) -> int:  # noqa: ARG002
        return reply.index


class NextLeMatch(Raft):
    """A refusal that is out of date takes next_index back to where the logs are known to match, and below.

    A refusal means: go back by one. But which refusal? Messages are reordered, so a refusal can arrive after the
    follower has matched, and then it speaks of a log that is gone. A leader that backs off at each one walks below what
    it knows to match, and sends again what the follower has acknowledged. A correct follower shrugs; one that truncates
    (log-truncate-always) loses committed entries to just these requests.

    SandTable found it in PySyncObj and in WRaft, by an invariant that nobody had written down although everybody relied
    on it: next_index > match_index. Ratis added the same lower bound twice, in two code paths (RATIS-1883, RATIS-1909).
    """

    def is_news(self, follower: NodeId, refused: int) -> bool:
        return refused < self.next_index[follower]


class MatchFromRefusal(Raft):
    """A leader keeps its guess where to try next in match_index, and then counts the guess as a copy.

    A refused leader has to guess where to try next. Here the guess is kept in match_index, where it is at hand; it will
    be overwritten by the first acknowledgement, after all. Until then it is counted. A leader of three needs one copy
    beside its own: it is refused at index 2, "notes" index 1 for that follower, and commits an entry which nobody else
    has.

    CCF's primary stored the follower's hint in `match_idx`. Somebody asked for it to be made monotonic (#5324), a
    maintainer was surprised that it was not, and looked, and found a safety bug (#5325). next_index is a guess and may
    be wrong; match_index is knowledge and may not. They are two variables for that reason.
    """

    def backed_off(self, follower: NodeId, refused: int) -> int:
        self.match_index[follower] = max(self.match_index[follower], refused - 1)
        return refused


TRACKING = (
    exhibit(
        RAFT,
        "match-not-monotonic",
        MatchNotMonotonic,
        title="An old acknowledgement unsays a newer one",
        source="ongardie/raft.tla#18; bakwc/PySyncObj#167 (SandTable's PySyncObj#4); zhebrak/raftos#25; microsoft/CCF#5324",
        invariant=("MatchIndexNeverGoesBack", "LogTermination"),
        faults="reordering",
    ),
    exhibit(
        RAFT,
        "next-le-match",
        NextLeMatch,
        title="Back-off without a floor",
        source="bakwc/PySyncObj, willemt/raft (SandTable's PySyncObj#3 and WRaft#7)",
        # Without a floor it comes to 0, too, and the leader looks for the entry before the first: IndexError.
        invariant=("NextIndexAboveMatchIndex", "KeepsContract"),
        faults="reordering",
    ),
    exhibit(
        RAFT,
        "match-from-refusal",
        MatchFromRefusal,
        title="A guess counted as a copy",
        source="microsoft/CCF#5325 (found through #5324)",
        # A guess too high is also a floor too high, below which a follower's log is never searched.
        invariant=("CommittedIsDurable", "LeaderCompleteness", "StateMachineSafety", "LogTermination"),
        faults="change of leaders",
    ),
)
