"""One face of both engines: as a history goes, and at once."""

import pytest
from stories import Story, explained, folded, registers

from splitbrain.dice import Dice
from splitbrain.linearizability.bound import Bound
from splitbrain.linearizability.checker import Checker, check
from splitbrain.linearizability.model import UNKNOWN, Model
from splitbrain.linearizability.models import Register

SOME, MANY = range(1_500), range(1_500, 15_000)


def agree(seed, **drawn):
    """Folded, at once, and by trying all orders of each key: all the same."""
    story, model = registers(Dice(seed), keys=3, **drawn), Register()
    fault, _ = folded(Checker(model), story.moments)
    verdict = check(story.operations, model)
    by_key = [[each for each in story.moments if each[1].command[1] == key] for key in "xyz"]
    assert (fault is None) is all(explained(moments, model) for moments in by_key), seed
    if drawn.get("refusals") is False:
        # Where nothing is refused, and asked for again, the moments of a history are all that there is to know.
        assert verdict.fault == fault, seed
    if all(len(operation.attempts) == 1 for operation in story.operations):
        assert verdict.linearizable is (fault is None), seed
    assert verdict.linearizable is (verdict.fault is None)
    assert verdict.linearizable is not False or fault is not None
    return fault is not None


def test_folded_and_at_once_they_say_the_same_which_is_what_all_orders_say():
    assert 150 < sum(agree(seed, refusals=False) for seed in SOME) < 1_200


def test_so_they_do_where_values_are_written_more_than_once():
    assert 50 < sum(agree(seed, refusals=False, unique=False) for seed in SOME) < 1_200


def test_and_where_operations_are_refused_and_asked_for_again_nothing_at_once_is_wrong_that_is_right_as_it_goes():
    assert 150 < sum(agree(seed) for seed in SOME) < 1_200


@pytest.mark.slow
@pytest.mark.parametrize("drawn", [{"refusals": False}, {"refusals": False, "unique": False}, {}, {"unique": False}], ids=str)
def test_they_agree_on_very_many_histories(drawn):
    assert sum(agree(seed, **drawn) for seed in MANY) > 500


def test_of_several_faults_the_one_that_was_there_first_is_told_whatever_the_order_of_keys_and_operations():
    story = Story()
    for key in "xy":
        story.did("s1", "put", key, 1)
        story.did("s1", "put", key, 2)
    story.did("s2", "get", "y", result=1)
    story.did("s2", "get", "x", result=1)
    first, moment = folded(Checker(Register()), story.moments)
    assert (first.key, moment) == ("y", 9)
    assert check(story.operations, Register()).fault == first
    assert check(story.operations[::-1], Register()).fault == first


def test_a_key_of_which_a_fault_was_told_is_done_with_and_the_others_go_on():
    story, checker = Story(), Checker(Register())
    story.did("s1", "get", "x", result=1)
    story.did("s1", "put", "y", 1)
    assert folded(checker, story.moments)[0].key == "x"
    more = Story()
    more.did("s1", "get", "x", result=2)
    more.refused(more.asks("s1", "put", "x", 2))
    more.did("s2", "get", "y", result=3)
    folded(checker, story.moments[2:])
    fault, moment = folded(checker, more.moments)
    assert (fault.key, moment) == ("y", 5)


def test_what_does_not_fit_falls_to_a_search_that_knows_what_went_before():
    story = Story()
    story.did("s1", "put", "x", 1)
    story.did("s1", "put", "x", 2)
    story.did("s1", "put", "x", 1)
    story.did("s2", "get", "x", result=1)
    assert check(story.operations, Register()).linearizable
    assert folded(Checker(Register()), story.moments) == (None, None)
    stale = story.did("s2", "get", "x", result=2)
    fault, moment = folded(Checker(Register()), story.moments)
    assert moment == 9
    assert stale in fault.operations
    assert check(story.operations, Register()).linearizable is False


def test_any_model_will_do():
    class Stack(Model):
        initial = ()

        def step(self, state, command, result):
            match command:
                case ("push", value):
                    return (*state, value)
                case ("pop",) if result is UNKNOWN or result == (state[-1] if state else None):
                    return state[:-1]
            return None

    story = Story()
    story.did("s1", "push", 1)
    story.did("s1", "push", 2)
    story.did("s2", "pop", result=2)
    assert check(story.operations, Stack()).linearizable
    story.did("s2", "pop", result=2)
    assert check(story.operations, Stack()).linearizable is False


