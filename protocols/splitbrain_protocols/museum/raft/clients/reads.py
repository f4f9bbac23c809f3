"""Exhibits: reads that do not go through the log (Raft, 8; Ongaro's dissertation, 6.4)."""

from __future__ import annotations

from typing import Any

from splitbrain_protocols.museum.exhibit import exhibit
from splitbrain_protocols.raft.kv.node import KeyValue
from splitbrain_protocols.raft.kv.scenario import RAFT_KV


class ReadLocal(KeyValue):
    """A leader answers reads from its own state, without asking whether it still leads.

    Reads change nothing, and a leader has everything that is committed: why write them to a log, and wait for a majority?
    Because "leader" is what a node thinks of itself. This one was cut off; the others have elected another, which has
    accepted writes and acknowledged them. A client that still talks to the old leader reads what was true before. No log
    is hurt, no two nodes disagree, and nobody but that client can tell.

    Consul's maintainers described it in their own system (#54) and called it hard to trigger; Jepsen triggered it there
    and in etcd, and both grew a mode for reads that ask. YugabyteDB was told so in 2018 (#16). Dissertation and paper say
    what it takes: a round of heartbeats before the answer, or the log. (This one takes the other precaution: it has committed an
    entry of its own term. See kv-read-before-own-commit.)
    """

    def may_answer_alone(self, command: Any) -> bool:
        return command[0] == "get" and self.role == "leader" and self.log.term(self.commit_index) == self.current_term


class ReadFollower(KeyValue):
    """Whoever does not lead answers reads from its own state, however far that lags behind.

    A cluster of three has three copies of the data and two of them idle. Letting followers serve reads triples what can
    be read, and what they say was true once. But a follower hears of a commit after the client that was told of it, and
    one that is cut off does not hear at all: a client writes, is acknowledged, reads from another node, and its write is
    not there.

    etcd shipped like this, and got "?quorum=true" after Jepsen's report; rqlite made it one of its levels (#5: "any node
    can service a read"). As a choice it is a fine one; as a default it is a surprise. Safe are reads of a follower that
    has asked the leader how far it must be (dissertation, 6.4).
    """

    def may_answer_alone(self, command: Any) -> bool:
        return command[0] == "get" and self.role != "leader"


class ReadAtStartup(KeyValue):
    """A node that does not know yet how far its log is committed answers reads from what it has applied so far: from nothing.

    After a restart everything is on the disk, and nothing is known: commit_index is volatile, and starts from 0. Until
    somebody says how far the log is committed, the state machine is empty, or as old as its last checkpoint. A server
    that opens its door before that lets people watch history being replayed.

    "Observe several values returned as the log catches up", says the report to etcd (#3879); Consul's went from 73 back
    to 55 (#2644), and was declared mended twice; RedisRaft read before it had replayed its log (PR#326).
    """

    def may_answer_alone(self, command: Any) -> bool:
        return command[0] == "get" and self.commit_index == 0


class ReadBeforeOwnCommit(KeyValue):
    """A new leader answers reads before it has committed an entry of its own term, and may lack what its predecessor committed.

    Leader completeness says that a new leader *has* every committed entry. It does not say that it knows which they are:
    its predecessor committed one, told the client, and died before it told anybody else. The entry is here, in the log,
    not applied; and there is no way to know until one of the own term is committed, along with it.

    It is the first of the paper's "two extra precautions" (section 8), and the one that is left out, since the second,
    asking a majority whether one still leads, feels like the whole of it. etcd's ReadIndex asked the majority, and read
    from the past (#7331); TiKV, with the same library, too (#1632); RedisRaft had no entry of its own term to wait for
    (#18, #19, mended in PR#22). Here such a leader is not asked for long: only as long as this lasts.
    """

    def may_answer_alone(self, command: Any) -> bool:
        return command[0] == "get" and self.role == "leader" and self.log.term(self.commit_index) < self.current_term


# What is served without the log, and is in it as well, for it was asked for again, is executed after its answer: harmless, for a
# read. It breaks what ExactlyOnce assumes, and is not what these exhibits are about.
NOT_EXECUTED = ("ExactlyOnce",)
READS = (
    exhibit(
        RAFT_KV,
        "kv-read-local",
        ReadLocal,
        title="A leader of the past answers",
        source="hashicorp/consul#54; Jepsen: etcd and Consul (2014); yugabyte/yugabyte-db#16; Raft, 8",
        invariant=("Linearizable",),
        without=NOT_EXECUTED,
        faults="a partition, or slow messages",
    ),
    exhibit(
        RAFT_KV,
        "kv-read-follower",
        ReadFollower,
        title="The copy that lags behind",
        source="Jepsen: etcd and Consul (2014); rqlite/rqlite#5; dissertation, 6.4",
        invariant=("Linearizable",),
        without=NOT_EXECUTED,
        faults="slow messages",
        sizes=(3, 5, 4, 2, 7, 6),  # one node follows nobody: where it does not lead it has just started, as in kv-read-at-startup
    ),
    exhibit(
        RAFT_KV,
        "kv-read-at-startup",
        ReadAtStartup,
        title="Open before the log is read",
        source="etcd-io/etcd#3879; hashicorp/consul#2644; RedisLabs/redisraft#326",
        invariant=("Linearizable",),
        without=NOT_EXECUTED,
        faults="crash and restart, or slow messages",
    ),
    exhibit(
        RAFT_KV,
        "kv-read-before-own-commit",
        ReadBeforeOwnCommit,
        title="A leader that does not know what it has",
        source="etcd-io/etcd#7331; tikv/tikv#1634; RedisLabs/redisraft#22; Raft, 8",
        invariant=("Linearizable",),
        without=NOT_EXECUTED,
        faults="change of leaders",
    ),
)
