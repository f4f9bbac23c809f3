"""What a minimisation ends with, and what makes one schedule better than another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from splitbrain.actions import Action, Calm, Crash, Cut, Deliver, Mend, Operate, Request
from splitbrain.counterexample.minimiser.operations import oddity
from splitbrain.counterexample.minimiser.rewriting import own_command
from splitbrain.counterexample.minimiser.sessions import strain
from splitbrain.world.run import Found, Setup

Cost: TypeAlias = tuple[int, int, int]


@dataclass(frozen=True)
class Minimised:
    """The smallest failing run so far, and how it was come by.

    length: how many actions the failing run had that was to be minimised. replays: how many runs it took. removed: how many
    actions each pass took away; they add up to ``length`` minus what is left. complete: neither one action nor two can be left
    out; False while that is not known. interrupted: Ctrl-C ended it.
    """

    smallest: Found
    length: int
    replays: int = 0
    seconds: float = 0.0
    removed: Counter[str] = field(default_factory=Counter)
    complete: bool = False
    interrupted: bool = False


OnBetter = Callable[[Minimised], None]  # told of each improvement

_CALM = 1_000_000


def cost(setup: Setup, actions: Sequence[Action]) -> Cost:
    """Shorter is better; then a smaller cluster; then plainer faults, requests and sessions.

    A fair phase is the longest of actions, and a crash inside a handler is two: the input and the crash. (The score's
    `trial.length` counts that as one, and a crash with its restart, too.)
    """
    length = len(actions)
    weight = 0
    commands, operations = setup.scenario.commands, setup.scenario.operations
    for action in actions:
        kind = type(action)
        if kind is Deliver:
            weight += action.copy > 0  # type: ignore[union-attr]
            continue
        if kind is Calm:
            length += _CALM
        elif kind is Crash and action.during is not None:  # type: ignore[union-attr]
            length += 1
        weight += _weight(action, commands)
        if operations and isinstance(action.input, Operate):
            weight += oddity(action.input, operations)
    if setup.scenario.sessions:
        weight += strain(setup, actions)
    return (length, setup.size, weight)


def _weight(action: Action, commands: Callable[[int], Any]) -> int:
    asked = action.input
    odd = 10 if isinstance(asked, Request) and own_command(asked, commands) not in ((), (asked.command,)) else 0
    match action:
        case Crash():
            return 2 + action.keep + (0 if action.during is None else 3 + action.after + action.arrive) + odd
        case Cut() | Mend():
            return len(action.links)
        case _:
            return 1 + odd
