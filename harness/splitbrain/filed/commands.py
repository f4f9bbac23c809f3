"""What clients ask for, as schedule files know it.

A request in a file asks for what has its text: of the workload's commands the one of its own number (r7, or calm-7, asks for
the seventh), else any other; and where the workload has none such, for the text as JSON reads it. Where the scenario has a
`Workload`, that one's ``commands`` says what JSON becomes, and else JSON does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any, TypeAlias

import msgspec
from msgspec import structs

from splitbrain.actions import Request
from splitbrain.errors import ScenarioError
from splitbrain.scenario import PAYLOADS, Scenario
from splitbrain.trace.saving import NoText, same, text, text_or_none

_KNOWN = 1_000  # of how many commands at most the texts are known: a search asks for less
# What searches call their requests, and fair phases theirs: of session calm-4000 the first asks for the 4001st command.
_NUMBERED = re.compile(r"r(\d{1,18})|calm-(\d{1,18})(?:\.(\d{1,18}))?")
_SHORT = 4_096  # characters of a text about which there is nothing to find out


def number_of(request: Request) -> int | None:
    """Which of the workload's requests it is, by its name; None: somebody has named it."""
    match = _NUMBERED.fullmatch(request.id)
    return None if match is None else int(match[1] or match[2]) + int(match[3] or 0)


def recalled(scenario: Scenario, request: Request) -> Request:
    """A request as it was before it was saved: what it asks for is as the workload makes it.

    Raises `ScenarioError` for a text that two of the workload's commands have, or that is none of its commands, and `NoText` for
    what is no text.
    """
    if scenario.workload is not None:
        kind = _commands_of(scenario)
        return request if kind is None else structs.replace(request, command=_typed(scenario, request, kind))
    odd = _odd_of(scenario)
    return request if not odd else structs.replace(request, command=_recalled(scenario, request, odd))


def check(scenario: Scenario, request: Request) -> None:
    """Raise `ScenarioError` for a request that a file could not give back as it is."""
    command = request.command
    plain = command is None or (type(command) is str and command.isascii() and len(command) <= _SHORT)
    drawn = scenario.workload is not None
    if plain and not (_commands_of(scenario) if drawn else _odd_of(scenario)):
        return  # most of them: this is asked of every request of every run
    try:
        written = msgspec.json.decode(text(command))
    except NoText as why:
        raise _blame(scenario, request, f"can be in no schedule file, for it holds {why}; let commands be {why.remedy}") from None
    again = recalled(scenario, structs.replace(request, command=written)).command
    if not same(again, command):
        remedy = f"{_OF_TYPES}, or ask" if drawn else "ask for what commands(n) returns, or"
        raise _blame(scenario, request, f"would come back from a schedule file as {again!r:.80}; {remedy} for {NoText.remedy}")


def _blame(scenario: Scenario, request: Request, why: str) -> ScenarioError:
    try:
        command = f"{request.command!r:.60}"
    except RecursionError:
        command = f"a {type(request.command).__name__}"
    return scenario.blame(f"the command of request {request.node} {request.id}, {command}, {why}")


_OF_TYPES = "let an attribute `commands` of the workload say what JSON becomes (commands = tuple, or Get | Put)"


def _commands_of(scenario: Scenario) -> Any:
    """The type that a workload gives its commands; None where they are as JSON reads them."""
    return getattr(scenario.workload, "commands", None)


def _typed(scenario: Scenario, request: Request, kind: Any) -> Any:
    written = text(request.command)
    try:
        return msgspec.json.decode(written, type=kind)
    except msgspec.ValidationError as error:
        raise _blame(
            scenario,
            request,
            f"is none of its workload's `commands` ({error}); ask for one of them, or let `commands` name it, too",
        ) from None
    except (TypeError, RuntimeError) as error:
        raise scenario.blame(
            f"its workload has commands = {kind!r:.80}, which is no type that msgspec knows ({error}), but says what the JSON of a "
            "command becomes; write commands = tuple, or Get | Put, of tagged structs; or, if it is no such thing, rename it"
        ) from error


def _recalled(scenario: Scenario, request: Request, odd: Mapping[bytes, list[Any]]) -> Any:
    wanted = text(request.command)
    number = number_of(request)
    if number is not None:
        for command in _forms(scenario.command, number):
            if text_or_none(command) == wanted:
                return command
    found = odd.get(wanted, [])
    if len(found) > 1:
        raise scenario.blame(
            f"its commands {found[0]!r:.40} and {found[1]!r:.40} are both {wanted.decode():.40} in a schedule file, so that "
            f"request {request.node} {request.id} may be for either; call it by its number (r1 asks for the first command), "
            "or make commands that differ as JSON"
        )
    return found[0] if found else request.command


_Command: TypeAlias = Callable[[int, int], Any]  # by its number, made longer by so much


def _odd_of(scenario: Scenario) -> Mapping[bytes, list[Any]]:
    return _odd(scenario.command, scenario.requests)  # a bound method: one for each scenario


@lru_cache(maxsize=32)
def _odd(command: _Command, requests: int) -> Mapping[bytes, list[Any]]:
    """By their text, those commands of a workload that JSON would make something else of; empty for most workloads."""
    found: dict[bytes, list[Any]] = {}
    for number in range(1, min(64 + 10 * requests, _KNOWN) + 1):
        for form in _forms(command, number):
            if type(form) is str:
                break  # and so is what is longer
            written = text_or_none(form)
            if written is not None and not any(same(form, each) for each in found.get(written, ())):
                found.setdefault(written, []).append(form)
    return {written: each for written, each in found.items() if len(each) > 1 or not same(msgspec.json.decode(written), each[0])}


def _forms(command: _Command, number: int) -> Iterator[Any]:
    """The n-th command, and as long as a search may make it; nothing where the workload has no n-th one."""
    try:
        yield from (command(number, size) for size in (0, *PAYLOADS))
    except (Exception, SystemExit):  # noqa: BLE001 - the user's workload may end anywhere; whoever asks for that number tells of it
        return
