"""Operations as JSON."""

import json
import math

from splitbrain.actions import Request
from splitbrain.node import Refused
from splitbrain.report.objects.clients import history, listed, plain
from splitbrain.trace.history import History
from splitbrain.world.run import Setup, run
from splitbrain_protocols.raft.scenario import RAFT


def test_an_operation_has_all_that_is_known_of_it():
    made = History()
    made.ask(1, "n1", "s1.1", ("put", "x", 1), "s1")
    made.reply(2, "n1", "s1.1", Refused("n2"))
    made.ask(3, "n2", "s1.1", ("put", "x", 1), "s1")
    made.reply(4, "n2", "s1.1", True)
    (told,) = listed(made)
    assert told == {
        "id": "s1.1", "client": "s1", "command": ["put", "x", 1], "outcome": "answered", "result": True,
        "called": 0, "returned": 3, "step": 1, "replied": 4, "node": "n2",
        "attempts": [{"node": "n1", "step": 1, "refused": True}, {"node": "n2", "step": 3, "refused": False}],
    }  # fmt: skip


def test_a_run_has_its_operations_and_how_they_came_out():
    done = run(Setup(RAFT, 3), (Request("n1", "r1", "v1"),), keep=True)
    told = history(done)
    assert (told["answered"], told["refused"], told["unknown"], told["invariant"], told["message"]) == (0, 1, 0, None, None)
    assert [each["id"] for each in told["operations"]] == ["r1"]
    json.dumps(told)


def test_what_json_does_not_have_is_in_words():
    assert plain((1, [2.5, None], {"a": True})) == [1, [2.5, None], {"a": True}]
    assert plain({1: 2}) == "{1: 2}"
    assert plain(frozenset({2, 1})) == "{1, 2}"
    assert plain(math.inf) == "inf"
    assert plain(Refused("n2")) == "Refused(n2)"
