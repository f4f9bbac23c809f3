"""The ways through one layer."""

import pytest
from stories import Story

from splitbrain.linearizability.model import UNKNOWN
from splitbrain.linearizability.models import Counter, Register
from splitbrain.linearizability.search.layer import Call, Layer
from splitbrain.linearizability.search.steps import FIRST, Steps
from splitbrain.linearizability.search.ways import ways


def layer_of(model, opened, due, result):
    """One layer, in which ``due`` returns while the others are open; each is a command."""
    steps, story = Steps(model), Story()
    calls = [
        Call(story.asks("s", *command), steps.code(command, UNKNOWN), 1 << bit, 0) for bit, command in enumerate((due, *opened))
    ]
    calls[0].layer, calls[0].code = 0, steps.code(due, result)
    return Layer(calls[0], tuple(calls), FIRST, 0, len(calls)), calls, steps


def all_ways(layer, calls, steps, counted=None):
    return list(ways([layer], calls, 0, steps, (counted if counted is not None else []).append))


def test_what_puts_in_least_comes_first():
    layer, calls, steps = layer_of(Register(), [("put", "x", 1), ("put", "x", 2)], ("put", "x", 3), True)
    masks = [mask for _, mask in all_ways(layer, calls, steps)]
    assert masks[0] == 0
    assert [mask.bit_count() for mask in masks] == sorted(mask.bit_count() for mask in masks)


def test_what_is_put_in_while_it_is_open_is_told_where():
    layer, calls, steps = layer_of(Register(), [("put", "x", 1)], ("get", "x"), 1)
    [(state, mask)] = all_ways(layer, calls, steps)
    put = calls[1]
    assert mask == put.bit
    assert (put.at, put.before, put.after) == (0, FIRST, state)


def test_a_way_that_is_gone_through_to_its_end_is_dead():
    layer, calls, steps = layer_of(Counter(), [("add", 1)], ("read",), 3)
    assert all_ways(layer, calls, steps) == []
    assert layer.dead
    assert all_ways(Layer(layer.call, layer.open, FIRST, 0, 2), calls, steps) == []


@pytest.mark.parametrize(("found", "number"), [(20, 1), (21, 0)])
def test_operations_that_are_alike_are_put_in_by_their_number_alone(found, number):
    layer, calls, steps = layer_of(Counter(), [("add", 1)] * 20, ("read",), found)
    counted = []
    assert len(all_ways(layer, calls, steps, counted)) == number
    assert len(counted) <= 22


def test_nothing_is_tried_where_nothing_is_left_that_would_help():
    layer, calls, steps = layer_of(Register(), [("put", "x", number) for number in range(10)], ("get", "x"), "never")
    counted = []
    assert all_ways(layer, calls, steps, counted) == []
    assert len(counted) == 1


def test_a_read_that_has_its_result_is_put_in_at_once_and_alone():
    layer, calls, steps = layer_of(Register(), [("put", "x", 1), ("put", "x", 2)], ("get", "x"), None)
    assert all_ways(layer, calls, steps) == [(FIRST, 0)]
