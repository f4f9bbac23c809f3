"""How short a schedule became, in words."""

from collections import Counter

import pytest
from toys import REGISTER

from splitbrain.actions import Crash
from splitbrain.counterexample.minimiser.minimised import Minimised
from splitbrain.invariant import Violation
from splitbrain.report.terminal.minimisation import effort, minimisation_line, removed, size
from splitbrain.world.run import Found, Setup


def minimised(**fields):
    """Two actions are left, of 1,200."""
    broken = Violation("OneValue", "two values", ())
    smallest = Found(Setup(REGISTER, 2), (Crash("n1"), Crash("n2")), broken)
    return Minimised(smallest, **{"length": 1_200, "replays": 3_456, "seconds": 1.26} | fields)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"complete": True}, "minimal: 2 actions"),
        ({}, "smallest found so far: 2 actions (out of time)"),
        ({"interrupted": True}, "smallest found so far: 2 actions (interrupted)"),
    ],
)
def test_a_schedule_is_called_minimal_only_where_it_is(fields, told):
    assert size(minimised(**fields)) == told
    assert effort(minimised(**fields), 1_200) == f"{told}, from 1,200, in 3,456 runs and 1.3 s"


def test_what_was_left_out_is_told_by_what_took_it_the_most_first():
    assert removed(minimised(removed=Counter(rounds=98, windows=1_100))) == "left out 1,198 actions: 1,100 windows, 98 rounds"


def test_what_was_put_in_to_make_it_plainer_is_told_too():
    assert (
        removed(minimised(removed=Counter(windows=1_199, plainer=-1))) == "left out 1,198 actions: 1,199 windows; put in: 1 plainer"
    )
    assert removed(minimised(length=2)) == "left out 0 actions"


def test_a_minimisation_so_far_is_one_line():
    assert minimisation_line(minimised()) == "2 actions, 3,456 runs, 1.3 s"
