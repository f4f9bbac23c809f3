"""The portfolio: all strategies, and a bandit that shares the time of a search among them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass

from splitbrain.actions import Action, Connect, Crash, Disconnect, Restart, word
from splitbrain.dice import Dice
from splitbrain.errors import SplitbrainError
from splitbrain.nemesis.archive import Archive
from splitbrain.nemesis.draw import CALM, DEPTHS, draw_calm, draw_clients, draw_setup
from splitbrain.nemesis.moves import Moves
from splitbrain.nemesis.names import STRATEGIES
from splitbrain.nemesis.strategies.channels import Delays, Priorities
from splitbrain.nemesis.strategies.guided import Guided
from splitbrain.nemesis.strategies.rounds import Rounds
from splitbrain.nemesis.strategies.swarm import Partitions, PowerCuts, Swarm
from splitbrain.nemesis.strategies.uniform import Uniform
from splitbrain.nemesis.strategy import Strategy
from splitbrain.scenario import Scenario, expect_scenario
from splitbrain.stopwatch import Deadline, OutOfTime
from splitbrain.world.run import Run, Setup

_MAKERS: dict[str, Callable[[Moves], Strategy]] = {
    each.name: each for each in (Swarm, Rounds, Partitions, PowerCuts, Priorities, Delays, Uniform)
}

# Of the runs, while nothing is known of the protocol: chosen on the museum as a whole.
_SHARES = {
    Swarm.name: 6.0,
    Rounds.name: 6.0,
    Partitions.name: 4.0,
    Guided.name: 3.0,
    PowerCuts.name: 2.0,
    Priorities.name: 1.0,
    Delays.name: 1.0,
    Uniform.name: 1.0,
}
_AFRESH = 0.2  # of the guided runs go back to nothing: by themselves, they must get to other clusters, too
_TAKE_OVER = (Swarm, Rounds, Partitions)
_UNSAID = (Crash, Restart, Disconnect, Connect)  # what changes the picture although nobody says so
_LOOKS = 16  # actions between two looks at the abstract state
_FURTHER = (30, 60, 120, 250)  # actions from a state that a guided run went back to


@dataclass(frozen=True)
class Attack:
    """One run of one strategy; its counts include how often each kind of action occurred."""

    strategy: str
    run: Run


class Portfolio:
    """The strategies of one search, with what they have learnt so far.

    host: ``"direct"`` or ``"trio"``; left out, the direct host where it can run the nodes. setups: the kind of setup to draw, whose
    worlds may be of another kind.
    """

    def __init__(
        self, scenario: Scenario, names: tuple[str, ...] = STRATEGIES, host: str | None = None, setups: type[Setup] = Setup
    ) -> None:
        for name in names:
            if name not in STRATEGIES:
                known = ", ".join(STRATEGIES)
                raise SplitbrainError(f"there is no strategy {name!r}; it may be one of: {known}")
        expect_scenario("hunt", scenario)
        self.scenario = scenario
        self.host = scenario.hosted(host)
        self.archive = Archive()
        self._setups = setups
        self._runs = 0
        self._bandit = Bandit(names)
        self._learns = len(names) > 1 or Guided.name in names

    def run(self, dice: Dice, deadline: Deadline | None = None) -> Attack:
        """One run of the strategy whose turn it is: draw a cluster, attack it, and look now and then at where it got.

        Where the deadline comes, it ends with what was done by then.
        """
        name = self._bandit.choose(dice)
        scenario = self.scenario
        begin = self.archive.choose(dice) if name == Guided.name and not dice.chance(_AFRESH) else None
        setup = draw_setup(scenario, dice, self.host, self._setups) if begin is None else begin.setup
        with setup.world(lenient=begin is not None) as world:
            world.deadline = deadline
            moves = Moves(world, dice, deadline)
            draw_clients(dice, moves)
            if begin is not None:
                strategy: Strategy = Guided(moves, begin.actions, dice.pick(_TAKE_OVER))
                left = dice.pick(_FURTHER)
            else:
                strategy = _MAKERS.get(name, Swarm)(moves)
                # The first runs are short: what is easy to find is then found at once.
                left = min(dice.pick(DEPTHS), DEPTHS[min(self._runs, len(DEPTHS) - 1)])
            self._runs += 1
            novel = self._go(setup, moves, strategy, left)
            if scenario.calm_bound and world.violation is None and dice.chance(CALM):
                calm = draw_calm(scenario, dice, world)
                if calm is not None:
                    with suppress(OutOfTime):
                        moves.actions.append(world.apply(calm))
            self._bandit.learn(name, novel, world.step)
            recorder = world.recorder
            done = Run(
                setup,
                tuple(moves.actions),
                world.events,
                world.violation,
                counts=recorder.counts() + exercised(moves.actions),
                heard=recorder.heard,
                history=world.history,
                undecided=recorder.undecided,
                untested=recorder.untested,
            )
            return Attack(name, done)

    def _go(self, setup: Setup, moves: Moves, strategy: Strategy, steps: int) -> int:
        """Attack; returns how much was new."""
        if not self._learns:
            moves.go(strategy.choose, steps)
            return 0
        picture, note, actions = moves.picture, self.archive.note, moves.actions
        novel = 0
        while steps > 0 and moves.world.violation is None:
            done = moves.go(strategy.choose, min(_LOOKS, steps))
            if picture.dirty or any(type(action) in _UNSAID for action in actions[-done:]):
                picture.dirty = False
                novel += note(picture.features(), setup, actions)
            if done == 0:
                break
            steps -= done
        return novel


def draw_strategy(moves: Moves) -> Strategy:
    """One of the strategies, for a storm: in a world that is under way nothing can be gone back to, and so nothing guides."""
    return moves.dice.weighted((_SHARES[name], make) for name, make in _MAKERS.items())(moves)


class Bandit:
    """Shares the runs among strategies: half of them as `_SHARES` has it, half by what is new a step as well.

    What they reached counts less and less, since nothing is new twice.
    """

    def __init__(self, names: tuple[str, ...]) -> None:
        self._names = names
        self._novel = dict.fromkeys(names, 1.0)
        self._steps = dict.fromkeys(names, 1_000.0)

    def choose(self, dice: Dice) -> str:
        """Whose turn it is."""
        novelty = dice.chance(0.5)
        return dice.weighted(
            (_SHARES[name] * (self._novel[name] / self._steps[name] if novelty else 1.0), name) for name in self._names
        )

    def learn(self, name: str, novel: int, steps: int) -> None:
        """A run of this strategy reached so much that is new in so many steps."""
        self._novel[name] = 0.98 * self._novel[name] + novel
        self._steps[name] = 0.98 * self._steps[name] + steps


def exercised(actions: Iterable[Action]) -> Counter[str]:
    """How often each kind of action was taken, by its word in a schedule."""
    return Counter({word(kind): count for kind, count in Counter(map(type, actions)).items()})
