"""What the shipped models have in common."""

import pytest
from stories import Story, explained, folded

from splitbrain.dice import Dice
from splitbrain.linearizability.checker import Checker, check
from splitbrain.linearizability.models import MODELS, Lock

ODD = (None, True, False, 0, 1, 1.0, float("nan"), "", "a", b"a", [], [1], [1, 1], {}, {"a": [1]}, (1,), frozenset({1}))
LINES = [
    ("register", {"op": "cas", "key": "x", "old": 1, "value": 2}, "ok"),
    ("set", {"op": "contains", "value": 1}, "ok"),
    ("set", {"op": "contains", "value": 1}, "found"),
    ("lock", {"op": "acquire"}, "ok"),
    ("lock", {"op": "release"}, "ok"),
]
COMMANDS = {
    "register": [("get", "x"), ("put", "x", 1), ("put", "x", {"a": [1]}), ("cas", "x", None, [1]), ("delete", "x")],
    "kv-append": [("get", "x"), ("append", "x", "a"), ("put", "x", "ab")],
    "queue": [("enqueue", None), ("enqueue", {"a": [1]}), ("dequeue",)],
    "set": [("add", [1]), ("add", 1), ("remove", 1), ("contains", 1), ("contains", {"a": [1]}), ("read",)],
    "counter": [("add", 1), ("add", -1.5), ("read",)],
    "lock": [("acquire",), ("release",)],
}


def test_what_is_not_known_is_said_with_what_is():
    assert str(Lock().unknown(("steal", 1))) == "a lock knows acquire and release, and not steal 1"
    assert str(Lock().unknown("steal")) == "a lock knows acquire and release, and not steal"


@pytest.mark.parametrize("name", MODELS)
def test_whatever_a_node_answers_is_right_or_wrong(name):
    model, wrong = MODELS[name](), 0
    for seed in range(400):
        dice, story, open_ = Dice(seed), Story(), []
        for _ in range(dice.between(2, 10)):
            if open_ and dice.chance(0.5):
                story.told(open_.pop(dice.below(len(open_))), dice.pick(ODD))
            else:
                open_.append(story.asks(f"s{len(story.moments)}", *dice.pick(COMMANDS[name])))
        expected = explained(story.moments, model)
        assert check(story.operations, model).linearizable is expected, seed
        assert (folded(Checker(model), story.moments)[0] is None) is expected, seed
        wrong += not expected
    assert 40 < wrong < 360


@pytest.mark.parametrize("odd", ["get", 5, None, {"op": "get"}, (), ("get",), ("sing", "x"), ("put", "x", 5, 6)])
@pytest.mark.parametrize("name", MODELS)
def test_a_command_that_is_none_is_said_to_be_none_whatever_else_is_looked_at(name, odd):
    model = MODELS[name]()
    for command in COMMANDS[name]:
        for answer in ODD:
            assert not any(helps(odd) for _, helps in model.wants(command, answer))
    assert not model.wants(odd, None)
    assert model.zone(odd, None) is None
    with pytest.raises(ValueError, match=f"a {name} knows "):
        model.step(model.initial, odd, None)


@pytest.mark.parametrize(("name", "line", "answer"), LINES)
def test_what_a_line_says_was_done_was_done_or_not(name, line, answer):
    model = MODELS[name]()
    assert [model.read(line | {answer: said})[1] for said in (True, False, None)] == [True, False, True]
    assert model.read(line)[1] is True
    for said in (0, 1, "no", "false", "", [], {}):
        with pytest.raises(ValueError, match=rf"`{answer}` is .*, which is neither true nor false"):
            model.read(line | {answer: said})
