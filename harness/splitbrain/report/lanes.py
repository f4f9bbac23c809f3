"""A trace as rows, one a step: when it was, which node acted, what changed where, which message went from whom to whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from splitbrain.actions import Action, Connect, Cut, Deliver, Disconnect, Drop, Duplicate, Mend
from splitbrain.events import Acted, Crashed, Event, Failed, Started
from splitbrain.invariant import Violation
from splitbrain.node import NodeId
from splitbrain.report.actions import action_words
from splitbrain.report.cells import CellReader, Cells, Weight, message_of

# What a lane looks like at a step.
UP, DOWN, ACTS, EVIDENCE, BACK = "│", "╳", "●", "◆", "↻"


@dataclass(frozen=True)
class Arrow:
    """A message that arrived, or (``lost``) never will."""

    sender: NodeId
    receiver: NodeId
    lost: bool


@dataclass(frozen=True)
class Row:
    """One step of the schedule; or several, up to ``last``. time: in virtual ms, at the last of them."""

    step: int
    action: str
    glyphs: dict[NodeId, str]
    cells: Cells
    arrow: Arrow | None
    evidence: bool
    time: int = 0
    last: int | None = None

    @property
    def number(self) -> str:
        """The step, or the first and the last of them."""
        return str(self.step) if self.last is None else f"{self.step}-{self.last}"

    @property
    def idle(self) -> bool:
        """Whether no node did anything that can be seen."""
        still = all(glyph in (UP, DOWN, ACTS) for glyph in self.glyphs.values())
        return still and self.arrow is None and all(part.weight is Weight.IDLE for parts in self.cells.values() for part in parts)


def rows(
    nodes: Sequence[NodeId], events: Sequence[Event], actions: Sequence[Action], violation: Violation | None, local: bool = False
) -> list[Row]:
    """One row for each action; row 0, the first start of all nodes, only if something conflicting or broken happened there.

    local: what a node sends to itself arrives in the same step.
    """
    evidence = () if violation is None else violation.evidence

    def is_evidence(event: Event) -> bool:
        return any(event is each or (event.step == each.step and event == each) for each in evidence)

    reader = CellReader(actions, is_evidence, local)
    by_step: dict[int, list[Event]] = {}
    for event in events:
        by_step.setdefault(event.step, []).append(event)
    down = dict.fromkeys(nodes, False)
    read = []
    time = 0
    for step, action in enumerate((None, *actions)):
        happened = by_step.get(step, [])
        time = next((event.time for event in happened if isinstance(event, Acted)), time)
        back = _ups_and_downs(happened, down) if step else {}
        cells = reader.cells(action, happened, down)
        evident = any(is_evidence(event) for event in happened)
        glyphs = _glyphs(nodes, action, cells, down, back)
        words = "every node starts" if action is None else action_words(action)
        if step or evident or any(isinstance(event, Failed) for event in happened):
            arrow = None if reader.notice(action) else _arrow(action)
            read.append(Row(step, words, glyphs, cells, arrow, evident, time))
        if not step:
            _ups_and_downs(happened, down)
    return read


def folded(rows: Sequence[Row]) -> list[Row]:
    """The same with runs of one idle action as one row: ``advance ×12``."""
    kept: list[Row] = []
    for idle, run in groupby(rows, lambda row: row.action if row.idle else None):
        first, *others = run
        if idle is None or not others:
            kept += [first, *others]
        else:
            last = others[-1]
            kept.append(replace(last, step=first.step, action=f"{idle} ×{len(others) + 1}", cells={}, last=last.step))
    return kept


def dated(rows: Sequence[Row]) -> list[Row]:
    """The same with the virtual time, where it has moved, behind the action: ``fire n1 election @150 ms``."""
    before = [0, *(row.time for row in rows)]
    return [
        row if row.time == last else replace(row, action=f"{row.action} @{row.time} ms")
        for row, last in zip(rows, before, strict=False)
    ]


def _ups_and_downs(events: Sequence[Event], down: dict[NodeId, bool]) -> dict[NodeId, bool]:
    """Follow who is down, in place; returns who came back."""
    back: dict[NodeId, bool] = {}
    for event in events:
        if isinstance(event, Started):
            back[event.node] = down[event.node]
            down[event.node] = False
        elif isinstance(event, (Crashed, Failed)):
            down[event.node] = True
    return back


def _glyphs(
    nodes: Sequence[NodeId], action: Action | None, cells: Cells, down: dict[NodeId, bool], back: dict[NodeId, bool]
) -> dict[NodeId, str]:
    # What happens to messages and links, no node takes part in.
    outside = isinstance(action, (Cut, Mend, Disconnect, Connect, Drop, Duplicate))
    glyphs = {}
    for node in nodes:
        parts = cells.get(node, [])
        if any(part.weight is Weight.EVIDENCE for part in parts):
            glyphs[node] = EVIDENCE
        elif down[node]:
            glyphs[node] = DOWN
        elif back.get(node):
            glyphs[node] = BACK
        else:
            glyphs[node] = ACTS if (action is not None and node == action.actor) or (parts and not outside) else UP
    return glyphs


def _arrow(action: Action | None) -> Arrow | None:
    message = message_of(action)
    if message is None or isinstance(message, Duplicate) or message.sender == message.receiver:
        return None
    return Arrow(message.sender, message.receiver, lost=not isinstance(message, Deliver))
