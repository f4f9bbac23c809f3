"""Splitbrain's public API, on one screen. Nothing is imported before it is used: the pytest plugin is in every pytest run.

the contract     Node, Effect and its kinds, Refused; Env (of async nodes); `observations`, which it may make; `events`, `actions`
a scenario       Scenario, FaultBudget, Exhibit, mutant; Invariant, Violation, Witness
in tests         state_machine (ScenarioMachine), simulate (Simulation), conformance; CounterexampleFound
by hand          World, Setup, run, NotEnabled; hunt, minimise; load, save, replay
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from splitbrain import actions, events, observations
    from splitbrain.budget import FaultBudget
    from splitbrain.cluster.host.async_node import Env
    from splitbrain.counterexample.minimiser.minimiser import minimise
    from splitbrain.doctor.conformance import conformance
    from splitbrain.errors import NotEnabled, SplitbrainError
    from splitbrain.exhibit import Exhibit, mutant
    from splitbrain.invariant import Invariant, Violation, Witness
    from splitbrain.node import (
        CancelTimer,
        Effect,
        Effects,
        Erase,
        Node,
        Observe,
        Refused,
        Reply,
        Send,
        SetTimer,
        Sync,
        Write,
    )
    from splitbrain.scenario import Scenario
    from splitbrain.schedule.file import load, save
    from splitbrain.schedule.replay import replay
    from splitbrain.search.hunt import hunt
    from splitbrain.testing.machine import ScenarioMachine, state_machine
    from splitbrain.testing.simulate import simulate
    from splitbrain.testing.simulation import Simulation
    from splitbrain.testing.verdict import CounterexampleFound
    from splitbrain.world.run import Setup, run
    from splitbrain.world.world import World

__all__ = [
    "CancelTimer", "CounterexampleFound", "Effect", "Effects", "Env", "Erase", "Exhibit", "FaultBudget", "Invariant", "Node",
    "NotEnabled", "Observe", "Refused", "Reply", "Scenario", "ScenarioMachine", "Send", "SetTimer", "Setup", "Simulation",
    "SplitbrainError", "Sync", "Violation", "Witness", "World", "Write", "actions", "conformance", "events", "hunt", "load",
    "minimise", "mutant", "observations", "replay", "run", "save", "simulate", "state_machine",
]  # fmt: skip

_HOMES = {
    "node": "CancelTimer Effect Effects Erase Node Observe Refused Reply Send SetTimer Sync Write",
    "budget": "FaultBudget",
    "scenario": "Scenario",
    "exhibit": "Exhibit mutant",
    "invariant": "Invariant Violation Witness",
    "errors": "NotEnabled SplitbrainError",
    "cluster.host.async_node": "Env",
    "world.world": "World",
    "world.run": "Setup run",
    "schedule.file": "load save",
    "schedule.replay": "replay",
    "counterexample.minimiser.minimiser": "minimise",
    "doctor.conformance": "conformance",
    "search.hunt": "hunt",
    "testing.machine": "ScenarioMachine state_machine",
    "testing.simulate": "simulate",
    "testing.simulation": "Simulation",
    "testing.verdict": "CounterexampleFound",
}
_HOME = {name: home for home, names in _HOMES.items() for name in names.split()}


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(f"splitbrain.{_HOME[name]}"), name)
    if name in __all__:
        return import_module(f"splitbrain.{name}")
    raise AttributeError(f"module 'splitbrain' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
