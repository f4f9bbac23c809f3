"""A counterexample on one screen: what is broken, by which events, in which schedule, and how to replay it."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

from rich.text import Text

from splitbrain.actions import Action, Calm, Disconnect
from splitbrain.cluster.watchdog import WATCHDOG
from splitbrain.declared.roles import roles_of
from splitbrain.events import Failed
from splitbrain.invariant import Invariant, Violation
from splitbrain.report.cells import message_of
from splitbrain.report.lanes import BACK, DOWN, EVIDENCE, Row, rows
from splitbrain.report.terminal.drawing import draw, fold
from splitbrain.report.terminal.size import NARROWEST, SCREEN
from splitbrain.report.values import clip_middle, counted
from splitbrain.report.why import why
from splitbrain.report.wording import words
from splitbrain.scenario import Scenario
from splitbrain.trace.readable import showing, value

if TYPE_CHECKING:
    from splitbrain.counterexample.explanation import Explanation
    from splitbrain.schedule.file import SavedSchedule
    from splitbrain.schedule.header import Header
    from splitbrain.world.run import Run

_EVIDENCE_AT_MOST = 8
_PARTS_AT_MOST = 12  # of a diagnosis
_PART_AT_MOST = 180  # characters
_LEGEND = 3  # lines, with the empty one above
_DIFF = {"-": "red", "+": "green"}
_ASCII = str.maketrans("│╳●◆↻├┤┼─▶◀✗→…·×┬┴┊▽", "|x*!o+++-><x>~;x():v")


def counterexample_text(
    saved: SavedSchedule,
    run: Run,
    path: str | Path | None = None,
    width: int = 100,
    color: bool = False,
    explanation: Explanation | None = None,
    notes: Sequence[str] = (),
) -> str:
    """Everything about a schedule and what came of it, for a terminal of ``width`` columns (at least 60).

    run: of that schedule, with its trace kept. path: where the schedule is saved, for the command that replays it.
    explanation: of that run; it stands below the picture, which fills one screen without it. notes: the last lines.
    """
    with showing(run.setup.scenario.show):
        lines = _lines(saved, run, path, max(width, NARROWEST), explanation)
    return to_string([*lines, *(Text(note) for note in notes)], max(width, NARROWEST), color)


def _lines(saved: SavedSchedule, run: Run, path: str | Path | None, width: int, explanation: Explanation | None) -> list[Text]:
    nodes = run.setup.scenario.nodes(run.setup.size)
    local = run.setup.scenario.self_delivery == "local"
    table = rows(nodes, run.events, run.actions, run.violation, local)
    above = [*_verdict(saved.header, run, width), Text(), *_setup(saved.header, run, width), Text()]
    below = [*_notes(saved, run, width), *_commands(path)]
    drawn = draw(table, nodes, width, SCREEN - len(above) - len(below) - _LEGEND)
    reasons = [] if explanation is None else _reasons(explanation, run, table, width)
    return [*above, *drawn, Text(), *_legend(drawn, table, run.actions, width), *reasons, *below]


def to_string(lines: list[Text], width: int, color: bool) -> str:
    """Lines as they go to a terminal; without colour, plain text."""
    if not color:
        return "\n".join(line.plain.rstrip() for line in lines)
    from rich.console import Console  # noqa: PLC0415 - the larger part of rich, and not needed for plain text

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
    for known, factory in scenario.judges:
        if known == name:
            return factory if isinstance(factory, type) else type(factory())
    return None


def replay_command(path: str | Path) -> str:
    """What to type to run a saved schedule again."""
    return f"splitbrain replay {shlex.quote(str(path))}"


def _verdict(header: Header, run: Run, width: int) -> list[Text]:
    violation = run.violation
    if violation is None:
        return _nothing_broken(header, run, width)
    kind = invariant_named(run.setup.scenario, violation.invariant)
    sentence = "" if kind is None else f": {kind.sentence()}"
    lines = _paragraph(f"{violation.invariant} is broken{sentence}", width, "bold red")
    if kind is not None and kind.source:
        lines += _wrapped("    ", f"({kind.source})", width, "dim")
    lines.append(Text())
    # A diagnosis lists many things; each gets its line, and a list within it is cut.
    for place, part in enumerate(violation.summary.split("; ")[:_PARTS_AT_MOST]):
        lines += _wrapped(" " * 15 if place else "What happened: ", clip_middle(part, _PART_AT_MOST), width)
    for event in violation.evidence:
        if isinstance(event, Failed) and event.how == "hung" and event.node in WATCHDOG.stops:
            lines += _wrapped(" " * 15, f"In this run {WATCHDOG.stops[event.node]}.", width)
    return lines + _evidence(violation, width)


def _nothing_broken(header: Header, run: Run, width: int) -> list[Text]:
    if run.stopped is not None:
        number = len(run.actions) + 1
        return _wrapped(f"This schedule stopped at action {number}: ", run.stopped, width, "bold red")
    lines = [Text("Nothing is broken: this schedule runs to its end.", "bold green")]
    if header.invariant is not None:
        lines += _wrapped("    ", f"It was saved because it broke {header.invariant}.", width)
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
    # A name in a module says which of several scenarios of one name it is.
    name = header.scenario if ":" in header.scenario else setup.scenario.name
    what = f"{setup.scenario.name} with the bug {header.bug}" if header.bug else name
    said = [what, counted(setup.size, "node"), counted(len(run.actions), "action")]
    said += [f"{node} {role}" for node, role in roles_of(setup.scenario, setup.size).items()]
    said += [f"{name}={value(each, 20)}" for name, each in setup.options.items()]
    said += [f"judged by {' '.join(header.only)} alone"] if header.only else []
    said += [f"not judged by {' '.join(header.without)}"] if header.without else []
    lines = _wrapped("Run: ", ", ".join(said), width)
    return lines + (_wrapped("Found: ", header.found, width) if header.found else [])


def _reasons(explanation: Explanation, run: Run, table: Sequence[Row], width: int) -> list[Text]:
    """One paragraph an item, labelled where its kind begins."""
    lines = [Text()]
    last = ""
    for label, text in why(explanation, run, table):
        if not text:
            lines += _paragraph(label, width, "bold")
        elif label in _DIFF:
            lines += _wrapped(f"  {label} ", text, width, _DIFF[label])
        else:
            heading = f"{label}: "
            lines += _wrapped(heading if label != last else " " * len(heading), text, width)
        last = label
    return [*lines, Text()] if len(lines) > 1 else []


def _notes(saved: SavedSchedule, run: Run, width: int) -> list[Text]:
    notes = []
    if run.skipped:
        were = "was" if run.skipped == 1 else "were"
        notes.append(f"{counted(run.skipped, 'action')} of the file {were} not enabled, and left out.")
    left = len(saved.actions) - len(run.actions) - run.skipped
    if left > 0 and run.violation is not None:
        notes.append(f"The file goes on for {counted(left, 'more action')}.")
    if any(isinstance(action, Calm) for action in run.actions):
        notes.append("A fair phase (calm) is one step: … stands for what changed before the last things.")
    return [line for note in notes for line in _wrapped("", note, width, "dim")]


def _legend(drawn: list[Text], table: Sequence[Row], actions: Sequence[Action], width: int) -> list[Text]:
    """Explain what occurs in the table, and nothing else."""
    seen = " ".join(line.plain for line in drawn)
    glyphs = {glyph for row in table for glyph in row.glyphs.values()}
    signs = {
        f"{EVIDENCE} evidence": any(row.evidence for row in table),
        f"{DOWN} down": DOWN in glyphs,
        f"{BACK} starts again": BACK in glyphs,
        "✗ lost": any(row.arrow is not None and row.arrow.lost for row in table),
    }
    key = [meaning for meaning, occurs in signs.items() if occurs and meaning[0] in seen]
    notation = dict.fromkeys(each for row in table for parts in row.cells.values() for part in parts for each in part.notation)
    sent = [each for each in notation if each.startswith("→")]
    key += [each for each in notation if each not in sent]
    key += ["#2: the second such message"] if any(_is_a_later_one(action) for action in actions) and "#2" in seen else []
    key += sent if "→" in seen else []
    key += ["disconnect: loses what is in flight between the two"] if any(isinstance(each, Disconnect) for each in actions) else []
    return _wrapped("", " · ".join(key), width, "dim") if key else []


def _is_a_later_one(action: Action) -> bool:
    message = message_of(action)
    return message is not None and message.ordinal > 1


def _commands(path: str | Path | None) -> list[Text]:
    if path is None:
        return []
    return [
        Text(f"Replay it:  {replay_command(path)}", "bold"),
        Text(f"See it:     splitbrain show {shlex.quote(str(path))}", "dim"),
    ]


def _paragraph(text: str, width: int, style: str = "") -> list[Text]:
    first, *rest = fold(text, width)
    return [Text(first, style), *_wrapped("    ", " ".join(rest), width, style)] if rest else [Text(first, style)]


def _wrapped(label: str, text: str, width: int, style: str = "") -> list[Text]:
    """``label`` and ``text``, which goes on below itself."""
    lines = fold(text, width - len(label))
    return [Text((label if index == 0 else " " * len(label)) + line, style) for index, line in enumerate(lines)]
