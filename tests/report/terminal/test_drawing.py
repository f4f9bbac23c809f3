"""Rows drawn as a table: columns, arrows around words, and what gives way where there is no room."""

import re

import pytest
from rich.cells import cell_len

from splitbrain.report.cells import Part, Weight
from splitbrain.report.lanes import ACTS, DOWN, UP, Arrow, Row
from splitbrain.report.terminal.drawing import draw, fold

NODES = ("n1", "n2", "n3")


def row(step=1, action="deliver", cells=None, arrow=None, acts=None, down=(), evidence=False):
    glyphs = {node: DOWN if node in down else ACTS if node == acts else UP for node in NODES}
    return Row(step, action, glyphs, {node: [Part(text)] for node, text in (cells or {}).items()}, arrow, evidence)


def drawn(*rows, width=100, lines=40):
    """The lines of the table, without its head."""
    return [line.plain for line in draw(rows, NODES, width, lines)][1:]


def test_every_node_has_its_lane_under_its_name_and_its_words_beside_it():
    head, line = [each.plain for each in draw([row(cells={"n2": "votes"}, acts="n2")], NODES, 100, 40)]
    assert head.split() == ["step", "action", "n1", "n2", "n3"]
    assert line[head.index("n1")] == line[head.index("n3")] == UP
    assert line[head.index("n2") :].startswith(f"{ACTS} votes")


def test_an_arrow_goes_from_the_sender_s_lane_to_the_receiver_s_and_crosses_those_between():
    (line,) = drawn(row(arrow=Arrow("n1", "n3", lost=False), acts="n3"))
    assert re.search(r"├─+┼─+▶●$", line)


def test_an_arrow_to_the_left_ends_behind_the_receiver_s_words():
    (line,) = drawn(row(cells={"n1": "leads t1"}, arrow=Arrow("n3", "n1", lost=False), acts="n1"))
    assert "● leads t1 ◀─" in line
    assert line.endswith("─┤")


def test_words_that_fill_their_lane_leave_the_arrow_its_head():
    words = "x" * 60
    line, *_ = drawn(row(cells={"n1": words}, arrow=Arrow("n2", "n1", lost=False), acts="n1"))
    assert "…◀┤" in line.replace(" ", "")


def test_a_lost_message_ends_in_a_cross():
    (line,) = drawn(row(arrow=Arrow("n1", "n2", lost=True)))
    assert "─✗│" in line


def test_a_node_that_is_down_stays_so_on_every_line_of_the_step():
    lines = drawn(row(cells={"n1": "a " * 60}, acts="n1", down=("n3",)))
    assert len(lines) > 1
    assert all(line.endswith(DOWN) for line in lines)
    assert [line.strip().startswith("1") for line in lines] == [True, *[False] * (len(lines) - 1)]


def test_a_step_takes_five_lines_at_most_and_ends_with_an_ellipsis():
    lines = drawn(row(cells={"n1": "word " * 200}, acts="n1"))
    assert len(lines) == 5
    assert lines[-1].count("…") == 1
    assert not any("…" in line for line in lines[:-1])


def test_details_and_then_contents_give_way_to_the_number_of_lines():
    parts = [Part("changed", Weight.CHANGE), Part("detail " * 12, Weight.DETAIL)]
    rows = [Row(step, "fire", dict.fromkeys(NODES, UP), {"n1": parts}, None, False) for step in range(1, 5)]
    assert any("detail" in line for line in drawn(*rows, lines=40))
    few = drawn(*rows, lines=6)
    assert len(few) == 4
    assert not any("detail" in line for line in few)


@pytest.mark.parametrize("width", [60, 61, 72, 80, 100, 140])
@pytest.mark.parametrize("words", ["short", "long " * 30, "x" * 300, "広い" * 40])
def test_no_line_is_wider_than_the_table(width, words):
    steps = [row(1, words, {"n1": words, "n3": words}, Arrow("n3", "n1", lost=False), "n1"), row(2, words, {"n2": words})]
    assert max(map(cell_len, drawn(*steps, width=width))) <= width


def test_where_lanes_are_too_narrow_for_words_these_stand_behind_them_with_the_node_s_name():
    (line,) = drawn(row(cells={"n1": "votes", "n3": "leads"}, acts="n1"), width=60)
    assert line.endswith("n1 votes; n3 leads")


def test_text_is_folded_to_at_least_one_line():
    assert fold("", 10) == [""]
    assert fold("one two three", 7) == ["one two", "three"]
    assert fold("a" * 25, 10) == ["a" * 10, "a" * 10, "a" * 5]
