"""Raft (Figure 2) as an ordinary async trio node: a task that keeps time, a loop that takes one input after the other, a lock."""

from __future__ import annotations

from dataclasses import replace

import trio

from splitbrain import Asked, Received, Refused
from splitbrain.observations import (
    Appended,
    Applied,
    Committed,
    EnteredTerm,
    Led,
    Recovered,
    SteppedDown,
    Tracked,
    Truncated,
    Voted,
)
from splitbrain_protocols.museum.raft.logs.commit import Figure8
from splitbrain_protocols.raft.core.messages import AppendEntries, AppendEntriesReply, Entry, RequestVote, RequestVoteReply
from splitbrain_protocols.raft.scenario import RAFT

ELECTION, HEARTBEAT = ("election", 150, 300), ("heartbeat", 50)  # names of timers, and virtual ms


class AsyncRaft:
    """What the shipped Raft does with handlers and effects, under the same options."""

    def __init__(self, me, peers, disk, *, noop=False, optimistic=False, heartbeats="empty"):
        self.me, self.peers = me, peers
        self.noop, self.optimistic, self.full_heartbeats = noop, optimistic, heartbeats == "full"
        self.term, self.vote = disk.get("term_and_vote", (0, None))
        self.log = []
        while (entry := disk.get(("log", len(self.log) + 1))) is not None:
            self.log.append(entry)
        self.role, self.leader = "follower", None
        self.commit_index = 0
        self.votes = set()
        self.next_index, self.match_index = {}, {}
        self.unanswered = {}  # the client's request behind an index
        self.turn = trio.Lock()  # one thing at a time: each relies on what the one before it has made durable
        self.news = trio.Event()  # the timer that runs is to begin anew

    async def run(self, env):
        env.observe(Recovered(self.term, self.vote, tuple((entry.term, entry.command) for entry in self.log)))
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self.keep_time, env)
            while True:
                given = await env.receive()
                async with self.turn:
                    match given:
                        case Received(sender, message):
                            await self.hear(env, sender, message)
                        case Asked(request, command):
                            await self.serve(env, request, command)

    async def keep_time(self, env):
        """Stand for election when no leader was heard of for long enough; as leader, say so again and again."""
        while True:
            leads = self.role == "leader"
            with env.timeout(*(HEARTBEAT if leads else ELECTION)) as patience:
                await self.news.wait()
            if patience.cancelled_caught:
                async with self.turn:
                    if leads and self.role == "leader":
                        self.beat(env)
                    elif not leads and self.role != "leader":
                        await self.stand(env)

    def restart_timer(self):
        self.news.set()
        self.news = trio.Event()

    async def hear(self, env, sender, message):
        if message.term > self.term:
            await self.enter(env, message.term)
        match message:
            case RequestVote():
                await self.consider(env, sender, message)
            case RequestVoteReply(vote_granted=True) if self.role == "candidate" and message.term == self.term:
                self.votes.add(sender)
                await self.lead_if_elected(env)
            case AppendEntries():
                await self.follow(env, sender, message)
            case AppendEntriesReply() if self.role == "leader" and message.term == self.term:
                self.count(env, sender, message)

    async def serve(self, env, request, command):
        if self.role != "leader":
            env.reply(request, Refused(self.leader))
            return
        self.unanswered[len(self.log) + 1] = request
        await self.propose(env, command)

    # Terms and votes

    async def enter(self, env, term):
        if self.role == "leader":
            env.observe(SteppedDown(self.term))
            self.unanswered.clear()
            self.restart_timer()
        self.role, self.leader = "follower", None
        await self.persist(env, term, None)
        env.observe(EnteredTerm(term))

    async def persist(self, env, term, vote):
        self.term, self.vote = term, vote
        env.write("term_and_vote", (term, vote))
        await env.sync()

    async def stand(self, env):
        self.role, self.leader, self.votes = "candidate", None, {self.me}
        await self.persist(env, self.term + 1, self.me)
        env.observe(EnteredTerm(self.term))
        env.observe(Voted(self.term, self.me))
        for peer in self.peers:
            env.send(peer, RequestVote(self.term, len(self.log), self.term_at(len(self.log))))
        await self.lead_if_elected(env)

    async def consider(self, env, candidate, asked):
        mine = (self.term_at(len(self.log)), len(self.log))
        granted = (
            asked.term == self.term
            and self.vote in (None, candidate)
            and (asked.last_log_term, asked.last_log_index) >= mine  # up to date (Raft, 5.4.1)
        )
        if granted:
            await self.persist(env, self.term, candidate)
            env.observe(Voted(self.term, candidate))
            self.restart_timer()
        env.send(candidate, RequestVoteReply(self.term, granted))

    async def lead_if_elected(self, env):
        if 2 * len(self.votes) <= len(self.peers) + 1:
            return
        self.role, self.leader = "leader", self.me
        self.next_index = dict.fromkeys(self.peers, len(self.log) + 1)
        self.match_index = dict.fromkeys(self.peers, 0)
        env.observe(Led(self.term))
        self.restart_timer()
        if self.noop:
            await self.propose(env, None)
        else:
            self.replicate(env)

    # The log

    def term_at(self, index):
        return self.log[index - 1].term if index else 0

    def append(self, env, entry):
        self.log.append(entry)
        env.write(("log", len(self.log)), entry)
        env.observe(Appended(len(self.log), entry.term, entry.command))

    def truncate(self, env, kept):
        for index in range(len(self.log), kept, -1):  # from the tail down: what a power cut leaves has no hole
            env.erase(("log", index))
        del self.log[kept:]
        env.observe(Truncated(kept + 1))

    async def propose(self, env, command):
        self.append(env, Entry(self.term, command))
        await env.sync()
        self.replicate(env)
        self.advance(env)

    def replicate(self, env):
        for peer in self.peers:
            self.send_entries(env, peer)

    def beat(self, env):
        for peer in self.peers:
            if self.full_heartbeats:
                self.send_entries(env, peer)
            else:
                self.send_append(env, peer, ())

    def send_entries(self, env, follower):
        entries = tuple(self.log[self.next_index[follower] - 1 :])
        self.send_append(env, follower, entries)
        if self.optimistic:
            self.next_index[follower] += len(entries)

    def send_append(self, env, follower, entries):
        before = self.next_index[follower] - 1
        env.send(follower, AppendEntries(self.term, before, self.term_at(before), entries, self.commit_index))

    async def follow(self, env, leader, request):
        before = request.prev_log_index
        if request.term < self.term:
            env.send(leader, AppendEntriesReply(self.term, False, before))
            return
        self.role, self.leader = "follower", leader
        self.restart_timer()
        if before > len(self.log) or self.term_at(before) != request.prev_log_term:
            env.send(leader, AppendEntriesReply(self.term, False, before))
            return
        if self.merge(env, request):
            await env.sync()
        last = before + len(request.entries)
        env.send(leader, AppendEntriesReply(self.term, True, last))
        self.commit(env, min(request.leader_commit, last))

    def merge(self, env, request):
        """Append what is new, behind what agrees; whether anything was (Raft, 5.3)."""
        changed = False
        for index, entry in enumerate(request.entries, request.prev_log_index + 1):
            if index <= len(self.log) and self.term_at(index) != entry.term:
                self.truncate(env, index - 1)
            if index > len(self.log):
                self.append(env, entry)
                changed = True
        return changed

    def count(self, env, follower, reply):
        match, upcoming = self.match_index[follower], self.next_index[follower]
        if reply.success and reply.index > match:
            self.match_index[follower] = reply.index
            self.next_index[follower] = max(upcoming, reply.index + 1)
            env.observe(Tracked(follower, reply.index, self.next_index[follower]))
            self.advance(env)
        elif not reply.success and match < reply.index < upcoming:
            self.next_index[follower] = reply.index
            env.observe(Tracked(follower, match, reply.index))
        elif not reply.success:
            return
        if self.next_index[follower] <= len(self.log):
            self.send_entries(env, follower)

    def advance(self, env):
        held = sorted((len(self.log), *self.match_index.values()), reverse=True)
        index = held[len(held) // 2]  # on a majority
        if index > self.commit_index and self.may_commit(index):
            self.commit(env, index)

    def may_commit(self, index):
        """Only entries of the leader's own term are committed by counting copies (Raft, 5.4.2)."""
        return self.term_at(index) == self.term

    def commit(self, env, index):
        if index <= self.commit_index:
            return
        env.observe(Committed(index, self.term))
        for due in range(self.commit_index + 1, index + 1):
            self.commit_index = due
            entry = self.log[due - 1]
            env.observe(Applied(due, entry.term, entry.command))
            request = self.unanswered.pop(due, None)
            if request is not None:
                env.reply(request, due)


class AsyncFigure8(AsyncRaft):
    """A leader commits entries of earlier terms by counting copies (Raft, 5.4.2, Figure 8)."""

    def may_commit(self, index):
        return True


# The shipped Raft's scenario, but for the factory: budget, options, invariants and what clients ask are the same.
ASYNC_RAFT = replace(RAFT, name="raft-async", factory=AsyncRaft)
# Broken the same way, in both styles, without a no-op, which would commit older entries properly.
SANS_IO_FIGURE_8 = replace(RAFT, name="raft-figure-8", factory=Figure8, options={**RAFT.options, "noop": (False,)})
ASYNC_FIGURE_8 = replace(SANS_IO_FIGURE_8, name="raft-async-figure-8", factory=AsyncFigure8)
