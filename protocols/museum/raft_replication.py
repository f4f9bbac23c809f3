"""Exhibits: logs that come apart (Raft, 5.1, 5.3)."""

from __future__ import annotations

from harness.node import Effect, Observe, Write
from harness.observations import Appended
from protocols.museum.raft_record import record
from protocols.raft.messages import AppendEntries
from protocols.raft.node import Raft


class LogTruncateAlways(Raft):
    """A follower cuts its log at prev_log_index even where the entries agree, so an old request undoes newer ones."""

    def kept(self, request: AppendEntries) -> int:
        return request.prev_log_index


class LogNoPrevTermCheck(Raft):
    """The consistency check asks only whether there is an entry at prev_log_index, not of which term."""

    def log_matches(self, request: AppendEntries) -> bool:
        return request.prev_log_index <= self.log.last_index


class LogZeroIndexAmbiguity(Raft):
    """The first entry's index doubles as that of an empty log, so whatever entry is first passes for a match."""

    def log_matches(self, request: AppendEntries) -> bool:
        return request.prev_log_index <= min(1, self.log.last_index) or super().log_matches(request)


class LogNoTruncateTail(Raft):
    """A conflicting entry is overwritten in place, and what followed it stays."""

    def resolve_conflict(self, request: AppendEntries) -> list[Effect]:
        effects: list[Effect] = []
        log = self.log
        for index, entry in enumerate(request.entries, request.prev_log_index + 1):
            if index > log.last_index:
                effects += log.append(entry)
            elif log.term(index) != entry.term:
                log.entries[index - 1] = entry
                effects.append(Write(("log", index), entry))
                # The log holds this entry now, and still holds those behind it.
                for place, held in enumerate(log.since(index), index):
                    effects.append(Observe(Appended(place, held.term, held.command)))
        return effects


class AeStaleTermAccepted(Raft):
    """A follower accepts AppendEntries of a term that is over, and acknowledges them to the deposed leader."""

    def is_stale(self, request: AppendEntries) -> bool:  # noqa: ARG002
        return False


class AckOldLeaderAfterVoting(Raft):
    """A node that has voted for a new leader still replicates from the old one, and acknowledges it."""

    def is_stale(self, request: AppendEntries) -> bool:
        return super().is_stale(request) and self.voted_for in (None, self.me)


REPLICATION = (
    record(
        "log-truncate-always",
        LogTruncateAlways,
        title="An old AppendEntries undoes newer entries",
        source="ktoso/akka-raft#66 (DEMi's raft-66); zhebrak/raftos#26; databendlabs/databend#3914",
        invariant=("CommittedIsDurable", "LeaderCompleteness", "StateMachineSafety", "LeaderAppendOnly", "LogTermination"),
        faults="reordering",
        shortest={"CommittedIsDurable": 7, "LeaderCompleteness": 10},
    ),
    record(
        "log-no-prevterm-check",
        LogNoPrevTermCheck,
        title="Half a consistency check",
        source="a mutation of Raft, 5.3; of the family of ktoso/akka-raft#58",
        invariant=("LogMatching", "StateMachineSafety", "LeaderCompleteness", "CommittedIsDurable"),
        faults="reordering",
        shortest={"LogMatching": 14},
    ),
    record(
        "log-zero-index-ambiguity",
        LogZeroIndexAmbiguity,
        title="Is the first index 0 or 1?",
        source="ktoso/akka-raft#37, #39, #58 (DEMi's raft-58b)",
        invariant=("LogMatching", "StateMachineSafety", "LeaderCompleteness", "CommittedIsDurable"),
        faults="reordering",
    ),
    record(
        "log-no-truncate-tail",
        LogNoTruncateTail,
        title="A conflict repaired, its tail kept",
        source="mofa-org/mofa#1150, #1151",
        invariant=("LogMatching", "LeaderCompleteness", "StateMachineSafety", "CommittedIsDurable"),
        faults="reordering",
        shortest={"LogMatching": 15},
        sizes=(5,),  # harmless on three nodes (exhaustive search)
    ),
    record(
        "ae-stale-term-accepted",
        AeStaleTermAccepted,
        title="A deposed leader is still obeyed",
        source="a mutation of Raft, 5.1",
        # A leader that obeys cuts its own log, and then looks in it for what it told others: IndexError.
        invariant=(
            "LeaderCompleteness",
            "StateMachineSafety",
            "CommittedIsDurable",
            "LogMatching",
            "LeaderAppendOnly",
            "KeepsContract",
        ),
        faults="reordering",
        shortest={"LeaderCompleteness": 9},
    ),
    record(
        "ack-old-leader-after-voting",
        AckOldLeaderAfterVoting,
        title="Voted for the new leader, replicating from the old",
        source="MongoDB SERVER-22136 (modelled in ajdavis/mongo-repl-tla)",
        invariant=("LeaderCompleteness", "StateMachineSafety", "CommittedIsDurable", "LogMatching", "LogTermination"),
        faults="reordering",
    ),
)