def test_what_was_refused_has_not_happened_and_what_is_unknown_may_have():
    story = Story()
    story.did("s1", "put", "x", 1)
    story.refused(story.asks("s2", "put", "x", 2))
    story.asks("s3", "put", "x", 3)
    story.did("s1", "get", "x", result=3)
    assert check(story.operations, Register()).linearizable
    story.did("s1", "get", "x", result=2)
    verdict = check(story.operations, Register())
    assert verdict.fault.sentence == "s1 read x = 2, but s2's put of 2 had no effect: every attempt at it was refused"


def test_an_empty_history_is_linearizable():
    verdict = check((), Register())
    assert (verdict.linearizable, verdict.fault, verdict.why) == (True, None, None)


def hard():
    """Nobody knows which of equal values was found."""
    story = Story()
    for _ in range(3):
        asked = [story.asks(f"s{value}", "put", "x", value % 3) for value in range(6)]
        for operation in asked:
            story.told(operation)
        story.did("s9", "get", "x", result=1)
        story.did("s9", "get", "x", result=1)
    return story


def test_a_bound_that_is_reached_is_told_and_no_verdict():
    story = hard()
    assert check(story.operations, Register()).linearizable
    verdict = check(story.operations, Register(), Bound(steps=1))
    assert verdict.linearizable is None
    assert "1" in verdict.why
    checker = Checker(Register(), Bound(steps=1))
    assert checker.inconclusive is None
    assert folded(checker, story.moments) == (None, None)
    assert checker.inconclusive == verdict.why


def test_a_fault_of_another_key_is_a_verdict_nevertheless():
    story = hard()
    story.did("s1", "get", "y", result=1)
    assert check(story.operations, Register(), Bound(steps=1)).linearizable is False
    assert folded(Checker(Register(), Bound(steps=1)), story.moments)[0].key == "y"


def test_a_key_that_takes_many_steps_does_not_hide_the_fault_of_another():
    class Mixed(Model):
        initial = 1

        def key(self, command):
            return command[1]

        def step(self, state, command, result):
            steps.append(command)
            match command:
                case ("mix", _, number):
                    return (state * 31 + number) % 1_000_003
                case ("read", _) if result is UNKNOWN or result == state:
                    return state
            return None

    story, steps = Story(), []
    for number in range(40):
        story.asks(f"s{number}", "mix", "x", number)
    story.did("s", "read", "x", result=-1)
    story.did("s", "read", "y", result=2)
    verdict = check(story.operations, Mixed(), Bound(steps=1_000_000_000))
    assert verdict.fault.key == "y"
    assert 10_000 < len(steps) < 100_000


def test_a_history_of_unique_values_reaches_no_bound():
    story = Story()
    for value in range(500):
        story.did("s1", "put", "x", value)
    assert check(story.operations, Register(), Bound(configurations=1, steps=1)).linearizable


def test_operations_at_one_moment_are_concurrent():
    story = Story()
    put, read = story.did("s1", "put", "x", 1), story.did("s2", "get", "x", result=None)
    assert check(story.operations, Register()).linearizable is False
    read.called = put.returned
    assert check(story.operations, Register()).linearizable


@pytest.mark.parametrize("before", [(), (1,), (2, 2)], ids=["zones", "search", "search of two"])
@pytest.mark.parametrize(("one", "other"), [(1, True), ([1], [True]), ((1,), (True,)), ({"a": 1}, {"a": True})], ids=str)
def test_both_engines_tell_one_from_true(before, one, other):
    story = Story()
    for value in (*before, one, other):
        story.did("s1", "put", "x", value)
    story.did("s1", "get", "x", result=other)
    assert check(story.operations, Register()).linearizable
    story.did("s1", "get", "x", result=one)
    assert check(story.operations, Register()).linearizable is False


@pytest.mark.parametrize("key", [["a", {"b": True}], ("a", 1), {"a": [1]}, True])
@pytest.mark.parametrize("written", [(1, 2), (1, 1)], ids=["zones", "search"])
def test_a_fault_names_its_key_as_it_was_asked(key, written):
    story = Story()
    for value in written:
        story.did("s1", "put", key, value)
    story.did("s2", "get", key, result=3)
    fault, _ = folded(Checker(Register()), story.moments)
    assert fault.key is key
    assert check(story.operations, Register()).fault.key is key
    assert "<class" not in fault.sentence
