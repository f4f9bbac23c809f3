"""One check of a scenario's nodes against the contract, part by part."""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from typing import Any

from splitbrain.actions import Action, Calm, Crash, Restart
from splitbrain.dice import Dice
from splitbrain.doctor.aliasing import Audit
from splitbrain.doctor.awaits import Awaits
from splitbrain.doctor.complaints import Complaints
from splitbrain.doctor.disk import WatchedDisk
from splitbrain.doctor.draws import Aside, Draws
from splitbrain.doctor.effort import Effort
from splitbrain.doctor.elsewhere import Elsewhere
from splitbrain.doctor.models import Models
from splitbrain.doctor.sayings import out_of_order
from splitbrain.doctor.threads import Threads
from splitbrain.errors import EncodingError, NotEnabled, ScenarioError
from splitbrain.events import Observed
from splitbrain.invariant import awaited
from splitbrain.nemesis.draw import draw_setup
from splitbrain.nemesis.moves import Moves
from splitbrain.nemesis.profile import steady
from splitbrain.nemesis.strategies.walk import Walk
from splitbrain.scenario import Scenario
from splitbrain.trace.saving import NoText, text
from splitbrain.world.run import Setup
from splitbrain.world.world import World

_RUNS = 15
_STEPS = 150
_BOUND = 5_000  # virtual ms of the fair phase, where the scenario has none


