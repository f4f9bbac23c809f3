"""Rows drawn as one table: numbered steps, actions, and a lane for each node, in a given number of columns and lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from rich.cells import cell_len, chop_cells, set_cell_size
from rich.text import Text

from splitbrain.node import NodeId
from splitbrain.report.cells import Part, Weight
from splitbrain.report.lanes import ACTS, BACK, DOWN, EVIDENCE, UP, Row

_WIDE = 15  # the least columns of words for which a lane holds its own; below, words go into one column behind the lanes
_WIDEST = 40
_NARROW_PITCH = 3
_TALLEST = 5  # lines that one step may take
_STYLES = {Weight.EVIDENCE: "bold red", Weight.CHANGE: "", Weight.CONTENTS: "dim", Weight.DETAIL: "dim"}
_GLYPH_STYLES = {EVIDENCE: "bold red", DOWN: "red", BACK: "green", ACTS: "bold cyan", UP: "dim"}

_Word = tuple[str, str]  # text, style


@dataclass(frozen=True)
class Layout:
    """Where the columns are."""

    nodes: tuple[NodeId, ...]
    number: int  # columns of the step numbers
    action: int  # columns of the actions
    pitch: int  # columns from one lane to the next; 0 when there are too many nodes for lanes
    words: int  # columns of the words of a lane, or of the column behind the lanes
    in_lanes: bool

    def x(self, node: NodeId) -> int:
        """Where the lane of ``node`` is."""
        return self.number + self.action + 4 + self.nodes.index(node) * self.pitch

    @property
    def behind(self) -> int:
        """Where the column of words is when the lanes hold none."""
        return self.number + self.action + 4 + len(self.nodes) * self.pitch


def draw(rows: Sequence[Row], nodes: Sequence[NodeId], width: int, lines: int) -> list[Text]:
    """The table, ``width`` columns wide; details, and then the contents of messages, are left out for the sake of ``lines``."""
    layout = _layout(rows, tuple(nodes), width)
    table = [_head(layout, width)]
    for detail in (Weight.DETAIL, Weight.CONTENTS, Weight.CHANGE):
        heights = [_height(row, layout, detail) for row in rows]
        if sum(heights) < lines:
            break
    for row, height in zip(rows, heights, strict=True):
        # Where contents have no lines of their own, they use what room there is.
        table += _row(row, layout, _columns(row, layout, max(detail, Weight.CONTENTS)), width, height)
    return table


def fold(text: str, width: int) -> list[str]:
    """Plain text in lines of at most ``width`` columns, at least one."""
    words = [piece for word in text.split() for piece in chop_cells(word, width)]
    return [" ".join(word for word, _ in line) for line in _wrap([(word, "") for word in words], width)]


def _layout(rows: Sequence[Row], nodes: tuple[NodeId, ...], width: int) -> Layout:
    number = max(4, len(str(rows[-1].step)) if rows else 0)
    longest = max((cell_len(row.action) for row in rows), default=6)
    action = max(min(longest, width * 38 // 100), 6)
    room = width - number - action - 4
    pitch = min(room // len(nodes), _WIDEST)
    if pitch - 3 >= _WIDE:
        return Layout(nodes, number, action, pitch, pitch - 3, in_lanes=True)
    # One line a step is worth more than a lane's own words.
    action = max(min(longest, width * 42 // 100), 6)
    room = width - number - action - 4
    pitch = _NARROW_PITCH if room - len(nodes) * _NARROW_PITCH >= _WIDE else 0
    return Layout(nodes, number, action, pitch, room - len(nodes) * pitch, in_lanes=False)


def _height(row: Row, layout: Layout, detail: Weight) -> int:
    columns = _columns(row, layout, detail).values()
    lines = [len(_wrap(words, layout.words)) for words in columns] + [len(_wrap([(row.action, "")], layout.action))]
    return min(max(lines), _TALLEST)


def _columns(row: Row, layout: Layout, detail: Weight) -> dict[NodeId, list[_Word]]:
    """The words of each lane; with all of them under the first node when they stand behind the lanes."""
    cells = {
        node: _words(kept) for node in layout.nodes if (kept := [part for part in row.cells.get(node, ()) if part.weight <= detail])
    }
    if layout.in_lanes or not cells:
        return cells
    behind: list[_Word] = []
    for node, words in cells.items():
        if behind:
            behind[-1] = (behind[-1][0] + ";", behind[-1][1])
        behind += [(node, "bold"), *words]
    return {layout.nodes[0]: behind}


def _words(parts: Sequence[Part]) -> list[_Word]:
    words: list[_Word] = []
    for place, part in enumerate(parts):
        comma = "," if place < len(parts) - 1 else ""
        words += [(word, _STYLES[part.weight]) for word in (part.text + comma).split()]
    return words


def _wrap(words: Sequence[_Word], width: int) -> list[list[_Word]]:
    """Words in lines of ``width`` columns; a word of more columns is cut."""
    lines: list[list[_Word]] = [[]]
    used = 0
    for word, style in ((word, style) for text, style in words for word in text.split()):
        text = _cut(word, width)
        size = cell_len(text)
        if lines[-1] and used + 1 + size > width:
            lines.append([])
            used = 0
        used += size + bool(lines[-1])
        lines[-1].append((text, style))
    return lines


def _cut(text: str, width: int) -> str:
    return text if cell_len(text) <= width else chop_cells(text, max(width - 1, 1))[0] + "…"


class _Line:
    """One line of the terminal, written at any column."""

    def __init__(self, width: int) -> None:
        self._chars = [" "] * width
        self._styles = [""] * width

    def put(self, x: int, text: str, style: str = "") -> int:
        """Write ``text`` from column ``x`` on, as far as there is room; returns the column behind it."""
        for char in text:
            size = cell_len(char)
            if size == 0:
                continue
            if x + size > len(self._chars):
                break
            self._chars[x] = char
            self._styles[x] = style
            if size == 2:
                self._chars[x + 1] = ""
                self._styles[x + 1] = style
            x += size
        return x

    def put_words(self, x: int, words: Sequence[_Word]) -> int:
        for place, (text, style) in enumerate(words):
            x = self.put(x + bool(place), text, style)
        return x

    def at(self, x: int) -> str:
        return self._chars[x]

    def text(self) -> Text:
        text = Text()
        for style, run in groupby(range(len(self._chars)), self._styles.__getitem__):
            text.append("".join(self._chars[x] for x in run), style)
        text.rstrip()
        return text


def _head(layout: Layout, width: int) -> Text:
    line = _Line(width)
    line.put(1, "step", "bold")
    line.put(layout.number + 3, "action", "bold")
    for node in layout.nodes if layout.pitch else ():
        line.put(layout.x(node), node if layout.in_lanes else _cut(node, _NARROW_PITCH - 1), "bold")
    if not layout.in_lanes:
        line.put(layout.behind, "what changed", "bold")
    return line.text()


def _row(row: Row, layout: Layout, words: dict[NodeId, list[_Word]], width: int, height: int) -> list[Text]:
    style = "bold" if row.evidence else ""
    actions = _fit(_wrap([(row.action, style)], layout.action), height, layout.action)
    columns = {node: _fit(_wrap(each, layout.words), height, layout.words) for node, each in words.items()}
    drawn = []
    for index in range(height):
        line = _Line(width)
        for node in layout.nodes if layout.pitch else ():
            glyph = row.glyphs[node] if index == 0 else DOWN if row.glyphs[node] == DOWN else UP
            line.put(layout.x(node), glyph, _GLYPH_STYLES[glyph])
        ends: dict[NodeId, int] = {}
        for node, lines in columns.items():
            if index < len(lines):
                ends[node] = line.put_words(layout.x(node) + 2 if layout.in_lanes else layout.behind, lines[index])
        if index == 0:
            line.put(0, EVIDENCE if row.evidence else " ", _STYLES[Weight.EVIDENCE])
            line.put(1, f"{row.step:>{layout.number}}", style)
            _arrow(line, row, layout, ends)
        if index < len(actions):
            line.put_words(layout.number + 3, actions[index])
        drawn.append(line.text())
    return drawn


def _fit(lines: list[list[_Word]], height: int, width: int) -> list[list[_Word]]:
    """The first ``height`` lines; an ellipsis where more would follow."""
    if len(lines) <= height:
        return lines
    words = [*lines[height - 1], lines[height][0]]
    while True:
        *before, (text, style) = words
        left = width - sum(cell_len(word) + 1 for word, _ in before) - 1
        if left > 1 or not before:
            cut = set_cell_size(text, min(cell_len(text), max(left, 0))).rstrip(" ,;")
            return [*lines[: height - 1], [*before, (f"{cut}…", style)]]
        words = before


def _arrow(line: _Line, row: Row, layout: Layout, ends: dict[NodeId, int]) -> None:
    """Draw the message of this step from its sender's lane to its receiver's, around the receiver's words."""
    arrow = row.arrow
    if arrow is None or not layout.pitch:
        return
    start, end = layout.x(arrow.sender), layout.x(arrow.receiver)
    if start < end:
        left, right = start + 1, end - 1
        tail, head, place = "├", "▶", right
    else:
        left = max(ends.get(arrow.receiver, 0) + 1, end + 1) if layout.in_lanes else end + 1
        left = min(left, end + layout.pitch - 1)
        right = start - 1
        tail, head, place = "┤", "◀", left
    for x in range(left, right + 1):
        lane = line.at(x)
        if lane in (" ", UP):
            line.put(x, "┼" if lane == UP else "─", "dim")
    line.put(place, "✗" if arrow.lost else head, "red" if arrow.lost else "dim")
    if row.glyphs[arrow.sender] == UP:
        line.put(start, tail, "dim")
