"""A queue, a set, a counter, a lock."""

import pytest

from splitbrain.linearizability.model import UNKNOWN
from splitbrain.linearizability.models import MODELS, Counter, Lock, Queue, Set

ADD, READ, ACQUIRE, RELEASE, DEQUEUE = ("add", 1), ("read",), ("acquire",), ("release",), ("dequeue",)


def may_be(model, asked):
    state = model.initial
    for command, result in asked:
        state = None if state is None else model.step(state, command, result)
    return state is not None


@pytest.mark.parametrize(
    ("model", "asked"),
    [
        (Queue(), [(DEQUEUE, None)]),
        (Queue(), [(("enqueue", 1), True), (("enqueue", 2), None), (DEQUEUE, 1), (DEQUEUE, 2), (DEQUEUE, None)]),
        (Queue(), [(("enqueue", 1), True), (DEQUEUE, UNKNOWN), (DEQUEUE, None)]),
        (Queue(initial=[1, [2]]), [(DEQUEUE, 1), (DEQUEUE, (2,))]),
        (Set(), [(READ, []), (("contains", 1), False)]),
        (Set(), [(ADD, True), (ADD, False), (READ, [1]), (("contains", 1), True), (("remove", 1), True), (READ, [])]),
        (Set(), [(("add", [1]), True), (("add", 2), True), (READ, [2, (1,)]), (READ, {2, (1,)})]),
        (Set(initial=[1]), [(READ, UNKNOWN), (READ, [1])]),
        (Counter(), [(READ, 0), (ADD, True), (("add", -3), True), (READ, -2)]),
        (Counter(initial=5), [(READ, 5.0)]),
        (Lock(), [(ACQUIRE, True), (ACQUIRE, False), (RELEASE, True), (RELEASE, False), (ACQUIRE, True)]),
        (Lock(), [(ACQUIRE, UNKNOWN), (ACQUIRE, UNKNOWN), (RELEASE, True), (RELEASE, UNKNOWN), (ACQUIRE, True)]),
        (Lock(initial=True), [(RELEASE, None), (ACQUIRE, None)]),
    ],
)
def test_what_it_may_answer(model, asked):
    assert may_be(model, asked)


@pytest.mark.parametrize(
    ("model", "asked"),
    [
        (Queue(), [(DEQUEUE, 1)]),
        (Queue(), [(("enqueue", 1), True), (DEQUEUE, None)]),
        (Queue(), [(("enqueue", 1), True), (("enqueue", 2), True), (DEQUEUE, 2)]),
        (Queue(), [(("enqueue", 1), True), (DEQUEUE, True)]),
        (Set(), [(READ, [1])]),
        (Set(), [(ADD, True), (READ, [1, 1])]),
        (Set(), [(ADD, True), (READ, None)]),
        (Set(), [(ADD, True), (("contains", 1), False)]),
        (Set(), [(("contains", 1), True)]),
        (Counter(), [(ADD, True), (READ, 0)]),
        (Counter(), [(ADD, True), (READ, True)]),
        (Lock(), [(ACQUIRE, True), (ACQUIRE, True)]),
        (Lock(), [(ACQUIRE, False)]),
        (Lock(), [(RELEASE, True)]),
        (Lock(initial=True), [(RELEASE, False)]),
    ],
)
def test_what_it_may_not_answer(model, asked):
    assert not may_be(model, asked)


@pytest.mark.parametrize(
    ("model", "line", "expected"),
    [
        (Queue(), {"op": "enqueue", "value": 1}, (("enqueue", 1), True)),
        (Queue(), {"op": "dequeue", "found": 1}, (("dequeue",), 1)),
        (Queue(), {"op": "dequeue"}, (("dequeue",), None)),
        (Set(), {"op": "add", "value": 1}, (("add", 1), True)),
        (Set(), {"op": "remove", "value": 1}, (("remove", 1), True)),
        (Set(), {"op": "contains", "value": 1, "found": False}, (("contains", 1), False)),
        (Set(), {"op": "contains", "value": 1, "ok": False}, (("contains", 1), False)),
        (Set(), {"op": "read", "found": [1]}, (("read",), [1])),
        (Counter(), {"op": "add", "value": 3}, (("add", 3), True)),
        (Counter(), {"op": "read", "found": 3}, (("read",), 3)),
        (Lock(), {"op": "acquire", "ok": False}, (("acquire",), False)),
        (Lock(), {"op": "release"}, (("release",), True)),
    ],
)
def test_lines(model, line, expected):
    assert model.read(line) == expected


