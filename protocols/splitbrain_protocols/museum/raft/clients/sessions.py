"""Exhibits: operations that were asked for twice (Raft, 8; Ongaro's dissertation, 6.3)."""

from __future__ import annotations

from typing import Any

from splitbrain.node import DiskView, Effects, RequestId
from splitbrain_protocols.museum.exhibit import exhibit
from splitbrain_protocols.raft.kv.machine import session_of
from splitbrain_protocols.raft.kv.node import KeyValue
from splitbrain_protocols.raft.kv.scenario import RAFT_KV
from splitbrain_protocols.raft.kv.store import Asked


class SessionNoDedup(KeyValue):
    """What a client asks again is carried out again: nobody remembers that it has been.

    A client that gets no answer asks again; what else should it do? The leader had committed its command and died before
    it could say so. The next leader has the entry, applies it, and then another one, with the same command. A deposit is
    made twice, a lock cannot be taken by who has it; with puts, an old value comes back over a newer one.

    Raft by itself "can execute a command multiple times" (section 8), and it is left to whoever builds on it.
    Curvine's followers crashed on a directory that was deleted twice (#676); summitdb's author weighed which of his
    commands could bear it (#5); in RabbitMQ's library it is still to be done (rabbitmq/ra#145).
    """

    def is_known(self, request: RequestId) -> bool:  # noqa: ARG002
        return False


class SessionLostAtRestart(KeyValue):
    """The state machine is on the disk, and the table of sessions is not: a restart forgets what has been carried out.

    Values are data, and data are kept. Who has asked for what looks like a cache: something that makes retries cheap,
    and can be built up again. So the checkpoint holds the values, and the table starts empty. What was applied before the
    restart is in the values and not in the table; when its client asks again, it happens again, on this node. The
    others know better, and so the replicas differ as well.

    Deduplication is part of the replicated state, as much as what it protects. Curvine kept ids of requests in a cache
    that died with its master (#676); openraft's documentation says in so many words that snapshots must hold them
    (PR#2096); the dissertation asks it of expiry as well, which has to be the same everywhere (6.3).
    """

    def recover_machine(self, disk: DiskView) -> None:
        super().recover_machine(disk)
        self.sessions = {}


class SessionAnyNumber(KeyValue):
    """Whoever has asked before is taken to ask for the same again, whatever the number of its request.

    The table of sessions has one row for a client, and the row holds its last answer. A client is in the table: so this
    is a retry, and here is the answer. That it may be the *next* request of that client, with the next number, is what
    the number is for; without a look at it every client is served once, and is then told lies.

    It is found at once, by anybody who asks twice. It is here since nothing below the client is wrong: what is in the log
    is applied, in order, on every node, and nothing happens.
    """

    def is_known(self, request: RequestId) -> bool:
        session, _ = session_of(request)
        return session in self.sessions


class SessionCasAgain(KeyValue):
    """A cas that is asked for again is compared again: it finds what it has put itself, and says that it has failed.

    The table says that this cas has been carried out, and so it is not carried out once more: nothing happens twice. But
    its result was not kept, since it can be told from the values. Only that they are as the cas has left them, not as it
    found them: what it expected is gone, for it has replaced it. The client is told no, and the value is there.

    The dissertation has it with a lock, which its owner finds taken, by itself (figure 6.2). Cassandra's driver retried
    its transactions by itself and so turned successes into failures (JAVA-819, CASSANDRA-9086): "there is no linearizable
    path" is what the report says of it. A retry has to be given the first answer, not a true one.
    """

    def recall(self, request: RequestId, command: Any) -> Any:
        result = super().recall(request, command)
        return self.values.get(command[1]) == command[2] if command[0] == "cas" else result


class SessionLoggedIsDone(KeyValue):
    """A leader that finds an operation in its log, when it is asked for it again, says that it is done.

    A retry need not go into the log a second time: the leader can see that the first one is there. That is sound, as long
    as it then waits for it. This one answers: it is in the log, is it not? It is in *a* log. The leader was cut off when
    it was asked, or is a new one with a tail that no majority has; the entry is replaced, and the acknowledged write was
    never made.

    Copycat's author proposed the shortcut with both halves: return the output if there is one, and else keep the request
    until there is (atomix/copycat#80). The second half is the protocol.
    """

    def request(self, request: RequestId, command: Any) -> Effects:
        logged = any(isinstance(entry, Asked) and entry.request == request for entry in self.log.entries)
        if logged and self.role == "leader" and command[0] == "put":
            return [self.answer(request, True)]
        return super().request(request, command)


SESSIONS = (
    exhibit(
        RAFT_KV,
        "kv-session-no-dedup",
        SessionNoDedup,
        title="Twice is once too often",
        source="CurvineIO/curvine#676; tidwall/summitdb#5; rabbitmq/ra#145; dissertation, 6.3",
        invariant=("ExactlyOnce", "Linearizable"),
        faults="a client that asks again",
    ),
    exhibit(
        RAFT_KV,
        "kv-session-lost-at-restart",
        SessionLostAtRestart,
        title="The table that was taken for a cache",
        source="CurvineIO/curvine#676; databendlabs/openraft#2096; dissertation, 6.3",
        invariant=("ExactlyOnce", "Linearizable"),
        faults="crash and restart; a client that asks again",
    ),
    exhibit(
        RAFT_KV,
        "kv-session-any-number",
        SessionAnyNumber,
        title="An answer to the question before",
        source="a mutation of Raft, 8",
        invariant=("Linearizable", "ExactlyOnce"),
        faults="none",
    ),
    exhibit(
        RAFT_KV,
        "kv-session-cas-again",
        SessionCasAgain,
        title="A success that is told as a failure",
        source="JAVA-819, CASSANDRA-9086; dissertation, 6.3 (figure 6.2)",
        invariant=("Linearizable",),
        faults="a client that asks again",
    ),
    exhibit(
        RAFT_KV,
        "kv-session-logged-is-done",
        SessionLoggedIsDone,
        title="It is in the log already",
        source="atomix/copycat#80, without its second half",
        invariant=("Linearizable", "ExactlyOnce"),
        faults="a client that asks again; change of leaders",
    ),
)
