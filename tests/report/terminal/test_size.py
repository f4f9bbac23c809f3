"""How large a terminal is."""

import pytest

from splitbrain.report.terminal.size import screen_width


@pytest.mark.parametrize(("columns", "width"), [(20, 60), (60, 60), (80, 80), (113, 113), (300, 140)])
def test_the_width_stays_within_what_is_readable(monkeypatch, columns, width):
    monkeypatch.setenv("COLUMNS", str(columns))
    assert screen_width() == width
