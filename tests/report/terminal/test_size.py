"""What a terminal is like."""

import io

import pytest

from splitbrain.report.terminal.size import screen_width, wants_color


@pytest.mark.parametrize(("columns", "width"), [(20, 60), (60, 60), (80, 80), (113, 113), (300, 140)])
def test_the_width_stays_within_what_is_readable(monkeypatch, columns, width):
    monkeypatch.setenv("COLUMNS", str(columns))
    assert screen_width() == width


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(
    ("variables", "on_a_terminal", "in_a_file"),
    [
        ({}, True, False),
        ({"TERM": "dumb"}, False, False),
        ({"NO_COLOR": "1"}, False, False),
        ({"NO_COLOR": ""}, True, False),
        ({"FORCE_COLOR": "1"}, True, True),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, False, False),
    ],
    ids=str,
)
def test_colours_are_for_terminals_unless_the_user_says_otherwise(monkeypatch, variables, on_a_terminal, in_a_file):
    monkeypatch.setenv("TERM", "xterm")
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert wants_color(Terminal()) is on_a_terminal
    assert wants_color(io.StringIO()) is in_a_file
