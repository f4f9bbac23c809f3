"""A quick check of a scenario's nodes against the contract, before a hunt: what would make it pointless, in the user's terms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from splitbrain.actions import Action, Calm, Crash, Restart
from splitbrain.dice import Dice
from splitbrain.doctor.aliasing import Audit
from splitbrain.errors import EncodingError, NondeterminismError, NotEnabled, ScenarioError, SplitbrainError
from splitbrain.events import Observed
from splitbrain.nemesis.draw import draw_setup
from splitbrain.nemesis.moves import Moves
from splitbrain.nemesis.profile import Profile
from splitbrain.nemesis.strategies.walk import Walk
from splitbrain.scenario import Scenario
from splitbrain.world.determinism import check
from splitbrain.world.run import Setup
from splitbrain.world.world import World

_RUNS = 15
_STEPS = 150
_BOUND = 5_000  # virtual ms of the fair phase, where the scenario has none
_STEADY = Profile(deliver=1.0, fire=0.15, request=0.1, duplicate=0.05, crash=0.03, restart=0.3, complete=0.5, advance=0.2)


class ConformanceError(SplitbrainError):
    """A scenario's nodes break the contract; `problems` says how, one sentence each."""

    def __init__(self, scenario: str, problems: tuple[str, ...]) -> None:
        self.problems = problems
        count = f"{len(problems)} problem{'' if len(problems) == 1 else 's'}"
        super().__init__(
            "\n".join([f"{scenario} does not keep the contract of a node: {count}", *(f"  * {each}" for each in problems)])
        )

    @property
    def splitbrain_report(self) -> str:
        """What pytest prints instead of a traceback."""
        return str(self)


@dataclass(frozen=True)
class Conformance:
    """A scenario that keeps the contract: what was tried, and what is worth knowing."""

    scenario: str
    host: str
    counts: Counter[str]
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        tried = ", ".join(f"{count:,} {what}" for what, count in self.counts.items())
        return "\n".join(
            [
                f"{self.scenario} keeps the contract of a node ({self.host} host): {tried}",
                *(f"  note: {each}" for each in self.notes),
            ]
        )


def conformance(scenario: Scenario, *, seed: int = 0) -> Conformance:
    """Check the contract: nodes can be made and restarted from their disk; effects are well-formed; equal schedules give
    equal traces; what is sent, written or said can be encoded, and is not changed afterwards; the label works; something
    happens; clients are answered.

        def test_the_contract_is_kept():
            print(conformance(MAJORITY))

    Takes about a second. Equal seeds try equal runs. Raises `ConformanceError`, which lists all problems that were found.
    """
    return _Examination(scenario, seed).result()


@dataclass
class _Examination:
    scenario: Scenario
    seed: int
    problems: dict[str, None] = field(default_factory=dict)  # in the order of finding
    seen: Counter[str] = field(default_factory=Counter)
    progressed: bool = False  # has a node observed something of `Scenario.progress`?
    made: list[tuple[str, Any]] = field(default_factory=list)

    def result(self) -> Conformance:
        watched = replace(self.scenario, invariants=(), factory=self._factory, label=self._label, commands=self._command)
        host = self._host(watched)
        if host is not None:
            self._options(watched)
            for number in range(_RUNS):
                self._run(watched, Dice(f"conformance/{self.seed}/{number}"))
            self._what_happened(host)
        if self.problems:
            raise ConformanceError(self.scenario.name, tuple(self.problems))
        named = {
            "runs": "runs",
            "steps": "steps",
            "Sent": "messages",
            "Wrote": "writes",
            "crashes": "crashes",
            "Replied": "replies",
        }
        notes = []
        if not self.seen["Wrote"]:
            notes.append("no node ever wrote to its disk, so that a crash makes it forget everything")
        if not self.seen["crashes"]:
            notes.append("its fault budget allows no crash, so that restarting from disk was not tried")
        return Conformance(
            self.scenario.name, host or "", Counter({word: self.seen[key] for key, word in named.items()}), tuple(notes)
        )

    def problem(self, text: str) -> None:
        self.problems.setdefault(text)

    # Watching what the world calls

    def _factory(self, me: str, peers: tuple[str, ...], disk: Any, **options: Any) -> Any:
        node = self.scenario.factory(me, peers, _WatchedDisk(disk, self.seen), **options)
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
        except Exception as error:  # noqa: BLE001 - the user's function
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
            msgspec.json.encode(command)
        except Exception as error:  # noqa: BLE001 - the user's function, and what it returned
            kind, advice = (
                type(error).__name__,
                "it must answer for every number from 1 with plain data, since schedule files hold it",
            )
            if not any(each.startswith("commands(") for each in self.problems):
                self.problem(f"commands({number}): {kind}: {error}; {advice}")
            return f"v{number}"
        return command

    # Trying

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
        try:
            check(setup, actions)
        except NondeterminismError as error:
            self.problem(str(error))
        except (EncodingError, ScenarioError):
            pass  # what cannot be encoded, and a `show` that raises, was found while walking

    def _walk(self, setup: Setup, dice: Dice) -> list[Action]:
        """A walk, a crash and a restart of everybody, and a fair phase, with an eye on all that is recorded."""
        scenario = setup.scenario
        with setup.world(keep=True) as world:
            moves = Moves(world, dice)
            walk = Walk(moves, _allowed(scenario))
            audit = Audit(self.problem, scenario.show)
            audit.look(world.events)
            for _ in range(_STEPS):
                if moves.go(walk.choose, 1) == 0:
                    break
                audit.look(world.events)
            last: list[Action] = []
            if scenario.budget.may_be_down(len(world.nodes)) > 0:
                last += [each for node in world.nodes for each in (Crash(node), Restart(node))]
            last.append(Calm(world.nodes, dice.below(1 << 16), scenario.calm_bound or _BOUND))
            for action in last:
                try:
                    moves.actions.append(world.apply(action))
                except NotEnabled:
                    continue  # it is down already
                audit.look(world.events)
            audit.look_back()
            self.seen.update(type(event).__name__ for event in world.events)
            self.seen.update({"runs": 1, "steps": world.step, "crashes": sum(isinstance(each, Crash) for each in moves.actions)})
            observed = [type(event.observation) for event in world.events if isinstance(event, Observed)]
            self.seen.update(f"said {kind.__name__}" for kind in observed)
            self.progressed |= any(issubclass(kind, self.scenario.progress) for kind in observed)
            return moves.actions

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
        if scenario.invariants and not any(key.startswith("said ") for key in seen):
            self.problem(
                "no node ever observed anything, and invariants see nothing else: yield Observe(...) where something becomes true"
            )


class _WatchedDisk(Mapping[Any, Any]):
    """A disk that notes whether a node ever looks at it."""

    def __init__(self, disk: Mapping[Any, Any], seen: Counter[str]) -> None:
        self._disk = disk
        self._seen = seen

    def __getitem__(self, key: Any) -> Any:
        self._seen["looks at the disk"] += 1
        return self._disk[key]

    def __iter__(self) -> Iterator[Any]:
        self._seen["looks at the disk"] += 1
        return iter(self._disk)

    def __len__(self) -> int:
        self._seen["looks at the disk"] += 1
        return len(self._disk)


def _allowed(scenario: Scenario) -> Profile:
    budget = scenario.budget
    return msgspec.structs.replace(
        _STEADY,
        duplicate=_STEADY.duplicate if budget.duplicate else 0.0,
        crash=_STEADY.crash if budget.crashes != "none" else 0.0,
        complete=_STEADY.complete if budget.slow_disks else 0.0,
    )
