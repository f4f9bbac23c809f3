"""A weakening: a promise of the user's world that is broken, as a world of its own. No schedule of it is ever saved as a find."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from splitbrain.scenario import Scenario
from splitbrain.world.run import Setup


def _as_it_is(scenario: Scenario) -> Scenario:
    return scenario


def _always(_: Scenario) -> str | None:
    return None


@dataclass(frozen=True, kw_only=True)
class Weakening:
    """One way of making a world weaker.

    name: a word for it. says: what is so in that world, in one sentence. scenario: the user's scenario as it is there. setups:
    whose worlds are such worlds. pointless: why it is of no use to weaken this scenario so, or None. unfelt: why a weakening makes
    no difference that made none in the whole search.
    """

    name: str
    says: str
    unfelt: str
    scenario: Callable[[Scenario], Scenario] = _as_it_is
    setups: type[Setup] = Setup
    pointless: Callable[[Scenario], str | None] = _always
