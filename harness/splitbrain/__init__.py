"""Splitbrain's public API, on one screen. Nothing is imported before it is used: the pytest plugin is in every pytest run.

the contract     Node, Effect and its kinds, Refused, Exit; `observations`, `events`, `actions`
async nodes      Env; Received, Asked, Connected, Disconnected, Operated (what it receives)
libraries        Library, State (of callbacks and ticks, in C too); patch with CLOCK, RANDOM and NODE
a scenario       Scenario, FaultBudget, Exhibit, Goal, mutant; Invariant, Violation, Witness; find_scenario, find_bug
clients          Workload (what they ask for); History, Operation (what they saw); Model, UNKNOWN (what they may see)
in tests         state_machine (ScenarioMachine), simulate (Simulation), conformance; CounterexampleFound, Vacuous
by hand          World, Setup, run (Run); hunt (Hunted, Found), minimise (Minimised); load, save (SavedSchedule), replay (Replay)
what goes wrong  SplitbrainError and its kinds
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from splitbrain import actions, events, observations
    from splitbrain.budget import FaultBudget
    from splitbrain.catalogue.museum import find_bug
    from splitbrain.catalogue.scenarios import find_scenario
    from splitbrain.cluster.host.env import Env
    from splitbrain.cluster.host.inputs import Asked, Connected, Disconnected, Operated, Received
    from splitbrain.cluster.host.library.library import Library
    from splitbrain.cluster.host.library.patches import CLOCK, NODE, RANDOM, patch
    from splitbrain.cluster.host.library.state import State
    from splitbrain.counterexample.draft import Counterexample
    from splitbrain.counterexample.minimiser.minimised import Minimised
    from splitbrain.counterexample.minimiser.minimiser import minimise
    from splitbrain.doctor.conformance import conformance
    from splitbrain.errors import NondeterminismError, NotEnabled, ScenarioError, ScheduleError, SplitbrainError
    from splitbrain.exhibit import Exhibit, Goal, mutant
    from splitbrain.invariant import Invariant, Violation, Witness
    from splitbrain.linearizability.model import UNKNOWN, Model
    from splitbrain.node import (
        CancelTimer,
        Effect,
        Effects,
        Erase,
        Exit,
        Node,
        Observe,
        Refused,
        Reply,
        Send,
        SetTimer,
        Sync,
        Workload,
        Write,
    )  # fmt: skip
    from splitbrain.scenario import Scenario
    from splitbrain.schedule.file import SavedSchedule, load, save
    from splitbrain.schedule.replay import Replay, replay
    from splitbrain.search.hunt import Hunted, hunt
    from splitbrain.testing.machine import ScenarioMachine, state_machine
    from splitbrain.testing.simulate import simulate
    from splitbrain.testing.simulation import Simulation
    from splitbrain.testing.verdict import CounterexampleFound, Vacuous
    from splitbrain.trace.history import History, Operation
    from splitbrain.world.run import Found, Run, Setup, run
    from splitbrain.world.world import World

__all__ = [  # noqa: RUF022 - as dir() has it
    "Asked", "CLOCK", "CancelTimer", "Connected", "Counterexample", "CounterexampleFound", "Disconnected", "Effect",
    "Effects", "Env", "Erase", "Exhibit", "Exit", "FaultBudget", "Found", "Goal", "History", "Hunted", "Invariant",
    "Library", "Minimised", "Model", "NODE", "Node", "NondeterminismError", "NotEnabled", "Observe", "Operated", "Operation",
    "RANDOM", "Received", "Refused", "Replay", "Reply", "Run", "SavedSchedule", "Scenario", "ScenarioError",
    "ScenarioMachine", "ScheduleError", "Send", "SetTimer", "Setup", "Simulation", "SplitbrainError", "State", "Sync",
    "UNKNOWN", "Vacuous", "Violation", "Witness", "Workload", "World", "Write", "actions", "conformance", "events",
    "find_bug", "find_scenario", "hunt", "load", "minimise", "mutant", "observations", "patch", "replay", "run", "save",
    "simulate", "state_machine",
]  # fmt: skip

_HOMES = {
    "node": "CancelTimer Effect Effects Erase Exit Node Observe Refused Reply Send SetTimer Sync Workload Write",
    "budget": "FaultBudget",
    "scenario": "Scenario",
    "exhibit": "Exhibit Goal mutant",
    "invariant": "Invariant Violation Witness",
    "errors": "NondeterminismError NotEnabled ScenarioError ScheduleError SplitbrainError",
    "trace.history": "History Operation",
    "linearizability.model": "Model UNKNOWN",
    "cluster.host.env": "Env",
    "cluster.host.inputs": "Asked Connected Disconnected Operated Received",
    "cluster.host.library.library": "Library",
    "cluster.host.library.patches": "CLOCK NODE RANDOM patch",
    "cluster.host.library.state": "State",
    "world.world": "World",
    "world.run": "Found Run Setup run",
    "catalogue.scenarios": "find_scenario",
    "catalogue.museum": "find_bug",
    "schedule.file": "SavedSchedule load save",
    "schedule.replay": "Replay replay",
    "counterexample.draft": "Counterexample",
    "counterexample.minimiser.minimised": "Minimised",
    "counterexample.minimiser.minimiser": "minimise",
    "doctor.conformance": "conformance",
    "search.hunt": "Hunted hunt",
    "testing.machine": "ScenarioMachine state_machine",
    "testing.simulate": "simulate",
    "testing.simulation": "Simulation",
    "testing.verdict": "CounterexampleFound Vacuous",
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
