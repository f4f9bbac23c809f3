"""Rows drawn as one table: numbered steps, actions, and a lane for each node, in a given number of columns and lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from rich.cells import cell_len, chop_cells, set_cell_size
from rich.text import Text

from splitbrain.node import NodeId
from splitbrain.report.cells import Part, Weight
from splitbrain.report.lanes import ACTS, BACK, DOWN, EVIDENCE, UP, Row, dated, folded

_WIDE = 15  # the least columns of words for which a lane holds its own; below, words go into one column behind the lanes
_WIDEST = 40
_NARROW_PITCH = 3
_TALLEST = 5  # lines that one step may take
_STYLES = {Weight.EVIDENCE: "bold red", Weight.CHANGE: "", Weight.CONTENTS: "dim", Weight.DETAIL: "dim", Weight.IDLE: "dim"}
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
    rows = dated(folded(rows))
    layout = _layout(rows, tuple(nodes), width)
    table = [_head(layout, width)]
    for detail in (Weight.IDLE, Weight.DETAIL, Weight.CONTENTS, Weight.CHANGE):
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
    number = max([4, *(len(row.number) for row in rows)])
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
    """One step in ``height`` lines: number and arrow on the first, lanes on all, words on as many as they need."""
    lines = [_Line(width) for _ in range(height)]
    for place, line in enumerate(lines):
        _put_lanes(line, row, layout, first=place == 0)
    ends = {node: _put_words(lines, each, _start(node, layout), layout.words) for node, each in words.items()}
    _put_number(lines[0], row, layout)
    _put_arrow(lines[0], row, layout, ends)
    _put_words(lines, [(row.action, _emphasis(row))], layout.number + 3, layout.action)
    return [line.text() for line in lines]


def _emphasis(row: Row) -> str:
    return "bold" if row.evidence else ""


def _start(node: NodeId, layout: Layout) -> int:
    """Where the words of ``node`` begin."""
    return layout.x(node) + 2 if layout.in_lanes else layout.behind


def _put_number(line: _Line, row: Row, layout: Layout) -> None:
    line.put(0, EVIDENCE if row.evidence else " ", _STYLES[Weight.EVIDENCE])
    line.put(1, f"{row.number:>{layout.number}}", _emphasis(row))


def _put_lanes(line: _Line, row: Row, layout: Layout, first: bool) -> None:
    """What happened to a node shows on the first line; on those below, its lane goes on, up or down."""
    for node in layout.nodes if layout.pitch else ():
        glyph = row.glyphs[node]
        if not first and glyph != DOWN:
            glyph = UP
        line.put(layout.x(node), glyph, _GLYPH_STYLES[glyph])


def _put_words(lines: Sequence[_Line], words: Sequence[_Word], x: int, width: int) -> int:
    """Write in a column from ``x`` on, as far as there are lines; returns where the words of the first line end."""
    first, *others = _fit(_wrap(words, width), len(lines), width)
    for line, rest in zip(lines[1:], others, strict=False):
        line.put_words(x, rest)
    return lines[0].put_words(x, first)


def _fit(lines: list[list[_Word]], height: int, width: int) -> list[list[_Word]]:
    """The first ``height`` lines; an ellipsis where more would follow."""
    if len(lines) <= height:
        return lines
    *whole, last = lines[:height]
    return [*whole, _broken_off([*last, lines[height][0]], width)]


def _broken_off(words: Sequence[_Word], width: int) -> list[_Word]:
    """``words`` in ``width`` columns, with an ellipsis behind what there is room for of the last of them."""
    *before, (text, style) = words
    taken = sum(cell_len(word) + 1 for word, _ in before)  # a space behind each
    room = width - taken - 1  # for the ellipsis
    if room <= 1 and before:  # a single letter would say nothing
        return _broken_off(before, width)
    beginning = set_cell_size(text, min(cell_len(text), max(room, 0))).rstrip(" ,;")
    return [*before, (f"{beginning}…", style)]


def _put_arrow(line: _Line, row: Row, layout: Layout, ends: dict[NodeId, int]) -> None:
    """Draw the message of this step from its sender's lane to its receiver's, around the receiver's words.

    ends: where the words of each node end on this line.
    """
    arrow = row.arrow
    if arrow is None or not layout.pitch:
        return
    sender, receiver = layout.x(arrow.sender), layout.x(arrow.receiver)
    if sender < receiver:
        tail, head = "├", "▶"
        tip = receiver - 1
        shaft = range(sender + 1, receiver)
    else:
        tail, head = "┤", "◀"
        tip = receiver + 1
        if layout.in_lanes:  # the receiver's words stand in the way: the arrow ends behind them, but before the next lane
            tip = min(max(tip, ends.get(arrow.receiver, 0) + 1), receiver + layout.pitch - 1)
        shaft = range(tip, sender)
    for x in shaft:
        if line.at(x) == UP:
            line.put(x, "┼", "dim")
        elif line.at(x) == " ":
            line.put(x, "─", "dim")
    line.put(tip, "✗" if arrow.lost else head, "red" if arrow.lost else "dim")
    if row.glyphs[arrow.sender] == UP:
        line.put(sender, tail, "dim")
