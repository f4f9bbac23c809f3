"""Exhibits: answers that come too early, to the wrong one, or that say what is not so (Raft, 5.3, 8)."""

from __future__ import annotations

from typing import Any

from splitbrain.node import Effect, Refused, Reply, RequestId
from splitbrain.observations import Applied, Executed
from splitbrain_protocols.museum.exhibit import exhibit
from splitbrain_protocols.raft.core.messages import Entry
from splitbrain_protocols.raft.kv.node import KeyValue
from splitbrain_protocols.raft.kv.scenario import RAFT_KV
from splitbrain_protocols.raft.kv.store import Asked


class ReplyBeforeCommit(KeyValue):
    """A leader acknowledges a put when it has written it to its own log, and commits it later, if it can.

    The write is on the disk, it will be replicated in a moment, and the client waits. So let it go on. Nearly always the
    majority follows; where it does not, for the leader was cut off, or dies, the next leader has never heard of the
    entry and writes another in its place. The client holds an acknowledgement of something that did not happen.

    Nothing that looks at logs minds: an entry that is not committed may be replaced. It is all in the moment of one
    reply. A database that put Raft below a committer of its own did it that way round: publish, return success, then
    propose to Raft, without waiting (MartinKalema/horizontal-scaling-convex#100).
    """

    def append(self, command: Any, request: RequestId | None = None) -> list[Effect]:
        effects = super().append(command, request)
        early = request is not None and command[0] == "put" and self.unanswered.pop(self.log.last_index, None) == request
        return [*effects, self.answer(request, True)] if early and request is not None else effects


class Decided(Asked, frozen=True):
    """A cas, and whether it finds what it expects."""

    holds: bool


class CasAtLeader(KeyValue):
    """A leader compares when it is asked for a cas, and logs what came of it: what is put in between is overwritten unseen.

    It saves work to compare once, at the leader, instead of at every replica, and what would fail need not even be
    logged. But the leader compares with what it has applied, and there are entries in its log behind that. Two clients
    ask to swap 1 for something; both are compared with the same 1, both are logged as successes, and one of them
    is lost. That is what compare-and-set is there to prevent.

    It was asked on etcd's tracker, for precisely this shortcut: with a state that is "100% up to date" the leader could
    evaluate the condition before it proposes (#4226). The state is never that; the log decides the order, and only where
    a command stands in it is it known what it finds.
    """

    def entry(self, command: Any, request: RequestId | None) -> Entry:
        entry = super().entry(command, request)
        if request is None or command[0] != "cas":
            return entry
        return Decided(entry.term, command, request, self.values.get(command[1]) == command[2])

    def execute(self, index: int, entry: Entry) -> tuple[Applied, Any]:
        if not isinstance(entry, Decided) or self.is_known(entry.request):
            return super().execute(index, entry)
        _, key, _, new = entry.command
        if entry.holds:
            self.values[key] = new
        self.remember(entry.request, entry.holds)
        return Executed(index, entry.term, entry.command, entry.request), entry.holds


class RefusesWhatItAppended(KeyValue):
    """A leader that steps down tells its clients that it refuses what it has in its log: they may go elsewhere.

    A leader is deposed; clients still wait for it. It seems polite to tell them: I lead no more, ask somebody else. But
    its entries have gone out, and the next leader may have them, and commit them. "Not leader" is taken for "not done":
    the client asks for something else instead, or does it over under another number, and then both happen.

    hashicorp/raft's error for it was explained seven years later to mean that one does not know (PR#561); openraft told
    waiting clients to go to the new leader (PR#500), and that this is no proof that nothing was done (PR#2096). "The only
    outcomes that clients see", Ongaro is quoted in tidwall/summitdb#5, "are 'don't know' and 'completed'". So this store
    says nothing.
    """

    def step_down(self) -> list[Effect]:
        waiting = tuple(self.unanswered.values())
        return [*super().step_down(), *(Reply(request, Refused(None)) for request in waiting)]


class AnswersWhatIsThere(KeyValue):
    """A leader that was deposed keeps its list of who waits at which index, and answers them with what is applied there in the end.

    A client waits for entry 5. The leader steps down, but the entry may still be committed, and then it is only fair to
    say so: keep the list. Entry 5 is committed, and applied, and the client gets its result; except that this is another
    leader's entry 5, somebody else's command. A put is acknowledged that was thrown away, a read is given the result of
    a write.

    An index is not an identity: whoever keeps the list must compare the term, too, or the operation. goraft's users asked
    what becomes of the callback when the entry is deleted (#30); openraft kept its list on purpose, and removes from it
    what a new leader overwrites (PR#973).
    """

    def step_down(self) -> list[Effect]:
        waiting = dict(self.unanswered)
        stepped_down = super().step_down()
        self.unanswered.update(waiting)
        return stepped_down


ANSWERS = (
    exhibit(
        RAFT_KV,
        "kv-reply-before-commit",
        ReplyBeforeCommit,
        title="Acknowledged, and never done",
        source="MartinKalema/horizontal-scaling-convex#100; a mutation of Raft, 5.3",
        invariant=("Linearizable", "ExactlyOnce"),
        faults="change of leaders",
    ),
    exhibit(
        RAFT_KV,
        "kv-cas-at-leader",
        CasAtLeader,
        title="Compared before its turn",
        source="etcd-io/etcd#4226",
        invariant=("Linearizable",),
        faults="none, but two clients",
    ),
    exhibit(
        RAFT_KV,
        "kv-refuses-what-it-appended",
        RefusesWhatItAppended,
        title="A refusal that is none",
        source="hashicorp/raft#561; databendlabs/openraft#500, #2096; tidwall/summitdb#5",
        invariant=("Linearizable", "ExactlyOnce"),
        faults="change of leaders",
    ),
    exhibit(
        RAFT_KV,
        "kv-answers-what-is-there",
        AnswersWhatIsThere,
        title="Somebody else's entry",
        source="goraft/raft#30; databendlabs/openraft#973",
        invariant=("Linearizable", "ExactlyOnce"),
        faults="change of leaders",
    ),
)
