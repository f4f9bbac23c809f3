"""Splitbrain's public API, on one screen. Nothing is imported before it is used: the pytest plugin is in every pytest run.

the contract     Node, Effect and its kinds, Refused; `observations` (what a node may say), `events`, `actions`
a scenario       Scenario, FaultBudget, Exhibit, mutant; Invariant, Violation, Witness
in tests         state_machine, simulate, conformance
by hand          World, Setup, run; hunt, minimise; load, save, replay
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from harness import actions, events, observations
    from harness.conformance import conformance
    from harness.errors import SplitbrainError
    from harness.hunt import hunt
    from harness.invariant import Invariant, Violation, Witness
    from harness.machine import state_machine
    from harness.minimiser import minimise
    from harness.node import (
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
    from harness.replay import replay
    from harness.run import Setup, run
    from harness.scenario import Exhibit, FaultBudget, Scenario, mutant
    from harness.schedule import load, save
    from harness.simulate import simulate
    from harness.world import World

__all__ = [
    "CancelTimer", "Effect", "Effects", "Erase", "Exhibit", "FaultBudget", "Invariant", "Node", "Observe", "Refused", "Reply",
    "Scenario", "Send", "SetTimer", "Setup", "SplitbrainError", "Sync", "Violation", "Witness", "World", "Write", "actions",
    "conformance", "events", "hunt", "load", "minimise", "mutant", "observations", "replay", "run", "save", "simulate",
    "state_machine",
]  # fmt: skip

_CONTRACT = (
    "CancelTimer",
    "Effect",
    "Effects",
    "Erase",
    "Node",
    "Observe",
    "Refused",
    "Reply",
    "Send",
    "SetTimer",
    "Sync",
    "Write",
)
_HOME = dict.fromkeys(_CONTRACT, "node") | {
    "Exhibit": "scenario",
    "FaultBudget": "scenario",
    "Invariant": "invariant",
    "Scenario": "scenario",
    "Setup": "run",
    "SplitbrainError": "errors",
    "Violation": "invariant",
    "Witness": "invariant",
    "World": "world",
    "conformance": "conformance",
    "hunt": "hunt",
    "load": "schedule",
    "minimise": "minimiser",
    "mutant": "scenario",
    "replay": "replay",
    "run": "run",
    "save": "schedule",
    "simulate": "simulate",
    "state_machine": "machine",
}


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(f"harness.{_HOME[name]}"), name)
    if name in __all__:
        return import_module(f"harness.{name}")
    raise AttributeError(f"module 'harness' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)


class _Package(ModuleType):
    """`harness.hunt` is the function, whether or not the module of that name was imported before."""

    def __setattr__(self, name: str, value: Any) -> None:
        # Importing a submodule binds it in its package, where it would hide the function of the same name.
        if not (name in _HOME and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
