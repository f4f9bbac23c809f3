"""A library to host: a Raft of callbacks and ticks, with the machine's clock and dice, which knows nothing of any harness.

It calls ``send(peer, message)``, ``save(values)`` and ``apply(index, term, command)``, and it goes on changing the objects that it
has handed out. wrong: what it is to do wrong: "forgets the vote" (or "term", "log", "snapshot"), "counts old terms".
"""

import random
from time import monotonic


class Raft:
    def __init__(self, me, peers, *, send, save, apply, saved, wrong=None):
        self.me, self.peers, self.wrong = me, list(peers), wrong
        self.send, self.save, self.apply = send, save, apply
        self.term, self.vote = saved.get("term", 0), saved.get("vote")
        self.base, self.base_term, log = saved.get("log", (0, 0, ()))  # one record: a crash may come between two writes
        self.log = [tuple(entry) for entry in log]
        self.commit = self.applied = self.base
        self.role, self.leader, self.votes = "follower", None, set()
        self.next, self.match, self.waiting = {}, {}, {}
        self.message = {}  # one object for all that is sent
        self.rest()

    # Its face

    def tick(self):
        if self.role == "leader":
            for peer in self.peers:
                self.replicate(peer)
        elif monotonic() >= self.deadline:
            self.campaign()

    def propose(self, command, done):
        if self.role != "leader":
            return False
        self.log.append((self.term, command))
        self.waiting[self.last()] = (self.term, done)
        self.keep("log")
        for peer in self.peers:
            self.replicate(peer)
        self.advance()
        return True

    def received(self, peer, message):
        if message["term"] > self.term:
            self.follow(message["term"])
        getattr(self, "on_" + message["kind"])(peer, message)

    def compact(self):
        if self.commit > self.base:
            self.base, self.base_term, self.log = self.commit, self.term_at(self.commit), self.log[self.commit - self.base :]
            self.keep("log")

    # Elections

    def rest(self):
        self.deadline = monotonic() + random.uniform(0.15, 0.3)

    def follow(self, term):
        if term > self.term:
            self.term, self.vote = term, None
            self.keep("term", "vote")
        self.role = "follower"

    def campaign(self):
        self.term, self.vote, self.role, self.votes = self.term + 1, self.me, "candidate", {self.me}
        self.keep("term", "vote")
        self.rest()
        for peer in self.peers:
            self.tell(peer, "vote_wanted", last=self.last(), last_term=self.term_at(self.last()))
        self.count()

    def on_vote_wanted(self, peer, message):
        mine = (self.term_at(self.last()), self.last())
        granted = message["term"] == self.term and self.vote in (None, peer) and (message["last_term"], message["last"]) >= mine
        if granted:
            self.vote = peer
            self.keep("vote")
            self.rest()
        self.tell(peer, "vote", granted=granted)

    def on_vote(self, peer, message):
        if self.role == "candidate" and message["term"] == self.term and message["granted"]:
            self.votes.add(peer)
            self.count()

    def count(self):
        if 2 * len(self.votes) > len(self.peers) + 1:
            self.role = "leader"
            self.next = dict.fromkeys(self.peers, self.last() + 1)
            self.match = dict.fromkeys(self.peers, 0)
            self.tick()

    # The log

    def last(self):
        return self.base + len(self.log)

    def term_at(self, index):
        return self.base_term if index == self.base else self.log[index - self.base - 1][0]

    def replicate(self, peer):
        before = self.next[peer] - 1
        if before < self.base:
            self.tell(peer, "snapshot", index=self.base, index_term=self.base_term)
            return
        rest = self.log[before - self.base :]
        self.tell(peer, "append", before=before, before_term=self.term_at(before), entries=rest, commit=self.commit)

    def on_append(self, peer, message):
        if message["term"] < self.term:
            self.tell(peer, "appended", match=None, last=self.last())
            return
        self.role, self.leader = "follower", peer
        self.rest()
        before, entries = message["before"], message["entries"]
        if before < self.base:  # what is in the snapshot is there
            entries, before = entries[self.base - before :], self.base
        if before > self.last() or (before == message["before"] and self.term_at(before) != message["before_term"]):
            self.tell(peer, "appended", match=None, last=min(before - 1, self.last()))
            return
        for index, entry in enumerate(entries, before + 1):
            if index > self.last() or self.term_at(index) != entry[0]:
                del self.log[index - self.base - 1 :]
                self.log += entries[index - before - 1 :]
                self.keep("log")
                break
        match = before + len(entries)
        self.set_commit(min(message["commit"], match))
        self.tell(peer, "appended", match=match, last=self.last())

    def on_appended(self, peer, message):
        if self.role != "leader" or message["term"] != self.term:
            return
        if message["match"] is None:
            self.next[peer] = max(self.match[peer] + 1, min(self.next[peer] - 1, message["last"] + 1), 1)
        else:
            self.match[peer] = max(self.match[peer], message["match"])
            self.next[peer] = max(self.next[peer], self.match[peer] + 1)
            self.advance()

    def advance(self):
        for index in range(self.last(), self.commit, -1):
            copies = 1 + sum(match >= index for match in self.match.values())
            if 2 * copies > len(self.peers) + 1 and (self.term_at(index) == self.term or self.wrong == "counts old terms"):
                self.set_commit(index)
                return

    def set_commit(self, index):
        self.commit = max(self.commit, index)
        while self.applied < self.commit:
            self.applied += 1
            term, command = self.log[self.applied - self.base - 1]
            result = self.apply(self.applied, term, command)
            proposed, done = self.waiting.pop(self.applied, (None, None))
            if done is not None:
                done(result if proposed == term else None)

    def on_snapshot(self, peer, message):
        if message["term"] < self.term:
            return
        self.role, self.leader = "follower", peer
        self.rest()
        index = message["index"]
        if index > self.commit:
            keeps = index <= self.last() and self.term_at(index) == message["index_term"]
            self.log = self.log[index - self.base :] if keeps else []
            self.base, self.base_term = index, message["index_term"]
            self.commit = self.applied = index
            self.keep("log")
        self.tell(peer, "appended", match=index, last=self.last())

    # Outside

    def tell(self, peer, kind, **fields):
        self.message.clear()
        self.message.update(kind=kind, term=self.term, **fields)
        self.send(peer, self.message)

    def keep(self, *names):
        base = (0, 0) if self.wrong == "forgets the snapshot" else (self.base, self.base_term)
        values = {"term": self.term, "vote": self.vote, "log": (*base, self.log)}
        self.save({name: values[name] for name in names if self.wrong != f"forgets the {name}"})


class Lazy(Raft):
    """Keeps what is to be kept only when something depends on it."""

    def __init__(self, *arguments, **named):
        self.due = {}
        super().__init__(*arguments, **named)

    def keep(self, *names):
        self.due |= dict.fromkeys(names)

    def flush(self):
        names, self.due = self.due, {}
        if names:
            super().keep(*names)

    def tell(self, peer, kind, **fields):
        self.flush()
        super().tell(peer, kind, **fields)

    def advance(self):
        self.flush()
        super().advance()
