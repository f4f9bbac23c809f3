"""Rounds: a few things happen at once (timers, clients, faults), then for a while the network carries on, and nothing else."""

from __future__ import annotations

import msgspec

from splitbrain.actions import Action
from splitbrain.nemesis.moves import Moves, Proposal
from splitbrain.nemesis.names import ROUNDS
from splitbrain.nemesis.profile import Profile, draw_faults, draw_profile
from splitbrain.nemesis.strategies.walk import Walk

_CARRY = (2, 5, 10, 20, 40)  # deliveries and losses of a round
_FRUITLESS = 3  # proposals that come to nothing, until the next round


class Rounds(Walk):
    """Bugs need things to happen at the same time, and then to be let alone, more often than they need much to happen."""

    name = ROUNDS

    def __init__(self, moves: Moves) -> None:
        dice = moves.dice
        self._faults = draw_faults(dice, moves.budget, len(moves.processes))
        self._impulses: list[Proposal] = []
        self._carry = self._fruitless = 0
        self._most = dice.pick((1, 2, 3))  # impulses at once
        self._rounds = 0  # until other rates are drawn
        super().__init__(moves, Profile())
        faults, clients = self._faults, bool(moves.clients.nodes)
        kinds: list[tuple[float, Proposal]] = [
            (1.0, self._fire),
            (0.5 * clients, moves.request),
            (0.3 * faults.crash, self._crash),
            (0.3 * faults.crash_inside, self._crash_inside),
            (0.4, self._restart if self._streams else moves.restart),
            (0.2 * faults.partition, moves.cut),
            (0.2 * faults.partition, moves.mend),
            (0.3 * bool(moves.world.scenario.operations), moves.operate),
            (0.3 * faults.disconnect, self._disconnect),
            (0.4 * self._streams, moves.connect),
        ]
        self._kinds = [kind for kind in kinds if kind[0] > 0]

    def choose(self) -> Action | None:
        """The impulses of the round, one after the other; then the network."""
        if self.pending:
            return self.pending.pop()()
        if self._impulses:
            return self._impulses.pop()()
        if self._carry <= 0 or self._fruitless >= _FRUITLESS:
            self._begin()
            return None
        self._carry -= 1
        action = super().choose()
        self._fruitless = 0 if action is not None else self._fruitless + 1
        return action

    def _begin(self) -> None:
        moves, dice = self.moves, self.moves.dice
        for _ in range(dice.between(1, self._most)):
            self._impulses.append(dice.weighted(self._kinds))
        self._rounds -= 1
        if self._rounds < 0:
            self._rounds = dice.below(8)
            profile = draw_profile(dice, moves.world.scenario, len(moves.processes), self._faults)
            self.take_on(msgspec.structs.replace(profile, **_NETWORK_ALONE))
        self._carry, self._fruitless = dice.pick(_CARRY), 0


_NETWORK_ALONE = dict.fromkeys(
    ("fire", "request", "crash", "crash_inside", "restart", "cut", "mend", "operate", "disconnect", "connect"), 0.0
)