def test_what_is_dequeued_was_enqueued_and_what_is_in_a_set_was_added():
    [(is_near, helps)] = Queue().wants(("dequeue",), 1)
    assert (is_near((2, 1)), is_near((2,)), helps(("enqueue", 1)), helps(("enqueue", 2))) == (True, False, True, False)
    assert not Queue().wants(("dequeue",), None)
    [(is_near, helps)] = Set().wants(("contains", 1), True)
    assert (is_near(frozenset({1})), is_near(frozenset()), helps(("add", 1)), helps(("remove", 1))) == (True, False, True, False)
    [(is_near, helps)] = Set().wants(("contains", 1), False)
    assert (is_near(frozenset({1})), is_near(frozenset()), helps(("add", 1)), helps(("remove", 1))) == (False, True, False, True)
    assert not Set().wants(("read",), [1])


def test_a_sum_is_raised_or_lowered():
    (is_high, raises), (is_low, lowers) = Counter().wants(("read",), 3)
    assert [(is_high(state), is_low(state)) for state in (2, 3, 4)] == [(False, True), (True, True), (True, False)]
    assert [(raises(("add", number)), lowers(("add", number))) for number in (1, -1, 0)] == [
        (True, False),
        (False, True),
        (False, False),
    ]
    assert not any(helps(("add", number)) for _, helps in Counter().wants(("read",), 3) for number in (True, "1", None, [2]))
    assert not Counter().wants(("read",), UNKNOWN)


@pytest.mark.parametrize(("answer", "acquired"), [(True, True), (False, False), (0, False), (1, True), (None, True)])
def test_a_lock_that_answers_nothing_else_has_done_it(answer, acquired):
    assert (Lock().step(False, ("acquire",), answer) is True) is acquired
    assert (Lock().step(True, ("release",), answer) is False) is acquired


def test_true_is_no_number_to_add():
    with pytest.raises(ValueError, match="a counter knows add of a number and read, and not add True"):
        Counter().step(0, ("add", True), UNKNOWN)


@pytest.mark.parametrize("name", MODELS)
def test_a_model_is_found_by_its_name_and_may_begin_with_nothing(name):
    model = MODELS[name](initial=None)
    assert model.initial == MODELS[name]().initial
    assert hash(model.initial) is not None
    assert model.noun == name


@pytest.mark.parametrize("name", MODELS)
def test_what_a_model_does_not_know_is_said_and_is_no_wrong_answer(name):
    model = MODELS[name]()
    with pytest.raises(ValueError, match=f"a {name} knows .*, and not sing a song"):
        model.step(model.initial, ("sing", "a", "song"), UNKNOWN)
    with pytest.raises(ValueError, match=f"a {name} knows .*, and not sing"):
        model.read({"op": "sing"})


@pytest.mark.parametrize(
    ("name", "initial", "begins"),
    [
        ("lock", "x", "true, held, or false, free"),
        ("lock", 1, "true, held, or false, free"),
        ("counter", True, "a number"),
        ("counter", (1,), "a number"),
        ("queue", "abc", "a list of what is in it, the oldest first"),
        ("queue", 0, "a list of what is in it, the oldest first"),
        ("set", {"a": 1}, "a list of its values"),
        ("kv-append", 0, "a text"),
    ],
)
def test_what_a_model_cannot_begin_with_is_said(name, initial, begins):
    with pytest.raises(ValueError, match=f"^a {name} begins with {begins}, and not with "):
        MODELS[name](initial=initial)
