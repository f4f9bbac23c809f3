"""The score as a table."""

from dataclasses import replace

import pytest
from toy_museum import BUG, CONTROL
from trials import missed, scored, whole

from splitbrain.report.terminal.scoreboard import board, markdown, score_line
from splitbrain.search.row import row
from splitbrain.search.trial import Scored, Trial


@pytest.mark.parametrize("width", [80, 160])
def test_the_table_fits_a_terminal(golden, width):
    text = board(whole(), width)
    assert max(map(len, text.splitlines())) <= width
    golden(f"score-{width}", text)


def test_the_table_is_told_in_markdown(golden):
    golden("score-markdown", markdown(whole()))


def test_an_error_is_shown_and_nothing_is_called_found():
    told = "importing 'x' raised KeyError; mend that module first"
    result = scored(row(BUG, [Scored(Trial(BUG.id, 1, 60.0), "error", message=told)]))
    assert result.errors == [f"toy-forgets: {told}"]
    assert f"ERROR: toy-forgets: {told}" in board(result, 200)
    assert "0/1" in board(result, 200)


def test_a_vacuous_hunt_of_a_control_is_told_as_such():
    idle = row(CONTROL, [missed(1), replace(missed(2), outcome="vacuous")])
    assert "control toy-hasty  VACUOUS in 1 of 2 seeds" in board(scored(idle), 100)


def test_a_score_so_far_is_one_line():
    assert score_line(scored(found=3, missed=1)) == "12 of 12 hunts, 123 s; exhibits' seeds: 3 found, 1 not"
    assert score_line(scored(found=3)) == "12 of 12 hunts, 123 s; exhibits' seeds: 3 found"
