"""What a search that found nothing did: whether it means something, by which strategies, and what it exercised."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import wrap
from typing import TYPE_CHECKING

from splitbrain.report.clean import CLEAN
from splitbrain.report.terminal.coverage import NODES_DID, side_by_side
from splitbrain.report.terminal.progress import Search, effort

if TYPE_CHECKING:
    from splitbrain.scenario import Scenario

_PROSE = 100  # columns


def account(search: Search, scenario: Scenario, outcome: str) -> str:
    """A search that found nothing: what it exercised. ``outcome`` is ``clean`` or ``vacuous``."""
    verdict = _vacuous(search, scenario) if outcome == "vacuous" else _clean(search, scenario)
    lines = [*verdict, *_strategies(search.shares), "", *side_by_side(search.coverage), "", "This is a search, not a proof."]
    return "\n".join(lines)


def _vacuous(search: Search, scenario: Scenario) -> list[str]:
    missing = [kind.__name__ for kind in scenario.progress if not search.coverage.get(kind.__name__)]
    wanted = " and no ".join(NODES_DID.get(kind, kind) for kind in missing)
    return [
        f"{scenario.name}: VACUOUS: no invariant was broken, but there were no {wanted}, so nothing was tested.",
        "Give it more steps or a milder fault budget, or look whether the nodes can make progress at all.",
    ]


def _clean(search: Search, scenario: Scenario) -> list[str]:
    checked = ", ".join(sorted(_invariants(scenario)))
    return [f"{scenario.name}{CLEAN}{effort(search)}.", *_indented(f"Checked: {checked}.")]


def _strategies(shares: Mapping[str, int]) -> list[str]:
    total = sum(shares.values())
    if not total:
        return []
    most_first = sorted(shares.items(), key=lambda each: -each[1])
    told = ", ".join(f"{name} {100 * steps / total:.0f} %" for name, steps in most_first)
    return _indented(f"Strategies: {told}.")


def _indented(text: str) -> list[str]:
    return wrap(text, _PROSE, subsequent_indent="    ")


def _invariants(scenario: Scenario) -> list[str]:
    return [factory.__name__ if isinstance(factory, type) else type(factory()).__name__ for factory in scenario.invariants]
