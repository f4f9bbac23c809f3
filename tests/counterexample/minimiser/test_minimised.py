"""What makes one schedule better than another."""

import pytest
from toys import FORGETFUL

from splitbrain.actions import Calm, Crash, Cut, Deliver, Fire, Request
from splitbrain.counterexample.minimiser.minimised import cost
from splitbrain.world.run import Setup

SMALL, LARGE = Setup(FORGETFUL, 2), Setup(FORGETFUL, 3)
ASK = Request("n1", "r1", "v1")
CALM = Calm(("n1", "n2"), 0, 100)


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ((SMALL, [ASK]), (SMALL, [ASK, ASK])),  # fewer actions
        ((LARGE, [ASK]), (SMALL, [ASK, ASK])),  # which count more than nodes
        ((SMALL, [ASK, ASK]), (LARGE, [ASK, ASK])),
        ((SMALL, [ASK] * 1_000), (SMALL, [CALM])),  # nothing is as long as a fair phase
        ((SMALL, [Crash("n1")]), (SMALL, [Crash("n1", 1)])),  # plainer faults
        ((SMALL, [ASK, Crash("n1")]), (SMALL, [Crash("n1", 0, ASK, 1)])),  # a crash inside a handler is two
        ((SMALL, [Crash("n1", 0, ASK, 1)]), (SMALL, [Crash("n1", 0, ASK, 2)])),
        ((SMALL, [Cut((("n1", "n2"),))]), (SMALL, [Cut((("n1", "n2"), ("n2", "n1")))])),
        ((SMALL, [ASK]), (SMALL, [Request("n1", "r1", "v1....")])),  # the workload's own command
        ((SMALL, [Crash("n1", 0, ASK, 1)]), (SMALL, [Crash("n1", 0, Request("n1", "r1", "v1...."), 1)])),
        ((SMALL, [Deliver("n1", "n2", "Copy")]), (SMALL, [Deliver("n1", "n2", "Copy", copy=1)])),  # the original
    ],
)
def test_shorter_is_better_then_smaller_then_plainer(better, worse):
    assert cost(*better) < cost(*worse)


def test_names_and_kinds_alone_make_no_schedule_better():
    assert cost(SMALL, [ASK, Fire("n1", "remind")]) == cost(SMALL, [Fire("n2", "remind"), Request("n2", "r2", "v2")])
    assert cost(SMALL, [Request("n1", "mine", "any thing")]) == cost(
        SMALL, [ASK]
    )  # a name that somebody gave: a command that stays
