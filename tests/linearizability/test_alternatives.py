"""What would have been right: as a search of all orders says."""

import pytest
from stories import Story, explained, folded

from splitbrain.dice import Dice
from splitbrain.linearizability.alternatives import LONGEST, MOST, alternatives
from splitbrain.linearizability.bound import Bound
from splitbrain.linearizability.checker import Checker, check
from splitbrain.linearizability.model import UNKNOWN, Model
from splitbrain.linearizability.models import Counter, KvAppend, Lock, Queue, Register, Set


class Increments(Model):
    """A number, and an increment that says what it made."""

    initial = 0

    def step(self, state, command, result):
        if result is UNKNOWN or result == state + 1:
            return state + 1
        return None


class Stack(Model):
    """Any of a few things on top of each other."""

    def step(self, state, command, result):
        if command[0] == "push":
            return (*state, command[1])
        return state[:-1] if result is UNKNOWN or result == (state[-1] if state else None) else None


def fault_of(model, story):
    fault, moment = folded(Checker(model), story.moments)
    assert moment == len(story.moments) - 1
    whole = check(story.operations, model).fault
    assert (whole.instead, whole.only, whole.summary) == (fault.instead, fault.only, fault.summary)
    return fault


def test_the_one_result_that_was_possible_is_told():
    story = Story()
    story.did("s1", "inc", result=2)
    assert fault_of(Increments(), story).summary == (
        "inc was answered 2, which no order of all that had been asked by then can bring about; the answer could only have been 1"
    )


