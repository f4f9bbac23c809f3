"""What a library catches and logs, with the exception, is the node's failure all the same."""

import logging

import pytest
from hosted import hosted
from scripted import of

from splitbrain import World
from splitbrain.actions import Fire
from splitbrain.cluster.host.library.swallowed import listen
from splitbrain.events import Failed

LOG = logging.getLogger("swallowing.library")


def careful(node, timer):
    try:
        raise KeyError("lost")
    except KeyError:
        LOG.exception("went on")


def failures(scenario):
    with World(scenario, 2) as world:
        world.apply(Fire("n1", "t"))
        return [event.detail for event in of(world, Failed)]


@pytest.mark.parametrize("name", ["swallowing.library", "swallowing"])
def test_an_exception_that_is_logged_where_the_class_says_is_a_failure_at_its_own_place(name):
    (detail,) = failures(hosted(timeout=careful, timers={"t": (1, 1)}, loggers=(name,)))
    assert detail.startswith("timeout: KeyError: 'lost' (test_swallowed.py:")
    assert detail.endswith(", in careful)")


def test_a_class_that_does_not_say_so_is_not_held_to_it():
    listen(("swallowing.library",))
    assert failures(hosted(timeout=careful, timers={"t": (1, 1)})) == []


def test_what_is_logged_without_an_exception_is_nobody_s_failure():
    assert failures(hosted(timeout=lambda *_: LOG.error("so what"), timers={"t": (1, 1)}, loggers=("swallowing",))) == []


def test_a_logger_is_listened_to_once_and_anybody_else_may_use_it():
    listen(("swallowing.once",))
    listen(("swallowing.once",))
    assert len(logging.getLogger("swallowing.once").handlers) == 1
    try:
        raise ValueError("mine")
    except ValueError:
        logging.getLogger("swallowing.once").exception("no node runs")
