"""A counterexample on one screen: what is broken, by which events, in which schedule, and how to replay it."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.text import Text

from harness.actions import Calm
from harness.invariant import Invariant, KeepsContract, Violation
from harness.report.drawing import draw, fold
from harness.report.lanes import ACTS, BACK, DOWN, EVIDENCE, Row, rows
from harness.report.wording import value, words
from harness.scenario import Scenario

if TYPE_CHECKING:
    from harness.run import Run
    from harness.schedule import Header, SavedSchedule

NARROWEST = 60
SCREEN = 40  # lines
_EVIDENCE_AT_MOST = 8
_ASCII = str.maketrans("│╳●◆↻├┤┼─▶◀✗→←…", "|x*!o+++-><x><~")


def counterexample_text(
    saved: SavedSchedule, run: Run, path: str | Path | None = None, width: int = 100, color: bool = False
) -> str:
    """Everything about a schedule and what came of it, for a terminal of ``width`` columns (at least 60).

    run: of that schedule, with its trace kept. path: where the schedule is saved, for the command that replays it.
    """
    width = max(width, NARROWEST)
    nodes = run.setup.scenario.nodes(run.setup.size)
    table = rows(nodes, run.events, run.actions, run.violation)
    above = [*_verdict(saved.header, run, width), Text(), *_setup(saved.header, run, width), Text()]
    below = [Text(), *_notes(saved, run, width), *_legend(table, width), *_commands(path)]
    drawn = draw(table, nodes, width, SCREEN - len(above) - len(below))
    return to_string([*above, *drawn, *below], width, color)


def to_string(lines: list[Text], width: int, color: bool) -> str:
    """Lines as they go to a terminal; without colour, plain text."""
    if not color:
        return "\n".join(line.plain.rstrip() for line in lines)
    out = StringIO()
    console = Console(
        file=out, force_terminal=True, color_system="standard", width=width, legacy_windows=False, _environ={}, highlight=False
    )
    for line in lines:
        console.print(line, no_wrap=True, overflow="ignore", crop=False, soft_wrap=True)
    return out.getvalue().rstrip("\n")


def ascii_only(text: str) -> str:
    """The same picture for a terminal or a file that has no Unicode."""
    return text.translate(_ASCII).encode("ascii", "replace").decode("ascii")


def invariant_named(scenario: Scenario, name: str) -> type[Invariant] | None:
    """The class of the invariant that ``scenario`` checks under this name."""
    if name == KeepsContract.__name__:
        return KeepsContract
    for factory in scenario.invariants:
        kind = factory if isinstance(factory, type) else type(factory())
        if kind.__name__ == name:
            return kind
    return None


def _verdict(header: Header, run: Run, width: int) -> list[Text]:
    violation = run.violation
    if violation is None:
        return _nothing_broken(header, run, width)
    kind = invariant_named(run.setup.scenario, violation.invariant)
    lines = _wrapped(f"{violation.invariant} is broken: ", "" if kind is None else kind.sentence(), width, "bold red")
    if kind is not None and kind.source:
        lines += _indented(f"({kind.source})", width, "dim")
    lines += [Text(), *_wrapped("What happened: ", violation.summary, width)]
    return lines + _evidence(violation, width)


def _nothing_broken(header: Header, run: Run, width: int) -> list[Text]:
    if run.stopped is not None:
        number = len(run.actions) + 1
        return _wrapped(f"This schedule stopped at action {number}: ", run.stopped, width, "bold red")
    lines = [Text("Nothing is broken: this schedule runs to its end.", "bold green")]
    if header.invariant is not None:
        lines += _indented(f"It was saved because it broke {header.invariant}.", width)
    return lines


def _evidence(violation: Violation, width: int) -> list[Text]:
    lines = []
    for event in violation.evidence[:_EVIDENCE_AT_MOST]:
        label = f"  {EVIDENCE} step {event.step:<3} "
        lines += _wrapped(label, words(event), width, "red")
    left = len(violation.evidence) - _EVIDENCE_AT_MOST
    return [*lines, Text(f"  and {left} more")] if left > 0 else lines


def _setup(header: Header, run: Run, width: int) -> list[Text]:
    setup = run.setup
    what = f"{setup.scenario.name} with the bug {header.bug}" if header.bug else setup.scenario.name
    count = len(run.actions)
    said = [what, f"{setup.size} node{'' if setup.size == 1 else 's'}", *_options(setup.options)]
    said.append(f"{count} action{'' if count == 1 else 's'}")
    lines = _wrapped("Run: ", ", ".join(said), width)
    return lines + (_wrapped("Found: ", header.found, width) if header.found else [])


def _options(options: Mapping[str, Any]) -> list[str]:
    return [f"{name}={value(each, 20)}" for name, each in options.items()]


def _notes(saved: SavedSchedule, run: Run, width: int) -> list[Text]:
    notes = []
    if run.skipped:
        notes.append(f"{run.skipped} actions of the file were not enabled, and are left out.")
    left = len(saved.actions) - len(run.actions) - run.skipped
    if left > 0 and run.violation is not None:
        notes.append(f"The file goes on for {left} more actions.")
    if any(isinstance(action, Calm) for action in run.actions):
        notes.append("A fair phase is one step: of each node it shows the last things that changed.")
    return [line for note in notes for line in _wrapped("", note, width, "dim")]


def _legend(table: list[Row], width: int) -> list[Text]:
    """Explain what occurs, and nothing else."""
    glyphs = {glyph for row in table for glyph in row.glyphs.values()}
    texts = [part.text for row in table for parts in row.cells.values() for part in parts]
    key = [f"{ACTS} acts"] if ACTS in glyphs else []
    key += [f"{EVIDENCE} in conflict"] if EVIDENCE in glyphs else []
    key += [f"{DOWN} down"] if DOWN in glyphs else []
    key += [f"{BACK} starts again"] if BACK in glyphs else []
    all_words = [word for text in texts for word in text.split()]
    key += ["t2: term 2"] if any(_numbered(word, "t") for word in all_words) else []
    key += ["1:t2 v: entry 1 of the log, v of term 2"] if any(":t" in word for word in all_words) else []
    key += ["b2.n1: ballot 2 of n1"] if any(_numbered(word, "b") for word in all_words) else []
    key += ["→n1 sends to n1 what a later step handles"] if any(text.startswith("→") for text in texts) else []
    return _wrapped("", "   ".join(key), width, "dim") if key else []


def _numbered(word: str, letter: str) -> bool:
    return word[:1] == letter and word[1:2].isdigit()


def _commands(path: str | Path | None) -> list[Text]:
    if path is None:
        return []
    name = shlex.quote(str(path))
    return [Text(f"Replay it:  splitbrain replay {name}", "bold"), Text(f"See it:     splitbrain show {name}", "dim")]


def _indented(text: str, width: int, style: str = "") -> list[Text]:
    return _wrapped("    ", text, width, style)


def _wrapped(label: str, text: str, width: int, style: str = "") -> list[Text]:
    """``label`` and ``text``, which goes on below itself."""
    lines = fold(text, width - len(label))
    return [Text((label if index == 0 else " " * len(label)) + line, style) for index, line in enumerate(lines)]
