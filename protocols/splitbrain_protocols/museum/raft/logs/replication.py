"""Exhibits: logs that come apart (Raft, 5.1, 5.3)."""

from __future__ import annotations

from splitbrain.node import Effect, Observe, Write
from splitbrain.observations import Appended
from splitbrain_protocols.museum.exhibit import exhibit
from splitbrain_protocols.raft.core.messages import AppendEntries
from splitbrain_protocols.raft.node import Raft
from splitbrain_protocols.raft.scenario import RAFT


class LogTruncateAlways(Raft):
    """A follower cuts its log at prev_log_index even where the entries agree, so an old request undoes newer ones.

    Cut the log at prev_log_index, append what came: after that, follower and leader agree, and where the entries were
    the same anyway, nothing changed. All true if requests arrive in the order in which they were sent. Here an older,
    shorter one arrives late: it cuts off an entry that came after it, which has been acknowledged and, by now,
    committed.

    DEMi found it in akka-raft (#66), whose author wondered at first: Akka delivers in order between any two actors.
    Ongaro took the same out of hashicorp/raft (#113), where a crash between the cut and the append was enough. Step 3
    of the receiver says "if an existing entry *conflicts*", and every word of Figure 2 is there because it is needed.
    """

    def kept(self, request: AppendEntries) -> int:
        return request.prev_log_index


class LogNoPrevTermCheck(Raft):
    """The consistency check asks only whether there is an entry at prev_log_index, not of which term.

    There is an entry at prev_log_index, so the new ones can go behind it, and there is no hole. That is half of the
    check, and the half without the proof. The entry may be of another term, written by another leader, and then what is
    put behind it makes two logs which agree at one index and differ below it.

    Log matching is an induction, and this comparison of terms is its step (5.3): it lets one (index, term) stand for
    the whole log up to there. Without it, every other check in the protocol that looks at a last entry only, like that
    of the voters, looks at nothing. akka-raft once had neither half (#32).
    """

    def log_matches(self, request: AppendEntries) -> bool:
        return request.prev_log_index <= self.log.last_index


class LogZeroIndexAmbiguity(Raft):
    """The first entry's index doubles as that of an empty log, so whatever entry is first passes for a match.

    Is the first entry at 0 or at 1, and what does prev_log_index say when there is nothing before it? akka-raft had
    both conventions in one program: its log began at 0, and an empty request named 1 as its last index (#37, #39).
    Where one number means both "before the log" and "the first entry", the check must let it pass for the sake of the
    first meaning, and lets it pass in the second, too: whatever stands first passes for a match, and the second entry
    of one history goes behind the first of another.

    DEMi reported the violation as #58, together with another one that it had at the same time. The paper's convention
    is worth copying to the letter: entries from 1, and index 0 with term 0 for what precedes every log.
    """

    def log_matches(self, request: AppendEntries) -> bool:
        return request.prev_log_index <= min(1, self.log.last_index) or super().log_matches(request)


class LogNoTruncateTail(Raft):
    """A conflicting entry is overwritten in place, and what followed it stays.

    A conflict is found and repaired: the wrong entry is replaced by the right one. What stood behind it stays, written
    by the leader whose entry has just been thrown out. The log now has the old leader's tail on the new leader's entry,
    a history that nobody wrote, and its last term can win elections.

    From mofa (#1150): a follower with [1,1,1,2,2] is sent one entry of term 3 for index 4, and ends with [1,1,1,3,2],
    with terms that *fall*. On three nodes an exhaustive search finds no harm in it, on five it breaks log matching: a
    good reason not to test clusters of three only.
    """

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
    """A follower accepts AppendEntries of a term that is over, and acknowledges them to the deposed leader.

    A late message from a deposed leader carries good entries, and they fit. Why refuse them? Because the follower has
    since voted in a new term, for a leader that was elected *without* them, on the strength of what its log was then.
    If it takes them now and acknowledges, the old leader has its majority and commits, the new one is elected already,
    and the two histories have parted.

    A vote for term 2 is a promise to the new leader to accept nothing more from term 1; the first line of both
    receivers in Figure 2, "reply false if term < currentTerm", is where that promise is kept. Paxos has the same line:
    an acceptor that has promised ballot 2 refuses ballot 1.
    """

    def is_stale(self, request: AppendEntries) -> bool:  # noqa: ARG002
        return False


class AckOldLeaderAfterVoting(Raft):
    """A node that has voted for a new leader still replicates from the old one, and acknowledges it.

    The node does refuse old leaders, except that one which it was replicating from when it voted for another. In
    MongoDB the two were different parts: one for elections, and one by which secondaries pulled the log from whom they
    liked, which did not ask who was leader. N1 leads term 2; N3 wins term 3 with the vote of N2; N2, still pulling from
    N1, acknowledges; N1 counts N1 and N2, and reports as committed a write that N3 does not have and will roll back.

    That was SERVER-22136, later modelled in TLA+ by A. Jesse Jiryu Davis. It is one missing comparison: a vote in a
    term and acknowledgements in earlier ones exclude each other, in whichever part of the program they are given.
    """

    def is_stale(self, request: AppendEntries) -> bool:
        return super().is_stale(request) and self.voted_for in (None, self.me)


REPLICATION = (
    exhibit(
        RAFT,
        "log-truncate-always",
        LogTruncateAlways,
        title="An old AppendEntries undoes newer entries",
        source="ktoso/akka-raft#66 (DEMi's raft-66); zhebrak/raftos#26; databendlabs/databend#3914",
        invariant=("CommittedIsDurable", "LeaderCompleteness", "StateMachineSafety", "LeaderAppendOnly", "LogTermination"),
        faults="reordering",
        shortest={"CommittedIsDurable": 7, "LeaderCompleteness": 10},
    ),
    exhibit(
        RAFT,
        "log-no-prevterm-check",
        LogNoPrevTermCheck,
        title="Half a consistency check",
        source="a mutation of Raft, 5.3; of the family of ktoso/akka-raft#58",
        invariant=("LogMatching", "StateMachineSafety", "LeaderCompleteness", "CommittedIsDurable"),
        faults="reordering",
        shortest={"LogMatching": 14},
    ),
    exhibit(
        RAFT,
        "log-zero-index-ambiguity",
        LogZeroIndexAmbiguity,
        title="Is the first index 0 or 1?",
        source="ktoso/akka-raft#37, #39, #58 (DEMi's raft-58b)",
        invariant=("LogMatching", "StateMachineSafety", "LeaderCompleteness", "CommittedIsDurable"),
        faults="reordering",
    ),
    exhibit(
        RAFT,
        "log-no-truncate-tail",
        LogNoTruncateTail,
        title="A conflict repaired, its tail kept",
        source="mofa-org/mofa#1150, #1151",
        invariant=("LogMatching", "LeaderCompleteness", "StateMachineSafety", "CommittedIsDurable"),
        faults="reordering",
        shortest={"LogMatching": 15},
        sizes=(5,),  # harmless on three nodes (exhaustive search)
    ),
    exhibit(
        RAFT,
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
    exhibit(
        RAFT,
        "ack-old-leader-after-voting",
        AckOldLeaderAfterVoting,
        title="Voted for the new leader, replicating from the old",
        source="MongoDB SERVER-22136 (modelled in ajdavis/mongo-repl-tla)",
        invariant=("LeaderCompleteness", "StateMachineSafety", "CommittedIsDurable", "LogMatching", "LogTermination"),
        faults="reordering",
    ),
)
