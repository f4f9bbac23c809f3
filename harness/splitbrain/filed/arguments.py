"""The arguments of control operations, as schedule files know them.

Where the scenario names the arguments, a text is that of them which has it; what a function draws must be what JSON makes of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import structs

from splitbrain.actions import Operate
from splitbrain.errors import ScenarioError
from splitbrain.filed.options import PLAIN, texts
from splitbrain.scenario import Scenario
from splitbrain.trace.saving import NoText, same, text


def check(scenario: Scenario, action: Operate) -> None:
    """Raise `ScenarioError` for an operation that a file could not give back as it is."""
    argument = action.argument
    if argument is None:
        return
    try:
        written = msgspec.json.decode(text(argument))
    except NoText as why:
        raise _blame(scenario, action, f"can be in no schedule file, for it holds {why}; let it be {why.remedy}") from None
    again = recalled(scenario, structs.replace(action, argument=written)).argument
    if not same(again, argument):
        raise _blame(
            scenario,
            action,
            f"would come back from a schedule file as {again!r:.80}; name it among the arguments of the operation, "
            f"or let it be {NoText.remedy}",
        )


def check_operations(scenario: Scenario) -> None:
    """Raise `ScenarioError` for an operation with an argument that a file could not give back as it is."""
    for operation, arguments in scenario.operations.items():
        if not callable(arguments) and any(type(argument) not in PLAIN for argument in arguments):
            _texts(scenario, operation, arguments)


def recalled(scenario: Scenario, action: Operate) -> Operate:
    """An operation as it was before it was saved: its argument is as the scenario has it."""
    arguments = scenario.operations.get(action.operation, ())
    if callable(arguments) or all(type(argument) in PLAIN for argument in arguments):
        return action
    found = _texts(scenario, action.operation, arguments)
    return structs.replace(action, argument=found.get(text(action.argument), action.argument))


def _texts(scenario: Scenario, operation: str, arguments: tuple[Any, ...]) -> Mapping[bytes, Any]:
    return texts(scenario, f"operation {operation!r}", arguments, "the node")


def _blame(scenario: Scenario, action: Operate, why: str) -> ScenarioError:
    try:
        argument = f"{action.argument!r:.60}"
    except RecursionError:
        argument = f"a {type(action.argument).__name__}"
    return scenario.blame(f"the argument of operation {action.node} {action.operation}, {argument}, {why}")
