"""The values of a scenario's options, and of whatever else it names values of, by their texts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from splitbrain.scenario import Scenario
from splitbrain.trace.saving import NoText, same, text


def option_texts(scenario: Scenario, name: str) -> Mapping[bytes, Any]:
    """The values of one of the scenario's options, by their text. Raises `ScenarioError` where not each has one of its own."""
    return texts(scenario, f"option {name!r}", scenario.options[name], "the factory")


def texts(scenario: Scenario, what: str, values: tuple[Any, ...], whom: str) -> Mapping[bytes, Any]:
    """The values of ``what``, which ``whom`` is given, by their text. Raises `ScenarioError` where not each has one of its own."""
    found: dict[bytes, Any] = {}
    for value in values:
        try:
            written = text(value)
        except NoText as why:
            raise scenario.blame(
                f"{what} has a value that no schedule file can hold: {why}; let its values be plain data (a name, say), "
                f"and {whom} make of them what it needs"
            ) from None
        if not same(found.setdefault(written, value), value):
            raise scenario.blame(
                f"{what} has the values {found[written]!r:.40} and {value!r:.40}, which are both {written.decode():.40} "
                "in a schedule file; leave one out, or give it a name of its own"
            )
    return found


def check_options(scenario: Scenario) -> None:
    """Raise `ScenarioError` for an option with a value that a file could not give back as it is."""
    for name, values in scenario.options.items():
        for value in values:
            if type(value) not in PLAIN:
                option_texts(scenario, name)
                break


PLAIN = (str, bool, int, type(None))  # types whose values JSON gives back as they are
