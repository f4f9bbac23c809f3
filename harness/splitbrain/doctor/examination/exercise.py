"""What was never exercised: inputs, messages, observations, faults, and lines of the node's own."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import Literal, TypeAlias

import msgspec

from splitbrain import observations
from splitbrain.declared.roles import widest
from splitbrain.doctor.examination.lines import Gap, Lines
from splitbrain.doctor.examination.source import Source
from splitbrain.doctor.examination.traffic import Traffic
from splitbrain.events import Observed
from splitbrain.invariant import awaited, goes_by_answers
from splitbrain.node import Observe, Send
from splitbrain.scenario import Scenario

Area: TypeAlias = Literal["inputs", "messages", "observations", "faults"]

HANDLERS = ("start", "receive", "timeout", "request", "synced", "connected", "disconnected", "operate")
_OF_STREAMS = ("connected", "disconnected")
_PARTED = " under partition"


class Idle(msgspec.Struct, frozen=True):
    """Something that never happened: of which area, what, and what may be done about it, or what it means."""

    area: Area
    what: str
    advice: str = ""


class Exercise(msgspec.Struct, frozen=True):
    """What was not exercised. lines: those that never ran; share: of the node's own lines those that did; None: none are known."""

    idle: tuple[Idle, ...]
    lines: tuple[Gap, ...]
    share: float | None

    @property
    def complete(self) -> bool:
        """Whether all was."""
        return not self.idle and not self.lines


def exercise(
    scenario: Scenario, source: Source, lines: Lines, traffic: Traffic, coverage: Mapping[str, int], said: set[type], answered: int
) -> Exercise:
    """What runs of a scenario left out.

    traffic: of those of which traces were kept. coverage: what was counted in all runs, said: the types of observations, and
    answered: how many operations of clients were.
    """
    uncalled = _uncalled(source, lines)
    idle = [
        *_inputs(scenario, traffic, uncalled),
        *_messages(source, traffic),
        *_judged(scenario, said, answered),
        *_observations(scenario, source, said),
        *_faults(scenario, coverage, traffic.wrote),
    ]
    gaps = tuple(each for each in lines.gaps if not (each.whole and each.function in uncalled.values()))
    return Exercise(tuple(idle), gaps, lines.share)


def _uncalled(source: Source, lines: Lines) -> dict[str, str]:
    """The handlers of the node's own that nobody called: by name, what they are called in full."""
    own: dict[str, str] = {}
    for handler in HANDLERS:
        home = next((each for each in source.kind.__mro__ if handler in vars(each)), None)
        if home in source.classes:
            own[handler] = f"{home.__qualname__}.{handler}"
    known = {each.name for each in source.functions()}
    called = lines.called(own.values())
    return {handler: name for handler, name in own.items() if name in known and name not in called}


# What there was none of


def _inputs(scenario: Scenario, traffic: Traffic, uncalled: Mapping[str, str]) -> Iterator[Idle]:
    for handler in uncalled:
        in_vain = handler in _OF_STREAMS and scenario.links != "streams"
        advice = "links are streams where Scenario.links says so, and these are not" if in_vain else _ADVICE.get(handler, "")
        yield Idle("inputs", f"the handler {handler} was never called", advice)
    for timer in sorted(traffic.set.keys() - traffic.fired.keys()):
        yield Idle("inputs", f"the timer {timer!r} was set {traffic.set[timer]:,} times, and never fired")
    for operation in scenario.operations:
        if operation not in traffic.operated:
            yield Idle("inputs", f"the operation {operation!r} was never done", "look whether it ever returns an argument")
    if scenario.requests and not traffic.requested and "request" not in uncalled:
        yield Idle("inputs", "no client ever asked for anything")


_ADVICE = {
    "synced": "no Sync(token) was ever completed: where none is yielded, it is dead",
    "request": "Scenario.requests, clients and workload say who asks for what",
    "operate": "Scenario.operations says what may be done",
    "timeout": "set a timer: SetTimer(name, earliest, latest)",
}