@dataclass
class Trial:
    """One check, for whoever wants to know its parts: `go`, and then look at ``problems``, ``elsewhere``, ``counts`` and `notes`.

    host: what can run the nodes; None where they cannot even be made.
    """

    scenario: Scenario
    seed: int
    problems: Complaints = field(default_factory=Complaints)
    effort: Effort = field(default_factory=Effort)
    seen: Counter[str] = field(default_factory=Counter)
    host: str | None = None
    progressed: bool = False  # has a node observed something of `Scenario.progress`?
    made: list[tuple[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.elsewhere = Elsewhere(self.scenario)
        self.judges = self.scenario.monitor().invariants
        self.draws = Draws(self.scenario, self.problem)
        self.models = Models(self.judges, self.problem)

    def go(self) -> None:
        """Try all of it."""
        watched = replace(self.scenario.bare(), factory=self._factory, label=self._label, commands=self._command)
        if watched.workload is not None:
            watched = replace(watched, workload=Aside(watched.workload))
        self.host = self._host(watched)
        if self.host is not None:
            self._try(watched)
            self._what_happened(self.host)

    @property
    def counts(self) -> Counter[str]:
        """How much was tried."""
        named = {
            "runs": "runs",
            "steps": "steps",
            "Sent": "messages",
            "Wrote": "writes",
            "crashes": "crashes",
            "Replied": "replies",
        }
        return Counter({word: self.seen[key] for key, word in named.items()})

    def problem(self, text: str) -> None:
        self.problems.add(text)

    def notes(self) -> tuple[str, ...]:
        """What is worth knowing, and no problem."""
        notes = [self.effort.note(self.seen["runs"], _RUNS) if self.seen["runs"] else None, self.elsewhere.note]
        if not self.problems and self.elsewhere.difference is None:
            if not self.seen["Wrote"]:
                notes.append("no node ever wrote to its disk, so that a crash makes it forget everything")
            if not self.seen["crashes"]:
                notes.append("its fault budget allows no crash, so that restarting from disk was not tried")
        return tuple(each for each in notes if each is not None)

    # Watching what the world calls

    def _factory(self, me: str, peers: tuple[str, ...], disk: Any, **options: Any) -> Any:
        node = self.scenario.factory(me, peers, WatchedDisk(disk, self.seen), **options)
        if any(node is other for _, other in self.made):
            self.problem(
                f"the factory gave the same object again for {me}: a restarted node must be a new one, which knows only its disk; "
                "make a new node in every call"
            )
        self.made.append((me, node))  # kept, so that no address is used twice
        return node

    def _label(self, message: Any) -> tuple[str, int | None]:
        kind = type(message).__name__
        try:
            label = self.scenario.label(message)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - the user's function
            self.problem(f"label({kind}) raised {type(error).__name__}: {error}; it must name every message that is sent")
            return kind, None
        match label:
            case (str(), int() | None):
                return label
        self.problem(
            f"label({kind}) returned {label!r:.80}, not a kind and an epoch; return for instance ({kind!r}, 3) or ({kind!r}, None)"
        )
        return kind, None

    def _command(self, number: int) -> Any:
        try:
            command = self.scenario.commands(number)
            text(command)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - the user's function, and what it returned
            what = "it holds" if isinstance(error, NoText) else f"{type(error).__name__}:"
            if not any(each.startswith("commands(") for each in self.problems):
                self.problem(
                    f"commands({number}): {what} {error}; "
                    "it must answer for every number from 1 with plain data, since schedule files hold it"
                )
            return f"v{number}"
        return command

    # Trying

    def _try(self, watched: Scenario) -> None:
        """All sizes and options, many runs here, and the same runs elsewhere."""
        with Threads() as threads, Awaits() as awaits:
            self._options(watched)
            for number in range(_RUNS):
                if not self.effort.enough and not any(each.startswith("a node never stopped") for each in self.problems):
                    self._run(watched, Dice(f"conformance/{self.seed}/{number}"))
        for each in awaits.never:
            self.problem(f"{each}, so that it did nothing; write `await` before it")
        self.draws.conclude()
        self.models.conclude()
        with self.effort.on("elsewhere"):
            self.elsewhere.conclude()
        difference = self.elsewhere.difference
        differs = "" if difference is None else str(difference)
        for name in threads.names:
            if name not in differs:  # it may say already that this is the cause
                self.problem(
                    f"a node started a thread, {name!r}: what that does, and when, is in no schedule, so that no failure could be "
                    "replayed; do it in the handler, or let a timer, a message or a Sync bring about what comes later"
                )

    def _host(self, watched: Scenario) -> str | None:
        """The host that can run the nodes; None when they cannot even be made."""
        try:
            World(watched, check=False).close()
            return watched.host
        except ScenarioError as error:
            self.problem(str(error))
            return None

    def _options(self, watched: Scenario) -> None:
        """Every cluster size, and every value of every option."""
        setups: list[tuple[int, dict[str, Any]]] = [(size, {}) for size in watched.sizes]
        setups += [(watched.sizes[0], {name: value}) for name, values in watched.options.items() for value in values]
        for size, options in setups:
            try:
                World(watched, size, options, check=False).close()
            except ScenarioError as error:
                self.problem(f"with {size} nodes{''.join(f', {name}={value!r}' for name, value in options.items())}: {error}")

    def _run(self, watched: Scenario, dice: Dice) -> None:
        try:
            setup = draw_setup(watched, dice)
            actions = self._walk(setup, dice)
        except ScenarioError as error:
            if not any(str(error) in each for each in self.problems):  # else `_options` has said so
                self.problem(str(error))
            return
        # What cannot be encoded, and a `show` that raises, was found while walking.
        with suppress(EncodingError, ScenarioError), self.effort.on("again"):
            self.elsewhere.check(setup, actions)

    def _walk(self, setup: Setup, dice: Dice) -> list[Action]:
        """A walk, a crash and a restart of everybody, and a fair phase, with an eye on all that is recorded."""
        scenario = setup.scenario
        with ExitStack() as after, setup.world(keep=True) as world:
            after.callback(self._lapses, world)
            moves = Moves(world, dice)
            walk = Walk(moves, steady(moves.budget))
            audit = Audit(self.problem, scenario.show, self.effort.weigh)
            self._look(audit, world)
            for _ in range(_STEPS):
                with self.effort.on("nodes"):
                    done = moves.go(walk.choose, 1)
                if done == 0 or self.effort.enough:
                    break
                self._look(audit, world)
            last: list[Action] = []
            if moves.budget.may_be_down(len(world.nodes)) > 0:
                last += [each for node in world.nodes for each in (Crash(node), Restart(node))]
            last.append(Calm(world.nodes, dice.below(1 << 16), scenario.calm_bound or _BOUND))
            for action in last:
                with suppress(NotEnabled), self.effort.on("nodes"):  # it may be down already
                    moves.actions.append(world.apply(action))
                self._look(audit, world)
            with self.effort.on("traces"):
                audit.look_back()
            self.draws.look(world.events, dice)
            self.models.look(world.history)
            for each in out_of_order(world.events, self.judges):
                self.problem(each)
            self.seen.update(type(event).__name__ for event in world.events)
            self.seen.update({"runs": 1, "steps": world.step, "crashes": sum(isinstance(each, Crash) for each in moves.actions)})
            observed = [type(event.observation) for event in world.events if isinstance(event, Observed)]
            self.seen.update(f"said {kind.__name__}" for kind in observed)
            self.progressed |= any(issubclass(kind, self.scenario.progress) for kind in observed)
            return moves.actions

    def _look(self, audit: Audit, world: World) -> None:
        with self.effort.on("traces"):
            audit.look(world.events)

    def _lapses(self, world: World) -> None:
        for lapse in world.lapses:
            _, _, what = lapse.partition("'s ")
            self.problem(f"a node's {what}; that changes no run, but what it held stays open")

    def _what_happened(self, host: str) -> None:
        seen, scenario = self.seen, self.scenario
        if seen["Failed"]:
            return  # what a node that raises does not do is no news
        if seen["Wrote"] and not seen["looks at the disk"] and host == "direct":  # an async node has it in its `env`, too
            self.problem(
                "nodes write to their disks, but never look at the `disk` that they are made with: a restarted one knows nothing"
            )
        if not any(seen[kind] for kind in ("Sent", "TimerSet", "Replied", "Observed")):
            self.problem("no node ever did anything: none sent a message, set a timer, observed something or answered a client")
            return
        if seen["Requested"] and not seen["Replied"] and not any(key.startswith("said ") for key in seen):
            self.problem(
                f"clients asked {seen['Requested']} times, without one reply or observation: answer with Reply(request, ...), "
                "or Observe what became of the command"
            )
        if scenario.progress and not self.progressed:
            wanted = " or ".join(kind.__name__ for kind in scenario.progress)
            self.problem(f"no node ever observed {wanted}, not even in a fair phase without faults: every hunt would be vacuous")
        if any(awaited(each) or not each.watches for each in self.judges) and not any(key.startswith("said ") for key in seen):
            self.problem(
                "no node ever observed anything, and invariants see nothing else: yield Observe(...) where something becomes true"
            )
