"""Plainer arguments of operations, and how far one is from the plainest."""

from splitbrain.actions import Crash, Operate
from splitbrain.counterexample.minimiser.operations import oddity, plainer_arguments
from splitbrain.counterexample.minimiser.rewriting import plainer

NAMED = {"compact": (None, 1, [1]), "transfer": ("n1", "n2")}
DRAWN = {"add": lambda me, peers, dice: 1}


def tried(operation, argument, operations=NAMED):
    return list(plainer_arguments(Operate("n1", operation, argument), operations))


def test_of_arguments_that_the_scenario_names_those_are_tried_that_stand_before():
    assert tried("compact", None) == []
    assert tried("compact", [1]) == [None, 1]
    assert tried("compact", "written by somebody") == [None, 1, [1]]
    assert [oddity(Operate("n1", "compact", each), NAMED) for each in (None, 1, [1], 7)] == [0, 1, 2, 3]


def test_of_what_a_function_draws_smaller_numbers_are_tried_and_shorter_lists():
    assert tried("add", 10, DRAWN) == [0, 1, 5, 9]
    assert tried("add", 1, DRAWN) == [0]
    assert tried("add", [1, 2], DRAWN) == [[2], [1]]
    assert tried("add", "n2", DRAWN) == tried("add", True, DRAWN) == []
    odd = [oddity(Operate("n1", "add", each), DRAWN) for each in (0, 1, 5, 9, 10**9, [1], "n2", None)]
    assert odd == [0, 2, 4, 5, 8, 1, 0, 0]


def test_an_argument_inside_a_crash_becomes_plainer_too():
    crash = Crash("n1", 0, Operate("n1", "transfer", "n2"), 0)
    assert [Crash("n1", 0, Operate("n1", "transfer", "n1"), 0)] in list(plainer(crash, None, NAMED))
