"""A walk: at each step one of the enabled actions, by weighted dice. What it did is a plain list of actions."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import count as counting
from typing import Any

from harness.actions import Action, Advance, Complete, Crash, Deliver, Fire, Mend, Request, Restart
from harness.dice import Dice
from harness.nemesis.partitions import draw_partition
from harness.nemesis.profile import Faults, Profile, draw_faults, draw_profile
from harness.network import Envelope
from harness.node import NodeId, Refused
from harness.process import Process
from harness.world import World

_WORK = (Deliver, Fire, Request, Advance, Complete)
_BECALMED = 4  # phases without any of these, until a storm is over: one phase may put off all that is enabled
_TRIES = 16  # messages to look at for one that can be delivered, before doing something else
_NOBODY: frozenset[str] = frozenset()
_PUT_OFF = 0.95  # how often a slow message, a shy node's, or a quiet node's timer is passed over
_RANGE, _SCATTER = 1 << 16, 40503  # scatters the numbers of messages, so that which ones are slow looks random
_DEEPEST = 12  # effects into a handler, where a crash inside it is placed


class Walk:
    """Attacks one world. `actions` holds what it did, in order; the dice alone decide, so equal dice give equal walks."""

    def __init__(self, world: World, profile: Profile, dice: Dice) -> None:
        self.world = world
        self.actions: list[Action] = []
        self._dice = dice
        self._salt = dice.below(_RANGE)
        self._roll = dice.roll
        self._processes = tuple(world.processes.values())
        self._reorders = world.scenario.budget.reorder
        self._clients = self._client_processes()
        self.requests = 0  # of clients, without those that were refused
        self._refusals = 0
        self._refused: dict[str, bool] = {}  # did this node refuse what it was asked last?
        self._asked: dict[str, str] = {}
        self._hinted: Process | None = None  # whom the last refusal named
        for process in self._processes:
            process.on_reply = self._replied
        self.take_on(profile)

    def take_on(self, profile: Profile) -> None:
        """Go on with other rates."""
        self.profile = profile
        self._shy = frozenset(self._processes[place].id for place in profile.shy if place < len(self._processes))
        self._quiet = frozenset(self._processes[place].id for place in profile.quiet if place < len(self._processes))
        self._slow = int(profile.slow * _RANGE)
        table: list[tuple[float, Callable[[], Action | None]]] = [
            (profile.deliver, self._deliver),
            (profile.fire, self._fire),
            (profile.request if self._clients else 0.0, self._request),
            (profile.drop, self._drop),
            (profile.duplicate, self._duplicate),
            (profile.restart, self._restart),
            (profile.crash, self._crash),
            (profile.crash_inside, self._crash_inside),
            (profile.cut, self._cut),
            (profile.mend, self._mend),
            (profile.complete, self._complete),
            (profile.advance, self._advance),
        ]
        total = 0.0
        self._table: list[tuple[float, Callable[[], Action | None]]] = []
        for weight, propose in table:
            if weight > 0:
                total += weight
                self._table.append((total, propose))
        self._total = total

    def go_on(self, dice: Dice) -> None:
        """Go on with other dice."""
        self._dice, self._roll = dice, dice.roll

    def leave(self, requests: Iterable[Request]) -> None:
        """Count these requests, which others make, and leave their numbers to them."""
        for request in requests:
            self.requests += request.id not in self._asked
            self._asked[request.id] = request.node

    def ask(self, node: NodeId, command: Any = None) -> Request:
        """The next client request, for this node; counted, and numbered, so that no two of a run are alike."""
        self.requests += 1
        number = self.requests + self._refusals
        name = f"r{number}"
        if name in self._asked:  # a schedule that is edited has numbers of its own
            number = next(free for free in counting(1) if f"r{free}" not in self._asked)
            name = f"r{number}"
        self._asked[name] = node
        return Request(node, name, self.world.scenario.commands(number) if command is None else command)

    def storm(self, steps: int, faults: Faults | None = None) -> int:
        """Go up to ``steps`` actions in phases, with new rates in each; the kinds of faults stay. Returns how many there were."""
        scenario, size, dice = self.world.scenario, len(self._processes), self._dice
        if faults is None:
            faults = draw_faults(dice, scenario.budget, size)
        left, becalmed = steps, 0
        while left > 0 and becalmed < _BECALMED and self.world.violation is None:
            self.take_on(draw_profile(dice, scenario, size, faults))
            before = len(self.actions)
            left -= self.go(min(left, self.profile.phase))
            worked = any(type(action) in _WORK for action in self.actions[before:])
            becalmed = 0 if worked else becalmed + 1
        return steps - left

    def go(self, steps: int) -> int:
        """Apply up to ``steps`` actions; fewer when an invariant breaks or nothing is enabled. Returns how many."""
        world, recorder = self.world, self.world.recorder
        roll, table, total = self._roll, self._table, self._total
        flight, crowd, may_drop = world.network.flight, self.profile.crowd, world.scenario.budget.drop
        apply, append = world.apply, self.actions.append
        done = idle = 0
        while done < steps and recorder.violation is None:
            action: Action | None = None
            if len(flight) > crowd:
                action = flight[int(roll() * len(flight))].drop() if may_drop else self._deliver()
            else:
                point = roll() * total
                for bound, propose in table:
                    if point < bound:
                        action = propose()
                        break
            if action is None:
                idle += 1
                if idle > 200:
                    break
                continue
            idle = 0
            append(apply(action))
            done += 1
        return done

    # One proposal for each kind of action; None when there is nothing of the kind

    def _pick_message(self) -> Envelope | None:
        flight = self.world.network.flight
        count = len(flight)
        if count == 0:
            return None
        roll = self._roll
        if not self._reorders:
            return self.world.network.first_on_link(flight[int(roll() * count)])
        if self.profile.recent and roll() < self.profile.recent:
            return flight[count - 1 - int(roll() * min(count, 3))]
        return flight[int(roll() * count)]

    def _deliver(self) -> Action | None:
        flight, roll, deliverable = self.world.network.flight, self._roll, self.world.deliverable
        if not self._reorders:
            first = self._pick_message()
            return first.deliver() if first is not None and deliverable(first) else None
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
                return envelope.deliver()
        return None

    def _fire(self) -> Action | None:
        processes = self._processes
        process = processes[int(self._roll() * len(processes))]
        if not process.timers or not process.idle():
            return None
        if process.id in self._quiet and self._roll() < _PUT_OFF:
            return None
        timers = list(process.timers)
        return Fire(process.id, timers[int(self._roll() * len(timers))] if len(timers) > 1 else timers[0])

    def _request(self) -> Action | None:
        scenario = self.world.scenario
        if not self._clients or self.requests >= scenario.requests or self._refusals >= 4 * scenario.requests:
            return None
        process = self._dice.pick(self._clients)
        if self._refused.get(process.id) and self._roll() < 0.7:
            willing = [each for each in self._clients if not self._refused.get(each.id)]
            process = self._hinted or self._dice.pick(willing or self._clients)
        if not process.idle():
            return None
        return self.ask(process.id)

    def _drop(self) -> Action | None:
        envelope = self._pick_message()
        return None if envelope is None else envelope.drop()

    def _duplicate(self) -> Action | None:
        envelope = self._pick_message()
        return None if envelope is None else envelope.duplicate()

    def _restart(self) -> Action | None:
        down = [process for process in self._processes if not process.running]
        return Restart(self._dice.pick(down).id) if down else None

    def _may_crash(self) -> bool:
        allowed = self.world.scenario.budget.may_be_down(len(self._processes))
        return sum(not process.running for process in self._processes) < allowed

    def _keep(self, process: Process) -> int:
        unsynced = len(process.storage.unsynced)
        return self._dice.between(0, unsynced) if unsynced and self.world.scenario.budget.torn else 0

    def _crash(self) -> Action | None:
        if not self._may_crash():
            return None
        running = self.world.running()
        process = self._dice.pick(running)
        if self.profile.together and self._roll() < self.profile.together:
            for other in running:  # a power cut of the whole site: nothing happens between these
                if other is not process:
                    self.actions.append(self.world.apply(Crash(other.id, self._keep(other))))
        return Crash(process.id, self._keep(process))

    def _crash_inside(self) -> Action | None:
        if not self._may_crash():
            return None
        dice, inner = self._dice, None
        for propose in (dice.pick((self._deliver, self._deliver, self._fire, self._request, self._complete)), self._restart):
            inner = inner or propose()
        if inner is None:
            return None
        node = inner.receiver if isinstance(inner, Deliver) else inner.node  # type: ignore[union-attr]
        # Mostly near the beginning of a handler, where most of them end.
        after = dice.below(_DEEPEST if dice.chance(0.8) else 6 * _DEEPEST)
        keep = dice.below(4 if dice.chance(0.8) else 32) if self.world.scenario.budget.torn else 0
        return Crash(node, keep, inner, after)  # type: ignore[arg-type]

    def _cut(self) -> Action | None:
        cut = draw_partition(self._dice, self.world.nodes)
        return cut if any(link not in self.world.network.cut_links for link in cut.links) else None

    def _mend(self) -> Action | None:
        links = tuple(self.world.network.cut_links)
        if not links:
            return None
        return Mend(links) if self._roll() < 0.5 else Mend(tuple(self._dice.sample(links, self._dice.between(1, len(links)))))

    def _complete(self) -> Action | None:
        waiting = [process for process in self._processes if process.syncs]
        return Complete(self._dice.pick(waiting).id) if waiting else None

    def _advance(self) -> Action | None:
        return Advance() if self.world.host.next_deadline() != float("inf") else None

    def _client_processes(self) -> tuple[Process, ...]:
        scenario, processes = self.world.scenario, self._processes
        if scenario.requests == 0:
            return ()
        places = range(len(processes)) if scenario.clients is None else scenario.clients(len(processes))
        return tuple(processes[place] for place in places)

    def _replied(self, request: str, result: Any) -> None:
        node = self._asked.get(request)
        if node is None:
            return
        refused = isinstance(result, Refused)
        self._refused[node] = refused
        hinted = self.world.processes.get(result.leader or "") if refused else None
        self._hinted = hinted if hinted in self._clients else None
        if refused:  # it was not carried out, and so does not count
            self.requests -= 1
            self._refusals += 1
