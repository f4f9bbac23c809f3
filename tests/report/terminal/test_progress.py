"""A search so far, on one line."""

from collections import Counter

import pytest
from searches import hunted

from splitbrain.report.terminal.progress import search_line


def test_progress_is_one_line_that_says_what_was_reached():
    line = search_line(hunted())
    assert line == "1,234 runs, 2,345,678 steps, 20.0 s, 117,050 steps/s; 1.2k leaders elected, 311 commits, 12k crashes"


def test_progress_of_a_search_that_has_hardly_begun_has_no_rate():
    assert search_line(hunted(runs=1, steps=9, seconds=0.0, coverage=Counter())) == "1 run, 9 steps, 0.0 s"


@pytest.mark.parametrize(
    ("number", "shown"),
    [(999, "999"), (1_000, "1.0k"), (9_999, "10.0k"), (10_000, "10k"), (1_234_567, "1.2M"), (98_765_432, "98M")],
)
def test_large_counts_are_told_in_three_figures(number, shown):
    assert search_line(hunted(coverage=Counter(Led=number))).endswith(f"; {shown} leaders elected")
