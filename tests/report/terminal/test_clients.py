"""A history drawn: golden pictures, wide and narrow, and what holds of every width."""

import pytest
from rich.cells import cell_len
from rich.text import Text

from splitbrain.node import Refused
from splitbrain.report.terminal.clients import draw_lanes, draw_table
from splitbrain.report.terminal.screen import ascii_only
from splitbrain.trace.history import History


def sessions():
    """Three sessions: one is refused and asks again, one gives up, and hears late of what it asked."""
    made = History()
    made.ask(1, "n1", "s1.1", ("put", "x", 1), "s1")
    made.ask(2, "n2", "s2.1", ("get", "x"), "s2")
    made.reply(3, "n2", "s2.1", Refused("n1"))
    made.ask(4, "n1", "s2.1", ("get", "x"), "s2")
    made.reply(5, "n1", "s2.1", 1)
    made.ask(6, "n3", "s3.1", ("cas", "x", 1, 2), "s3", "s1")
    made.ask(7, "n1", "s2.2", ("put", "y", "a value that goes on for much longer than there is room"), "s2")
    made.reply(9, "n1", "s1.1", None)
    made.reply(11, "n3", "s3.1", False)
    return made


def text(lines):
    return "\n".join(line.plain for line in lines)


def picture(made, width):
    drawn = draw_lanes(made, width, replaced=made.replaced)
    return text([*drawn, Text(), *draw_table(made, width)])


@pytest.mark.parametrize("width", [100, 60])
def test_a_history_of_sessions(golden, width):
    golden(f"history-sessions-{width}", picture(sessions(), width))


def test_more_clients_than_there_is_room_for_have_lanes_without_words(golden):
    made = History()
    for number in range(1, 7):
        made.ask(number, "n1", f"r{number}", f"v{number}")
    for number in (2, 4, 6):
        made.reply(6 + number, "n1", f"r{number}", number)
    golden("history-crowd", picture(made, 80))


@pytest.mark.parametrize("width", [60, 61, 80, 99, 140])
def test_no_line_is_wider_than_the_terminal(width):
    for made in (sessions(), crowd(40)):
        assert max(cell_len(line) for line in picture(made, width).splitlines()) <= width


def test_a_hundred_clients_one_after_the_other_share_lanes():
    made = crowd(100)
    assert len(draw_lanes(made, 60)) == 1 + 200 + 2


def crowd(count):
    made = History()
    for number in range(1, count + 1):
        made.ask(2 * number, "n1", f"r{number}", f"v{number}")
        made.reply(2 * number + 1, "n1", f"r{number}", "ünïcödé 値" * 9)
    return made


def test_nothing_asked_is_nothing_drawn():
    assert draw_lanes(History(), 80) == []


def test_rows_are_numbered_by_steps_or_by_moments():
    made = sessions()
    assert "\n  11  s3.1" in text(draw_lanes(made, 100))
    assert "\n     8  s3.1" in text(draw_lanes(made, 100, "moment"))
    head, first, *_ = text(draw_table(made, 140, "line", timed=True)).splitlines()
    assert head.split() == ["operation", "asked", "answered", "moments", "line", "where"]
    assert first.split()[:7] == ["s1.1", "put", "x", "1", "ok", "0-7", "1-9"]


def test_the_operations_that_are_evidence_are_marked():
    lines = text(draw_lanes(sessions(), 100, marked={"s3.1"})).splitlines()
    assert [line.split()[2] for line in lines if line.startswith("◆ ") and "evidence" not in line] == ["s3.1", "s3.1"]
    assert any(line.startswith("◆ evidence · ┬ called") for line in lines)


def test_a_client_that_the_name_of_the_operation_does_not_say_has_a_column():
    made = History()
    made.ask(1, "n1", "6.1", ("get", "x"), "client 6")
    assert "client 6" in text(draw_table(made, 80))


def test_the_picture_has_a_form_without_unicode():
    assert ascii_only(picture(sessions(), 100)).isascii()
    assert "?" not in ascii_only(picture(sessions(), 100))
