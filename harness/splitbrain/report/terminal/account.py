"""What a search did: a line while it goes on, an account at its end; and the list of the museum's exhibits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from textwrap import wrap
from typing import TYPE_CHECKING, Protocol

from splitbrain.report.values import counted

if TYPE_CHECKING:
    from rich.table import Table

    from splitbrain.exhibit import Exhibit
    from splitbrain.scenario import Scenario


class Progress(Protocol):
    """What a search (`splitbrain.search.hunt.Hunt`) tells of itself."""

    @property
    def runs(self) -> int: ...
    @property
    def steps(self) -> int: ...
    @property
    def seconds(self) -> float: ...
    @property
    def coverage(self) -> Mapping[str, int]: ...
    @property
    def shares(self) -> Mapping[str, int]: ...


# What each count of `coverage` counts, in the order in which a reader wants to know it: observations by type, actions by word.
_NODES_DID = {
    "Led": "leaders elected",
    "SteppedDown": "leaders deposed",
    "EnteredTerm": "terms entered",
    "Voted": "votes given",
    "Appended": "entries appended",
    "Truncated": "conflicting entries removed",
    "Committed": "commits",
    "Tracked": "followers' progress noted",
    "Promised": "promises made",
    "Proposed": "proposals",
    "Accepted": "proposals accepted",
    "Decided": "decisions",
    "Applied": "commands applied",
    "Recovered": "starts from disk",
    "AcceptorStarted": "acceptors' starts from disk",
}
_NEMESIS_DID = {
    "deliver": "messages delivered",
    "drop": "messages lost",
    "duplicate": "messages duplicated",
    "cut": "partitions",
    "mend": "partitions healed",
    "crash": "crashes",
    "crash losing writes": "crashes that lost unsynced writes",
    "restart": "restarts",
    "fire": "timers fired",
    "advance": "deadlines passed",
    "complete": "slow disks answered",
    "request": "client requests",
    "calm": "fair phases",
}
_PARTED = " under partition"  # while any link was cut; behind the name of an observation
_CATCHERS = "caught by (shortest known)"


def progress_line(progress: Progress) -> str:
    """A search so far, on one line of about 80 columns."""
    return f"{_effort(progress)}{_headline(progress.coverage)}"


def account(progress: Progress, scenario: Scenario, outcome: str) -> str:
    """A search that found nothing: what it exercised. ``outcome`` is ``clean`` or ``vacuous``."""
    lines = []
    if outcome == "vacuous":
        missing = [kind.__name__ for kind in scenario.progress if not progress.coverage.get(kind.__name__)]
        wanted = " and no ".join(_NODES_DID.get(kind, kind) for kind in missing)
        lines.append(f"{scenario.name}: VACUOUS: no invariant was broken, but there were no {wanted}, so nothing was tested.")
        lines.append("Give it more steps or a milder fault budget, or look whether the nodes can make progress at all.")
    else:
        names = ", ".join(sorted(_invariants(scenario)))
        lines.append(f"{scenario.name}: clean: no invariant was broken in {_effort(progress)}.")
        lines += wrap(f"Checked: {names}.", 100, subsequent_indent="    ")
    if total := sum(progress.shares.values()):
        shares = sorted(progress.shares.items(), key=lambda each: -each[1])
        told = ", ".join(f"{name} {100 * steps / total:.0f} %" for name, steps in shares)
        lines += wrap(f"Strategies: {told}.", 100, subsequent_indent="    ")
    columns = [_column("the nodes", _NODES_DID, progress.coverage, other=True)]
    columns.append(_column("the nemesis", _NEMESIS_DID, progress.coverage, other=False))
    lines += ["", *_side_by_side(columns), "", "This is a search, not a proof."]
    return "\n".join(lines)


def bugs_table(exhibits: Iterable[Exhibit], width: int = 100) -> Table:
    """The museum, one line an exhibit, by protocol: its name, what is wrong, and which invariants may catch it."""
    from rich.box import SIMPLE_HEAD  # noqa: PLC0415 - rich is loaded by whoever prints
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    listed = list(exhibits)
    # A name is there to be typed, and so is shown whole; a title gives way.
    names = max((len(each.id) for each in listed), default=0)
    catchers = max(len(_CATCHERS), *(len(_caught(each)) for each in listed))
    titles = max(width - names - catchers - 8, 20)  # 8: the space around the columns
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("bug", style="bold", no_wrap=True)
    table.add_column("what is wrong", no_wrap=True, max_width=titles)
    table.add_column(_CATCHERS, no_wrap=True)
    shown = ""
    for exhibit in listed:
        if shown and exhibit.protocol != shown:
            table.add_section()
        shown = exhibit.protocol
        table.add_row(Text(exhibit.id), Text(exhibit.title[:1].upper() + exhibit.title[1:]), Text(_caught(exhibit)))
    return table


def _caught(exhibit: Exhibit) -> str:
    if exhibit.control or not exhibit.invariant:
        return "nothing: a correct control"
    first, *others = exhibit.invariant
    shortest = f" ({exhibit.shortest[first]})" if first in exhibit.shortest else ""
    return f"{first}{shortest}" + (f", +{len(others)}" if others else "")


def _invariants(scenario: Scenario) -> list[str]:
    return [factory.__name__ if isinstance(factory, type) else type(factory()).__name__ for factory in scenario.invariants]


def _effort(progress: Progress) -> str:
    rate = f", {progress.steps / progress.seconds:,.0f} steps/s" if progress.seconds >= 0.1 else ""
    return f"{counted(progress.runs, 'run')}, {counted(progress.steps, 'step')}, {progress.seconds:.1f} s{rate}"


def _headline(coverage: Mapping[str, int]) -> str:
    """The two or three counts that tell most: whether anything was reached, and under which faults."""
    reached = [f"{_short(coverage[kind])} {_NODES_DID[kind]}" for kind in ("Led", "Decided", "Committed") if coverage.get(kind)]
    if coverage.get("crash"):
        reached.append(f"{_short(coverage['crash'])} crashes")
    return f"; {', '.join(reached)}" if reached else ""


def _short(number: int) -> str:
    """1234567 as ``1.2M``."""
    for unit, size in (("M", 1_000_000), ("k", 1_000)):
        if number >= 10 * size:
            return f"{number // size}{unit}"
        if number >= size:
            return f"{number / size:.1f}{unit}"
    return str(number)


def _column(title: str, names: Mapping[str, str], coverage: Mapping[str, int], other: bool) -> list[str]:
    counts = [
        (f"{meaning}{suffix}", coverage[f"{kind}{suffix}"])
        for kind, meaning in names.items()
        for suffix in ("", _PARTED)
        if coverage.get(f"{kind}{suffix}")
    ]
    if other:
        known = _NODES_DID | _NEMESIS_DID
        counts += sorted((kind, count) for kind, count in coverage.items() if kind.removesuffix(_PARTED) not in known)
    figures = max((len(f"{count:,}") for _, count in counts), default=0)
    return [title, *(f"  {count:>{figures},} {meaning}" for meaning, count in counts)]


def _side_by_side(columns: list[list[str]]) -> list[str]:
    left, right = columns
    width = max(map(len, left)) + 4
    height = max(len(left), len(right))
    left, right = ([*column, *[""] * (height - len(column))] for column in (left, right))
    return [f"{one:<{width}}{other}".rstrip() for one, other in zip(left, right, strict=True)]
