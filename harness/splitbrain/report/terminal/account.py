"""What a search that found nothing did: whether it means something, by which strategies, and what it exercised."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from textwrap import wrap
from typing import TYPE_CHECKING

from splitbrain.actions import Calm, word
from splitbrain.events import Observed
from splitbrain.report.clean import CLEAN
from splitbrain.report.terminal.coverage import NODES_DID, side_by_side
from splitbrain.report.terminal.progress import effort

if TYPE_CHECKING:
    from splitbrain.scenario import Scenario
    from splitbrain.search.tally import Tally

_PROSE = 100  # columns
_NO_BREAK = "\N{NO-BREAK SPACE}"  # a blank at which no line ends


def account(search: Tally, scenario: Scenario, outcome: str) -> str:
    """A search that found nothing: what it exercised. ``outcome`` is ``clean`` or ``vacuous``."""
    verdict = _vacuous(search, scenario) if outcome == "vacuous" else _clean(search, scenario)
    lines = [*verdict, *_strategies(search.shares), "", *side_by_side(search.coverage), "", "This is a search, not a proof."]
    return "\n".join(lines)


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
    idle = search.idle
    awaited = list(dict.fromkeys(kind for kinds in idle.values() for kind in kinds))
    said = next((kind.__name__ for kind in awaited if kind is not Observed), "what it watches")
    return [
        *_indented(f"{vacuous} {_listed(list(idle))} had nothing to judge."),
        *(line for name, kinds in idle.items() for line in _indented(f"{name}: nobody said {_any_of(kinds)}.")),
        *_indented(
            f"Let the nodes say it where it becomes true, with Observe({said}(...)), give the search more steps, or leave out "
            f"who judges nothing: without={tuple(idle)!r}, or --without {','.join(idle)}."
        ),
        *_namesakes(awaited, search),
    ]


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
    eventual = sorted(type(each).__name__ for each in scenario.monitor().invariants if each.kind == "eventually")
    if eventual and not search.coverage.get(word(Calm)):
        lines += _indented(f"There was no fair phase, and only one can break {_listed(eventual)}: that was not put to the test.")
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