def _messages(source: Source, traffic: Traffic) -> Iterator[Idle]:
    for kind in sorted(traffic.sent.keys() - traffic.delivered.keys()):
        yield Idle("messages", f"{kind} was sent {traffic.sent[kind]:,} times, and never delivered")
    for made in _made(source, Send, "send", 1):
        if not any(issubclass(kind, made) for kind in traffic.messages):
            yield Idle("messages", f"{made.__name__} was never sent, although the node's code does make one")


def _judged(scenario: Scenario, said: set[type], answered: int) -> Iterator[Idle]:
    """The invariants that had nothing to judge."""
    for each in scenario.monitor().invariants:
        name, kinds = type(each).__name__, awaited(each)
        if kinds and not said and Observed in kinds:
            yield Idle("observations", f"{name} judged nothing: nobody said anything", _SAY)
        elif kinds and Observed not in kinds and not any(issubclass(kind, kinds) for kind in said):
            names = " or ".join(kind.__name__ for kind in kinds)
            yield Idle("observations", f"{name} judged nothing: nobody said {names}", _SAY)
        elif goes_by_answers(each) and not answered:
            yield Idle("observations", f"{name} judged nothing: no client was answered", "let the nodes yield Reply(request, ...)")


_SAY = "let the nodes say it, with Observe(...), or leave that invariant out"


def _observations(scenario: Scenario, source: Source, said: set[type]) -> Iterator[Idle]:
    made = [*_made(source, Observe, "observe", 0), *_made_anywhere(source)]
    ready = () if scenario.ready is None else (scenario.ready,)
    for kind in dict.fromkeys((*scenario.progress, *ready, *made)):
        if not any(issubclass(each, kind) for each in said):
            named = "which the scenario waits for" if kind in ready else "which the scenario calls progress"
            why = "although the node's code does make one" if kind in made else named
            yield Idle("observations", f"{kind.__name__} was never said, {why}")


def _faults(scenario: Scenario, coverage: Mapping[str, int], wrote: int) -> Iterator[Idle]:
    budget = widest(scenario, max(scenario.sizes))
    allowed = {
        "crash": (budget.crashes != "none", "no node ever crashed"),
        "restart": (budget.crashes != "none", "no node was ever started again"),
        "drop": (budget.drop, "no message was ever lost"),
        "duplicate": (budget.duplicate, "no message ever arrived twice"),
        "cut": (budget.partition, "no link was ever cut"),
        "complete": (budget.slow_disks, "no disk was ever slow"),
        "disconnect": (budget.disconnect, "no connection ever ended"),
    }
    for word, (may, what) in allowed.items():
        if may and not coverage.get(word):
            yield Idle("faults", what, "the fault budget allows it")
    if wrote and coverage.get("crash") and not coverage.get("crash losing writes"):
        yield Idle(
            "faults",
            "no crash ever lost a write",
            "each was synced by then; FaultBudget(slow_disks=True) lets the power go in between more often",
        )
    parted = any(name.endswith(_PARTED) for name, count in coverage.items() if count)
    if scenario.progress and coverage.get("cut") and not parted:
        wanted = " or ".join(kind.__name__ for kind in scenario.progress)
        yield Idle("faults", f"nobody ever said {wanted} while a link was cut")


# What the node's text says that it makes


def _made(source: Source, effect: type, method: str, place: int) -> list[type]:
    """The types of what is made right where an effect is, or where a method of that name is called, as its argument."""
    found: dict[type, None] = {}
    for module in source.modules.values():
        for call in module.calls():
            is_method = isinstance(call.func, ast.Attribute) and call.func.attr == method
            if (is_method or module.resolve(call.func) is effect) and len(call.args) > place:
                made = call.args[place]
                kind = module.resolve(made.func) if isinstance(made, ast.Call) else None
                if isinstance(kind, type):
                    found[kind] = None
    return list(found)


def _made_anywhere(source: Source) -> list[type]:
    """The types of `splitbrain.observations`, and what derives from them, that are made at all."""
    kinds = [module.resolve(call.func) for module in source.modules.values() for call in module.calls()]
    return list(dict.fromkeys(kind for kind in kinds if isinstance(kind, type) and issubclass(kind, observations.Observation)))
