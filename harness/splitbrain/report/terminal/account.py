"""What a search that found nothing did: whether it means something, by which strategies, and what it exercised."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from textwrap import wrap
from typing import TYPE_CHECKING

from splitbrain.actions import Calm, word
from splitbrain.events import Observed, Replied
from splitbrain.report.clean import CLEAN
from splitbrain.report.terminal.coverage import NODES_DID, side_by_side
from splitbrain.report.terminal.progress import effort
from splitbrain.report.values import counted
from splitbrain.trace.history import OUTCOMES
from splitbrain.trace.readable import value

if TYPE_CHECKING:
    from splitbrain.scenario import Scenario
    from splitbrain.search.tally import Tally

_PROSE = 100  # columns
_KINDS, _KIND = 8, 20  # kinds of commands that are told, and columns of the name of one
_NOT_JUDGED = (
    "No invariant is of kind 'eventually', so that nobody judged whether the fair phases of its calm_bound come to anything: "
    "ClientsAnswered, for instance, demands that clients are answered in them"
)
_NO_BREAK = "\N{NO-BREAK SPACE}"  # a blank at which no line ends


def account(search: Tally, scenario: Scenario, outcome: str) -> str:
    """A search that found nothing: what it exercised. ``outcome`` is ``clean`` or ``vacuous``."""
    verdict = _vacuous(search, scenario) if outcome == "vacuous" else _clean(search, scenario)
    lines = [*verdict, *_budgets(scenario), *_clients(search), *_strategies(search.shares), "", *side_by_side(search.coverage)]
    return "\n".join([*lines, "", "This is a search, not a proof."])


def _vacuous(search: Tally, scenario: Scenario) -> list[str]:
    vacuous = f"{scenario.name}: VACUOUS: no invariant was broken, but"
    if search.missing:
        wanted = " and no ".join(NODES_DID.get(kind.__name__, kind.__name__) for kind in search.missing)
        return [
            f"{vacuous} there were no {wanted}, so nothing was tested.",
            "Give it more steps or a milder fault budget, or look whether the nodes can make progress at all.",
            *(_indented(f"{_listed(list(search.idle))} had nothing to judge.") if search.idle else ()),
            *_namesakes(search.missing, search),
        ]
    if not search.idle:
        return _unsettled(search, vacuous) if search.unsettled else _untried(search, vacuous)
    idle = search.idle
    awaited = list(dict.fromkeys(kind for kinds in idle.values() for kind in kinds))
    said = [kind.__name__ for kind in awaited if kind not in (Observed, Replied)]
    say = f"Let the nodes say it where it becomes true, with Observe({said[0] if said else 'what it watches'}(...))"
    mend = "Let clients ask, and the nodes answer with Reply(request, result)" if awaited == [Replied] else say
    return [
        *_indented(f"{vacuous} {_listed(list(idle))} had nothing to judge."),
        *(line for name, kinds in idle.items() for line in _indented(f"{name}: {_lacking(kinds, search)}.")),
        *_indented(f"{mend}, give the search more steps, or leave out who judges nothing: {_without(list(idle))}."),
        *_namesakes(awaited, search),
    ]


def _unsettled(search: Tally, vacuous: str) -> list[str]:
    """None of its runs could be judged to the end."""
    names = search.unsettled
    return [
        *_indented(f"{vacuous} of no run is known whether it breaks {_listed(names)}."),
        *_indented("; ".join(f"{name}: {search.doubts[name]}" for name in names) + "."),
        *_indented(
            "Let clients ask for what is judged with less effort (fewer requests or sessions, more keys, values that are written "
            f"only once), give the invariant a higher bound, or leave it out: {_without(names)}."
        ),
    ]


def _untried(search: Tally, vacuous: str) -> list[str]:
    """Nothing that could have gone wrong has happened in any of its runs."""
    names = search.untried
    return [
        *_indented(f"{vacuous} no run put {_listed(names)} to the test."),
        *_indented("; ".join(f"{name}: {search.excuses[name]}" for name in names) + "."),
        *_indented(
            "Let clients ask for what can be answered wrongly (the scenario's workload says what they ask), give the search more "
            f"steps, or leave it out: {_without(names)}."
        ),
    ]


def _without(names: Sequence[str]) -> str:
    return f"without={tuple(names)!r}, or --without {','.join(names)}"


def _lacking(kinds: Sequence[type], search: Tally) -> str:
    if list(kinds) != [Replied]:
        return f"nobody said {_any_of(kinds)}"
    asked = sum(search.operations.values())
    refused = search.operations["refused"]
    return f"no client was answered: of {asked:,} operations {refused:,} were refused" if asked else "no client asked for anything"


def _any_of(kinds: Sequence[type]) -> str:
    return " or ".join("anything" if kind is Observed else kind.__name__ for kind in kinds)


def _listed(names: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _namesakes(wanted: Collection[type], search: Tally) -> list[str]:
    """What was said under the same name, and is another type."""
    names = {kind.__name__: kind for kind in wanted}
    return [
        f"What nodes said is {kind.__module__}.{kind.__qualname__}, another type than {meant.__module__}.{meant.__name__}; "
        "derive it from that."
        for kind in search.heard
        if (meant := names.get(kind.__name__)) is not None and not issubclass(kind, meant)
    ]


def _clean(search: Tally, scenario: Scenario) -> list[str]:
    saw = search.saw
    checked = ", ".join(f"{name}{_NO_BREAK}({saw[name]:,})" if saw[name] else name for name in sorted(saw))
    lines = [f"{scenario.name}{CLEAN}{effort(search)}.", *_indented(f"Checked, with the events that each saw: {checked}.")]
    for name, runs in sorted(search.inconclusive.items()):
        unknown = f"{runs:,} of {search.runs:,} runs, of which it is not known whether they break {name}"
        lines += _indented(f"Inconclusive: {unknown}: {search.doubts[name]}.")
    eventual = sorted(type(each).__name__ for each in scenario.monitor().invariants if each.kind == "eventually")
    if eventual and not search.coverage.get(word(Calm)):
        lines += _indented(f"There was no fair phase, and only one can break {_listed(eventual)}: that was not put to the test.")
    if scenario.calm_bound and not eventual:
        lines += _indented(f"{_NOT_JUDGED}.")
    return lines


def _budgets(scenario: Scenario) -> list[str]:
    """What the nemesis may do to whom, where that is not the same for all."""
    own = {role: budget.unlike(scenario.budget) for role, budget in scenario.budgets.items()}
    apart = list(dict.fromkeys(name for each in own.values() for name in each))
    others = {name: getattr(scenario.budget, name) for name in apart}
    told = [f"{whom} {_fields(each)}" for whom, each in (*own.items(), ("others", others)) if each]
    return _indented(f"Fault budgets: {'; '.join(told)}.") if told else []


def _fields(fields: Mapping[str, object]) -> str:
    return ", ".join(f"{name}={value}" for name, value in fields.items())


def _clients(search: Tally) -> list[str]:
    """What became of what clients asked for; by kinds of command, where these have names."""
    if not any(search.operations.values()):
        return []
    answered, refused, unknown = (search.operations[outcome] for outcome in OUTCOMES)
    again = f", {search.resent:,} of them after a resend" if search.resent else ""
    lines = [f"Clients: {counted(answered, 'operation')} answered{again}, {refused:,} refused, {unknown:,} of unknown outcome."]
    totals: Counter[str] = Counter()
    for (kind, _), count in search.commands.items():
        totals[kind] += count
    if totals:
        told = [
            f"{value(kind, _KIND)} {'/'.join(f'{search.commands[kind, outcome]:,}' for outcome in OUTCOMES)}".replace(
                " ", _NO_BREAK
            )
            for kind, _ in sorted(totals.items(), key=lambda each: (-each[1], each[0]))[:_KINDS]
        ]
        told += [f"{len(totals) - _KINDS:,} more kinds"] if len(totals) > _KINDS else []
        lines += [f"    {line}" for line in _indented(f"answered/refused/unknown: {', '.join(told)}.")]
    return lines


def _strategies(shares: Mapping[str, int]) -> list[str]:
    total = sum(shares.values())
    if not total:
        return []
    most_first = sorted(shares.items(), key=lambda each: -each[1])
    told = ", ".join(f"{name} {100 * steps / total:.0f}{_NO_BREAK}%" for name, steps in most_first)
    return _indented(f"Strategies: {told}.")


def _indented(text: str) -> list[str]:
    return [line.replace(_NO_BREAK, " ") for line in wrap(text, _PROSE, subsequent_indent="    ")]
