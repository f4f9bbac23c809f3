"""An exhibit's story: what went wrong, where, what catches it; and its shortest schedule, drawn and explained."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from splitbrain.report.terminal.drawing import fold
from splitbrain.report.terminal.screen import counterexample_text, invariant_named, to_string
from splitbrain.report.terminal.size import as_typed

if TYPE_CHECKING:
    from splitbrain.counterexample.explanation import Explanation
    from splitbrain.exhibit import Exhibit
    from splitbrain.schedule.file import SavedSchedule
    from splitbrain.world.run import Run

_READABLE = 92  # columns of prose
_LABEL = 12
_CONTROL = (
    "A control: it looks like a bug and is none, so every run of it keeps every invariant, and no hunt may find anything. "
    "A violation here would be a false alarm of the harness."
)


def story_text(
    exhibit: Exhibit,
    saved: SavedSchedule | None,
    run: Run | None,
    width: int = 100,
    color: bool = False,
    explanation: Explanation | None = None,
) -> str:
    """The story for a terminal of ``width`` columns (at least 60); run: of its saved schedule, with its trace kept.

    explanation: of that run.
    """
    told = to_string(_told(exhibit, saved is not None, width), width, color)
    if saved is None or run is None:
        return told
    path = None if saved.path is None else as_typed(saved.path)
    shown = counterexample_text(saved, run, path, width, color, explanation)
    return f"{told}\n\n{shown}\n{_hunt(exhibit, color)}"


def _told(exhibit: Exhibit, shown: bool, width: int) -> list[Text]:
    prose = min(width, _READABLE)
    lines = [_head(exhibit, prose), *_fold(exhibit.title[:1].upper() + exhibit.title[1:], prose), Text("─" * prose, "dim")]
    for paragraph in [exhibit.mechanism, *exhibit.story.split("\n\n")]:
        lines += [*_fold(paragraph, prose), Text()] if paragraph.strip() else []
    if exhibit.control:
        lines += [*_fold(_CONTROL, prose), Text()]
    else:
        lines += _labelled("Caught by", ", ".join(exhibit.invariant), prose)
        lines += _labelled("Shortest", _shortest(exhibit), prose) if exhibit.shortest else []
        if not shown:  # what broke is told with a schedule
            for name in exhibit.invariant:
                kind = invariant_named(exhibit.scenario, name)
                lines += [] if kind is None else _labelled("", f"{name}: {kind.sentence()} ({kind.source})", prose)
    lines += _labelled("Needs", exhibit.faults, prose) if exhibit.faults else []
    return lines + _labelled("Source", exhibit.source, prose)


def _head(exhibit: Exhibit, width: int) -> Text:
    left = max(width - len(exhibit.id) - len(exhibit.protocol), 1)
    return Text.assemble((exhibit.id, "bold"), " " * left, (exhibit.protocol, "dim"))


def _shortest(exhibit: Exhibit) -> str:
    known = sorted(exhibit.shortest.items(), key=lambda each: (each[1], each[0]))
    return f"{', '.join(f'{actions} actions to {name}' for name, actions in known)} (exhaustive search)"


def _hunt(exhibit: Exhibit, color: bool) -> str:
    return to_string([Text(f"Hunt it:    splitbrain hunt {exhibit.protocol} --bug {exhibit.id}", "dim")], 200, color)


def _labelled(label: str, text: str, width: int) -> list[Text]:
    lines = []
    for place, line in enumerate(fold(text, width - _LABEL)):
        lines.append(Text.assemble((f"{'' if place else label:<{_LABEL}}", "bold"), line))
    return lines


def _fold(text: str, width: int) -> list[Text]:
    return [Text(line) for line in fold(text, width)]
