"""Correct Raft with snapshots (Raft, 7): a log is compacted after a few entries, and who lags behind is sent the snapshot."""

from __future__ import annotations

from dataclasses import replace

from splitbrain.node import Erase, Observe, Send, Write
from splitbrain.observations import Applied, Committed, Installed, Recovered
from splitbrain_protocols.raft.core.log import Log
from splitbrain_protocols.raft.core.messages import AppendEntries, AppendEntriesReply, Message
from splitbrain_protocols.raft.core.server import ELECTION_TIMEOUT, SYNC
from splitbrain_protocols.raft.node import Raft
from splitbrain_protocols.raft.scenario import RAFT

ENTRIES_AT_MOST = 3  # applied, and in the log


class InstallSnapshot(Message, frozen=True):
    """InstallSnapshot RPC, in one piece: what was applied up to ``last_index``, whose entry is of ``last_term``."""

    last_index: int
    last_term: int
    state: tuple


class CompactedLog(Log):
    """A log that begins behind a snapshot: index and term of its last entry, and the state, under one key of the disk."""

    def __init__(self, disk):
        self.base, self.base_term, self.state = disk.get("snapshot", (0, 0, ()))
        self.entries = []
        while (entry := disk.get(("log", self.last_index + 1))) is not None:
            self.entries.append(entry)
        self.stable_index = self.last_index

    @property
    def last_index(self):
        return self.base + len(self.entries)

    @property
    def last_term(self):
        return self.term(self.last_index)

    def term(self, index):
        return self.base_term if index == self.base else self.entry(index).term

    def entry(self, index):
        assert index > self.base
        return self.entries[index - self.base - 1]

    def since(self, index, most=None):
        start = index - self.base - 1
        return tuple(self.entries[start : None if most is None else start + most])

    def append(self, entry):
        effects = super().append(entry)
        index = self.last_index
        return [Write(("log", index), entry), Observe(replace_index(effects[-1].observation, index))]

    def truncate(self, kept):
        assert kept >= self.base
        erased = [Erase(("log", index)) for index in range(self.last_index, kept, -1)]
        *_, said = super().truncate(kept - self.base)
        return [*erased, Observe(replace_index(said.observation, kept + 1))]

    def install(self, index, term, state):
        """The snapshot takes the place of what is up to ``index``; what is behind stays, if the log has that very entry.

        What contradicts the snapshot is erased before it is written, from the tail: a restart must not find it behind the snapshot.
        What the snapshot takes the place of is erased after that: a crash in between must not lose it. Then all is synced.
        """
        rest = index <= self.last_index and self.term(index) == term
        contrary = [] if rest else [Erase(("log", each)) for each in range(self.last_index, index, -1)]
        old = [Erase(("log", each)) for each in range(self.base + 1, min(index, self.last_index) + 1)]
        self.entries = self.entries[index - self.base :] if rest else []
        self.base, self.base_term, self.state = index, term, state
        return [*contrary, Write("snapshot", (index, term, state)), *old, SYNC, Observe(Installed(index, term, rest))]


def replace_index(said, index):
    """The same, at the index that it has behind a snapshot."""
    return type(said)(**{**{name: getattr(said, name) for name in said.__struct_fields__}, "index": index})


class Snapshots(Raft):
    """Compacts its log when more than a few entries are applied (Raft, 7); the state is all that was applied."""

    def __init__(self, me, peers, disk, **options):
        super().__init__(me, peers, disk, **options)
        self.log = CompactedLog(disk)
        self.state = self.log.state
        self.commit_index = self.last_applied = self.log.base
        self.receivers[InstallSnapshot] = self.receive_install_snapshot

    def start(self):
        log = self.log
        entries = tuple((entry.term, entry.command) for entry in log.entries)
        found = Recovered(self.current_term, self.voted_for, entries, log.base, log.base_term)
        return [Observe(found), ELECTION_TIMEOUT]

    def commit_up_to(self, index):
        self.commit_index = index
        effects = [Observe(Committed(index, self.current_term))]
        for due in self.due_to_apply():
            self.last_applied = due
            entry = self.log.entry(due)
            self.state = (*self.state, entry.command)
            effects.append(Observe(Applied(due, entry.term, entry.command)))
            request = self.unanswered.pop(due, None)
            if request is not None:
                effects.append(self.answer(request, due))
        return effects + self.compact()

    def compact(self):
        if self.last_applied - self.log.base < ENTRIES_AT_MOST:
            return []
        return self.log.install(self.last_applied, self.snapshot_term(), self.state)

    def snapshot_term(self):
        """The term of the last entry that the snapshot takes the place of (Raft, 7: last included term)."""
        return self.log.term(self.last_applied)

    # The leader

    def append_entries(self, follower):
        return self.snapshot(follower) if self.next_index[follower] <= self.log.base else super().append_entries(follower)

    def empty_heartbeat(self, follower):
        return self.snapshot(follower) if self.next_index[follower] <= self.log.base else super().empty_heartbeat(follower)

    def snapshot(self, follower):
        log = self.log
        return Send(follower, InstallSnapshot(self.current_term, log.base, log.base_term, log.state))

    # The follower

    def receive_install_snapshot(self, leader, request):
        """InstallSnapshot RPC, "Receiver implementation"."""
        if self.is_stale(request):
            return [Send(leader, AppendEntriesReply(self.current_term, False, request.last_index))]
        if self.role == "candidate":
            self.concede()
        self.recognise(leader)
        reply = Send(leader, AppendEntriesReply(request.term, True, request.last_index))
        if request.last_index <= self.commit_index:
            return [ELECTION_TIMEOUT, reply]
        self.state = request.state
        self.commit_index = self.last_applied = request.last_index
        installed = self.log.install(request.last_index, request.last_term, request.state)
        return [ELECTION_TIMEOUT, *installed, Observe(Committed(request.last_index, self.current_term)), reply]

    def receive_append_entries(self, leader, request):
        """What a snapshot holds was committed, and so it is what the leader has, too: entries of that are passed over."""
        base = self.log.base
        if not self.is_stale(request) and request.prev_log_index < base:
            rest = request.entries[base - request.prev_log_index :]
            request = AppendEntries(request.term, base, self.log.base_term, rest, request.leader_commit)
        return super().receive_append_entries(leader, request)


class SnapshotAtAnotherTerm(Snapshots):
    """Wrong: a snapshot says the term in which it was made, not that of its last entry."""

    def snapshot_term(self):
        return self.current_term


class StaleSnapshot(Snapshots):
    """Wrong: a snapshot is taken over whatever the node has committed since."""

    def receive_install_snapshot(self, leader, request):
        known, self.commit_index = self.commit_index, min(self.commit_index, request.last_index - 1)
        if self.is_stale(request):
            self.commit_index = known
        return super().receive_install_snapshot(leader, request)


SNAPSHOTS = replace(RAFT, name="raft-snapshots", factory=Snapshots, sizes=(3, 5, 2, 4))