@pytest.mark.parametrize("before", [LONGEST // 2 - 1, LONGEST // 2])
def test_behind_a_long_history_it_is_not_looked_for(before):
    story = Story()
    for number in range(before):
        story.did("s1", "inc", result=number + 1)
    story.did("s1", "inc", result=-1)
    assert fault_of(Increments(), story).instead == ((before + 1,) if before < LONGEST // 2 else ())


def test_so_are_two_where_another_one_was_under_way():
    story = Story()
    story.did("s1", "inc", result=1)
    story.asks("s2", "inc")
    story.did("s3", "inc", result=5)
    fault = fault_of(Increments(), story)
    assert (fault.instead, fault.only) == ((2, 3), True)
    assert fault.summary.endswith("; the answer could only have been 2 or 3")


def test_of_many_some_are_told_and_that_there_are_more():
    story = Story()
    for number in range(2, 9):
        story.asks(f"s{number}", "inc")
    story.did("s1", "inc", result=50)
    fault = fault_of(Increments(), story)
    assert len(fault.instead) == MOST
    assert set(fault.instead) <= set(range(1, 9))
    assert not fault.only
    assert fault.summary.endswith(f"have been {fault.instead[0]}, {fault.instead[1]} or {fault.instead[2]}, among others")


@pytest.mark.parametrize(
    ("model", "before", "wrong", "right"),
    [
        (Queue(), [("enqueue", 7)], (("dequeue",), None), (7,)),
        (Queue(), [("enqueue", 7), ("enqueue", 8)], (("dequeue",), 8), (7,)),
        (Set(), [("add", 1), ("add", 3)], (("contains", 3), False), (True,)),
        (Set(), [("add", 3), ("add", 1)], (("read",), [1]), ([1, 3],)),
        (Counter(), [("add", 700)], (("read",), 3), (700,)),
        (Lock(), [("acquire",)], (("acquire",), True), (False,)),
        (KvAppend(), [("append", "x", "ab"), ("append", "x", "c")], (("get", "x"), "ac"), ("abc",)),
        (Register(), [("put", "x", 1), ("cas", "x", 1, 2)], (("get", "x"), 1), (2,)),
        (Register(), [("put", "x", 1), ("put", "x", 1)], (("cas", "x", 2, 3), True), (False,)),
        (Register(), [("put", "x", 1)], (("cas", "x", 1, 2), None), (True,)),
        (Register(), [("put", "x", 1)], (("cas", "x", 7, 2), "yes"), (False,)),
        (Stack(), [("push", "a"), ("push", "b")], (("pop",), "a"), ("b",)),
        (Stack(), [], (("pop",), "a"), (None,)),
    ],
    ids=lambda each: type(each).__name__ if isinstance(each, Model) else str(each),
)
def test_what_nobody_was_ever_answered_is_found_in_what_was_asked_or_in_the_state(model, before, wrong, right):
    story = Story()
    for command in before:
        story.did("s1", *command)
    story.did("s2", *wrong[0], result=wrong[1])
    fault = fault_of(model, story)
    assert (fault.instead, fault.only) == (right, True)


def test_nothing_is_told_where_nothing_is_found_or_only_some_of_it_is_known():
    class Secret(Model):
        """It answers what nobody can guess."""

        def step(self, state, command, result):
            return state if result is UNKNOWN or result == "sesame" else None

    class Half(Secret):
        """Sometimes."""

        def step(self, state, command, result):
            if command[0] == "flip":
                return ("flipped",)
            return state if result is UNKNOWN or result == ("sesame" if state else "x") else None

    story = Story()
    story.did("s1", "ask", result="open")
    fault = fault_of(Secret(), story)
    assert (fault.instead, fault.only, fault.summary) == ((), False, fault.sentence)
    story = Story()
    story.asks("s2", "flip")
    story.did("s1", "ask", "x", result="open")
    fault = fault_of(Half(), story)
    assert (fault.instead, fault.only) == (("x",), False)
    assert fault.summary.endswith("; the answer could have been x, among others")


def test_a_model_that_takes_several_results_in_one_state_may_take_more():
    class Weak(Increments):
        """It may skip a number."""

        def step(self, state, command, result):
            return state + 1 if result is UNKNOWN or result in (state + 1, state + 2) else None

    story = Story()
    story.did("s1", "inc", result=9)
    fault = fault_of(Weak(), story)
    assert set(fault.instead) < {1, 2}
    assert not fault.only


def test_a_fault_that_a_refusal_completes_had_no_answer():
    story = Story()
    add = story.asks("s1", "add", 1)
    story.did("s2", "read", result=1)
    story.refused(add)
    fault, _ = folded(Checker(Counter()), story.moments)
    assert (fault.instead, fault.only) == ((), False)


def test_what_is_told_of_zones_says_the_values_itself():
    story = Story()
    story.did("s1", "put", "x", 1)
    story.did("s1", "put", "x", 2)
    story.did("s2", "get", "x", result=1)
    fault = fault_of(Register(), story)
    assert (fault.values, fault.instead) == ((1, 2), ())


def test_a_model_that_cannot_bear_a_guess_takes_none_of_it():
    class Strict(Increments):
        """It counts on numbers."""

        def step(self, state, command, result):
            if result is not UNKNOWN:
                result + 1
            return super().step(state, command, result)

    story = Story()
    story.did("s1", "inc", result=4)
    assert fault_of(Strict(), story).instead == (1,)


@pytest.mark.parametrize(
    ("name", "least"), [("_GUESSES", 30), ("_BOUND", Bound(configurations=1, steps=10)), ("_BOUND", Bound(steps=60))], ids=str
)
def test_where_it_would_take_too_long_less_is_said(monkeypatch, name, least):
    monkeypatch.setattr("splitbrain.linearizability.alternatives." + name, least)
    story = Story()
    story.did("s1", "inc", result=1)
    story.asks("s2", "inc")
    story.did("s3", "inc", result=5)
    fault = fault_of(Increments(), story)
    assert set(fault.instead) < {2, 3}
    assert not fault.only


def drawn(dice):
    """Increments, of which some are never answered, some are refused, and the last is answered wrongly if another one was not."""
    story, open_ = Story(), {}
    for _ in range(dice.between(4, 14)):
        who = f"s{dice.between(1, 4)}"
        operation = open_.pop(who, None)
        if operation is None:
            open_[who] = story.asks(who, "inc")
        elif dice.chance(0.2):
            story.refused(operation)
        elif dice.chance(0.8):
            story.told(operation, dice.between(1, 5))
    return story


def test_it_is_what_all_orders_say():
    model, told = Increments(), 0
    for seed in range(3_000):
        story = drawn(Dice(seed))
        fault, moment = folded(Checker(model), story.moments)
        if fault is None or story.moments[moment][0] == "refuse":
            continue
        log = story.moments[: moment + 1]
        last = log[-1][1]
        given, right = last.result, []
        for result in range(-1, 12):
            last.result = result
            if explained(log, model):
                right.append(result)
        last.result = given
        told += bool(right)
        assert alternatives(model, log) == (fault.instead, fault.only)
        assert set(fault.instead) <= set(right), seed
        assert fault.only is (0 < len(right) <= MOST), seed
        assert len(fault.instead) == min(len(right), MOST), seed
    assert told > 500
