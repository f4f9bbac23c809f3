"""The library `callback_raft`, hosted: a scenario, and those of its mistakes."""

from typing import ClassVar

import callback_raft

from splitbrain import CLOCK, RANDOM, Library, Refused, Scenario, State, patch
from splitbrain.observations import Applied, Committed, Led, Tracked
from splitbrain_invariants import RAFT_SAFETY, LogTermination

patch("callback_raft", monotonic=CLOCK, random=RANDOM)


class Hosted(Library):
    timers: ClassVar = {"tick": (50, 50), "patience": (200, 400)}

    def __init__(self, me, peers, disk, wrong=None, compacts=True, kind="Raft"):
        super().__init__(me, peers, disk)
        self.wrong, self.compacts, self.kind = wrong, compacts, getattr(callback_raft, kind)

    def start(self):
        self.raft = self.kind(
            self.me, self.peers, send=self.send, save=self.store, apply=self.apply, saved=self.disk, wrong=self.wrong
        )

    def timeout(self, timer):
        self.raft.tick()
        if self.compacts and len(self.raft.log) > 3:
            self.raft.compact()

    def receive(self, sender, message):
        self.raft.received(sender, message)

    def request(self, request, command):
        def done(result):
            self.reply(request, Refused() if result is None else result)

        if not self.raft.propose(command, done):
            self.reply(request, Refused(self.raft.leader))

    def apply(self, index, term, command):
        self.applied(command, index, term)
        return index

    def look(self):
        raft = self.raft
        return State(raft.term, raft.vote, raft.role == "leader", raft.commit, raft.log, raft.base, raft.base_term)


HOSTED = Scenario(
    name="hosted raft",
    factory=Hosted,
    invariants=(*(each for each in RAFT_SAFETY if Tracked not in each.watches), LogTermination),  # a library tells of no Tracked
    sizes=(3, 5, 4, 2, 1),
    label=lambda message: (message["kind"], message["term"]),
    options={"compacts": (False, True), "kind": ("Raft", "Lazy")},
    progress=(Led, Committed, Applied),
    calm_bound=10_000,
)
