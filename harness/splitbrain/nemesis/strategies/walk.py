"""A walk: at each step one of the enabled actions, by weighted dice."""

from __future__ import annotations

from bisect import bisect_right
from functools import partial
from itertools import accumulate, combinations, permutations

from splitbrain.actions import Action, Connect, Deliver, Disconnect, Link, Restart
from splitbrain.cluster.network import Envelope, Notice
from splitbrain.nemesis.moves import Moves, Proposal
from splitbrain.nemesis.profile import Profile
from splitbrain.nemesis.strategy import Strategy
from splitbrain.world.connections import connectable

_TRIES = 16  # messages to look at for one that can be delivered, before doing something else
_NOBODY: frozenset[str] = frozenset()
_PUT_OFF = 0.95  # how often a slow message, a shy node's, or a quiet node's timer is passed over
_RANGE, _SCATTER = 1 << 16, 40503  # scatters the numbers of messages, so that which ones are slow looks random


class Walk(Strategy):
    """Chooses by the rates of one `Profile`."""

    def __init__(self, moves: Moves, profile: Profile) -> None:
        super().__init__(moves)
        self._salt = moves.dice.below(_RANGE)
        self._flight = moves.world.network.flight
        self._streams = moves.world.scenario.links == "streams"
        nodes = moves.world.nodes
        links = (*permutations(nodes, 2), *zip(nodes, nodes, strict=True))  # those to oneself last
        self._links: dict[Link, int] = {link: number for number, link in enumerate(links)}
        self.pending: list[Proposal] = []  # what is decided already, the next at the end
        self.take_on(profile)

    def take_on(self, profile: Profile) -> None:
        """Go on with other rates."""
        moves, processes = self.moves, self.moves.processes
        self.profile = profile
        self._shy = frozenset(processes[place].id for place in profile.shy if place < len(processes))
        self._quiet = frozenset(processes[place].id for place in profile.quiet if place < len(processes))
        self._slow = int(profile.slow * _RANGE)
        table: list[tuple[float, Proposal]] = [
            (profile.deliver, self._deliver),
            (profile.fire, self._fire),
            (profile.request if moves.clients.nodes else 0.0, moves.request),
            (profile.drop, self._drop),
            (profile.duplicate, self._duplicate),
            (profile.restart, self._restart if self._streams else moves.restart),
            (profile.crash, self._crash),
            (profile.crash_inside, self._crash_inside),
            (profile.cut, moves.cut),
            (profile.mend, moves.mend),
            (profile.complete, moves.complete),
            (profile.advance, moves.advance),
            (profile.operate if moves.world.scenario.operations else 0.0, moves.operate),
            (profile.disconnect if self._streams else 0.0, self._disconnect),
            (profile.connect if self._streams else 0.0, moves.connect),
        ]
        some = [(weight, propose) for weight, propose in table if weight > 0]
        self._proposals = [propose for _, propose in some]
        self._bounds = list(accumulate((weight for weight, _ in some), initial=0.0))[1:]  # where the next one's share begins
        self._total = self._bounds[-1] if some else 0.0
        self._crowd, self._may_drop = profile.crowd, moves.world.scenario.budget.drop

    def choose(self) -> Action | None:
        """By the weights; one message less where there are too many in flight."""
        if self.pending:
            return self.pending.pop()()
        flight, roll = self._flight, self.moves.dice.roll
        if len(flight) > self._crowd:
            if self._may_drop:
                return self._lost(int(roll() * len(flight)))
            arrival = self._deliver()
            if arrival is not None or self.moves.reorders:
                return arrival  # else a whole queue waits for its link or its node, and all else goes on meanwhile
        place = bisect_right(self._bounds, roll() * self._total)
        return self._proposals[place]() if place < len(self._proposals) else None

    def _deliver(self) -> Action | None:
        envelope, twice = self._due(), self.profile.twice
        if envelope is None:
            return None
        if twice and envelope.copy == 0 and self.moves.dice.roll() < twice and type(envelope) is not Notice:
            return self._double(envelope)
        return envelope.deliver()

    def _once(self) -> Action | None:
        envelope = self._due()
        return None if envelope is None else envelope.deliver()

    def _due(self) -> Envelope | None:
        """A message that can be delivered and is not put off."""
        moves = self.moves
        if not moves.reorders:
            return self._due_in_order()
        flight, roll, deliverable = self._flight, moves.dice.roll, moves.world.deliverable
        count = len(flight)
        if count == 0:
            return None
        # Now and then nothing is put off: what waits is to arrive late, not never.
        shy, slow = (self._shy, self._slow) if roll() < _PUT_OFF else (_NOBODY, 0)
        salt, recent = self._salt, self.profile.recent
        place = count - 1 - int(roll() * min(count, 3)) if recent and roll() < recent else int(roll() * count)
        for _ in range(min(count, _TRIES)):
            envelope = flight[place]
            place -= 1  # below 0 it goes on from the end
            if slow and (envelope.number * _SCATTER + salt) % _RANGE < slow:
                continue
            if shy and (envelope.sender in shy or envelope.receiver in shy):
                continue
            if deliverable(envelope):
                return envelope
        return None

    def _due_in_order(self) -> Envelope | None:
        """The first of a link that is not put off: of any link, however many wait there, or of one on which many do."""
        moves, roll = self.moves, self.moves.dice.roll
        fronts = moves.world.network.fronts()
        if not fronts:
            return None
        shy, slow = (self._shy, self._slow) if roll() < _PUT_OFF else (_NOBODY, 0)
        place = int(roll() * len(fronts))
        for envelope in (*fronts[place:], *fronts[:place]):
            sender, receiver = envelope.sender, envelope.receiver
            if slow and (self._links[sender, receiver] * _SCATTER + self._salt) % _RANGE < slow:
                continue
            if shy and (sender in shy or receiver in shy):
                continue
            if moves.world.deliverable(envelope):
                return envelope
        return None

    def _double(self, envelope: Envelope) -> Action:
        """A message that arrives twice in a row, or whose copy comes later."""
        network = self.moves.world.network
        arrivals = [envelope.deliver(), network.next_copy(envelope).deliver()]
        if self.moves.dice.chance(0.3):
            del arrivals[1]
        self.pending = [partial(self._arrive, each) for each in reversed(arrivals)]
        return envelope.duplicate()

    def _arrive(self, arrival: Deliver) -> Action | None:
        envelope = self.moves.world.network.find(arrival)
        return arrival if envelope is not None and self.moves.world.deliverable(envelope) else None

    def _fire(self) -> Action | None:
        process = self.moves.dice.pick(self.moves.processes)
        if process.id in self._quiet and self.moves.dice.roll() < _PUT_OFF:
            return None
        return self.moves.fire_at(process)

    def _drop(self) -> Action | None:
        place = self._recent()
        return self.moves.drop() if place is None else self._lost(place)

    def _lost(self, place: int) -> Action | None:
        envelope = self._flight[place]
        return None if type(envelope) is Notice else envelope.drop()

    def _duplicate(self) -> Action | None:
        place = self._recent()
        envelope = None if place is None else self._flight[place]
        return self.moves.duplicate() if envelope is None or type(envelope) is Notice else envelope.duplicate()

    def _recent(self) -> int | None:
        """The place of one of the newest messages, where it is their turn."""
        count, roll = len(self.moves.world.network.flight), self.moves.dice.roll
        if not count or not self.profile.recent or roll() >= self.profile.recent:
            return None
        return count - 1 - int(roll() * min(count, 3))

    def _disconnect(self) -> Action | None:
        """A connection ends; it may be opened again at once, before either end was told."""
        action = self.moves.disconnect()
        if isinstance(action, Disconnect) and self.moves.dice.chance(self.profile.soon):
            self.pending = [partial(self._connect, (action.one, action.other))]
        return action

    def _restart(self) -> Action | None:
        """A node starts again, and may get its connections at once."""
        action = self.moves.restart()
        if isinstance(action, Restart) and self.moves.dice.chance(self.profile.soon):
            nodes = self.moves.world.nodes
            pairs = [(one, other) for one, other in combinations(nodes, 2) if action.node in (one, other)]
            self.pending = [partial(self._connect, pair) for pair in self.moves.dice.shuffled(pairs)]
        return action

    def _connect(self, pair: Link) -> Action | None:
        return Connect(*pair) if pair in connectable(self.moves.world) else None

    def _crash(self) -> Action | None:
        if self.profile.together and self.moves.dice.chance(self.profile.together):
            self.pending = [partial(_same, crash) for crash in self.moves.crash_all()]
            if self.pending:
                return self.pending.pop()()
        return self.moves.crash()

    def _crash_inside(self) -> Action | None:
        deliver, moves = self._once, self.moves
        operate = (moves.operate,) if moves.world.scenario.operations else ()
        return moves.crash_inside(deliver, deliver, self._fire, moves.request, moves.complete, *operate)


def _same(action: Action) -> Action:
    return action
