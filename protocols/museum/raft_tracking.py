"""Exhibits: a leader that loses track of how far its followers are (Raft, Figure 2: next_index and match_index)."""

from __future__ import annotations

from harness.node import NodeId
from protocols.museum.raft_record import record
from protocols.raft.messages import AppendEntriesReply
from protocols.raft.node import Raft


class MatchNotMonotonic(Raft):
    """match_index is set by each reply, so an old one, overtaken by a newer, takes it back."""

    def raised_match_index(self, follower: NodeId, reply: AppendEntriesReply) -> int:  # noqa: ARG002
        return reply.index


class NextLeMatch(Raft):
    """A refusal that is out of date takes next_index back to where the logs are known to match, and below."""

    def is_news(self, follower: NodeId, refused: int) -> bool:
        return refused < self.next_index[follower]


class MatchFromRefusal(Raft):
    """A leader keeps its guess where to try next in match_index, and then counts the guess as a copy."""

    def backed_off(self, follower: NodeId, refused: int) -> int:
        self.match_index[follower] = max(self.match_index[follower], refused - 1)
        return refused


TRACKING = (
    record(
        "match-not-monotonic",
        MatchNotMonotonic,
        title="An old acknowledgement unsays a newer one",
        source="ongardie/raft.tla#18; bakwc/PySyncObj#167 (SandTable's PySyncObj#4); zhebrak/raftos#25; microsoft/CCF#5324",
        invariant=("MatchIndexNeverGoesBack", "LogTermination"),
        faults="reordering",
    ),
    record(
        "next-le-match",
        NextLeMatch,
        title="Back-off without a floor",
        source="bakwc/PySyncObj, willemt/raft (SandTable's PySyncObj#3 and WRaft#7)",
        invariant=("NextIndexAboveMatchIndex",),
        faults="reordering",
    ),
    record(
        "match-from-refusal",
        MatchFromRefusal,
        title="A guess counted as a copy",
        source="microsoft/CCF#5325 (found through #5324)",
        invariant=("CommittedIsDurable", "LeaderCompleteness", "StateMachineSafety"),
        faults="change of leaders",
    ),
)
