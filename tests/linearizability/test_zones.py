"""Registers of unique values, judged without a search."""

import pytest
from stories import Story, explained, folded, registers

from splitbrain.dice import Dice
from splitbrain.errors import ScenarioError
from splitbrain.linearizability.model import UNKNOWN
from splitbrain.linearizability.models import Register
from splitbrain.linearizability.zones import Unfit, Zones

SOME, MANY = range(3_000), range(3_000, 35_000)


def fault_of(story):
    return folded(Zones(Register(), "x"), story.moments)[0]


def judged(story):
    fault = fault_of(story)
    return None if fault is None else fault.sentence


def agrees(seed):
    story, model = registers(Dice(seed)), Register()
    fault, moment = folded(Zones(model, "x"), story.moments)
    assert explained(story.moments[:moment], model), seed
    if fault is None:
        return 0
    assert not explained(story.moments[: moment + 1], model), seed
    # Those operations alone are wrong already, whatever became of all the others once they were asked, and without any of them
    # nothing is.
    happened = story.moments[: moment + 1]
    asked = {operation: place for place, (what, operation) in enumerate(happened) if what == "invoke"}
    for left_out in (None, *fault.operations):
        known = [operation for operation in fault.operations if operation is not left_out]
        told = [each for place, each in enumerate(happened) if each[1] in known or asked[each[1]] == place]
        assert explained(told, model) is (left_out is not None), (seed, left_out)
    assert len(fault.operations) <= 4
    return len(fault.operations)


def test_it_agrees_with_trying_all_orders_at_every_moment_and_names_no_operation_too_many():
    counts = [agrees(seed) for seed in SOME]
    assert all(counts.count(length) >= 5 for length in range(5))


@pytest.mark.slow
def test_it_agrees_with_trying_all_orders_on_very_many_histories():
    counts = [agrees(seed) for seed in MANY]
    assert all(counts.count(length) >= 50 for length in range(5))


def test_a_put_of_unknown_outcome_that_nobody_saw_has_not_happened_and_one_that_was_seen_may_have_happened_late():
    story = Story()
    story.asks("s1", "put", "x", 1)
    story.did("s2", "put", "x", 2)
    for _ in range(3):
        story.did("s2", "get", "x", result=2)
    story.did("s3", "get", "x", result=1)
    assert judged(story) is None
    story.did("s2", "get", "x", result=2)
    assert judged(story) is not None


def test_a_get_that_was_never_answered_says_nothing():
    story = Story()
    story.asks("s1", "get", "x")
    story.did("s2", "put", "x", 2)
    assert judged(story) is None


def test_what_was_found_cannot_be_refused():
    story = Story()
    write = story.asks("s1", "put", "x", 1)
    story.did("s2", "get", "x", result=1)
    story.refused(write)
    fault, moment = folded(Zones(Register(), "x"), story.moments)
    assert moment == 3
    assert fault.sentence == "s2 read x = 1, but s1's put of 1 had no effect: every attempt at it was refused"


def test_what_was_refused_and_asked_for_again_takes_effect_after_that():
    story = Story()
    write = story.asks("s1", "put", "x", 1)
    story.refused(write)
    story.did("s2", "put", "x", 2)
    story.asks_again(write)
    story.did("s2", "get", "x", result=1)
    story.told(write)
    assert judged(story) is None
    story.did("s2", "get", "x", result=2)
    assert judged(story) == "s2 read x = 2, which had been overwritten by s1's put of 1 before s2 asked"


def test_a_refused_value_may_be_asked_for_by_somebody_else():
    story = Story()
    story.refused(story.asks("s1", "put", "x", 1))
    story.did("s2", "put", "x", 1)
    story.did("s3", "get", "x", result=1)
    assert judged(story) is None


@pytest.mark.parametrize("command", [("cas", "x", 1, 2), ("delete", "x"), ("put", "x", 1), ("put", "x", 1.0)], ids=str)
def test_anything_but_a_get_or_a_put_of_what_is_new_does_not_fit(command):
    story = Story()
    story.did("s1", "put", "x", 1)
    zones = Zones(Register(), "x")
    folded(zones, story.moments)
    with pytest.raises(Unfit):
        zones.invoke(Story().asks("s2", *command))
    assert list(zones.log()) == story.moments


def test_a_write_of_what_was_there_in_the_beginning_does_not_fit_once_that_was_found():
    story = Story()
    story.did("s1", "get", "x", result=None)
    story.asks("s2", "put", "x", None)
    with pytest.raises(Unfit):
        judged(story)
    story = Story()
    story.did("s1", "put", "x", 0)
    story.did("s2", "get", "x", result=0)
    with pytest.raises(Unfit):
        folded(Zones(Register(initial=0), "x"), story.moments)


def test_what_is_acknowledged_although_it_was_refused_does_not_fit():
    story = Story()
    write = story.refused(story.asks("s1", "put", "x", 1))
    story.told(write)
    with pytest.raises(Unfit):
        judged(story)


def test_the_log_tells_all_that_went_before():
    story = Story()
    write = story.asks("s1", "put", "x", 1)
    story.refused(write)
    story.asks_again(write)
    story.did("s2", "get", "x", result=1)
    story.told(write)
    zones = Zones(Register(), "x")
    folded(zones, story.moments)
    assert list(zones.log()) == story.moments


@pytest.mark.parametrize("value", [[1, {"a": [2]}], {"a": 1}, "text", True, 2.5, (1, 2)], ids=str)
def test_values_may_be_whatever_json_holds(value):
    story = Story()
    story.did("s1", "put", "x", value)
    story.did("s1", "put", "x", 1)
    story.did("s2", "get", "x", result=1)
    assert judged(story) is None
    story.did("s2", "get", "x", result=value)
    assert judged(story) is not None


def test_what_one_value_lasts_through_is_passed_once_and_not_at_each_read_of_it():
    """Here each read has one more within its reach."""

    class Counting(list):
        looks = 0

        def __getitem__(self, place):
            Counting.looks += 1
            return super().__getitem__(place)

    def looks(length):
        story = Story()
        writes = [story.asks(f"s{value}", "put", "x", value) for value in range(length)]
        story.did("s", "put", "x", "there")
        for write in writes:
            story.told(write)
            story.did("s", "get", "x", result="there")
        zones = Zones(Register(), "x")
        zones._begun, Counting.looks = Counting(zones._begun), 0
        assert folded(zones, story.moments) == (None, None)
        return Counting.looks

    assert 1_000 <= looks(1_000) <= 1_100


@pytest.mark.parametrize("said", ["foo", 5, ("look", 1), ("read",), {"write": 1}])
def test_a_model_that_says_what_is_no_zone_is_blamed(said):
    class Odd(Register):
        def zone(self, command, result):
            return said

    with pytest.raises(
        ScenarioError, match=r"the model Odd says of s1\.0 that zone\(\('get', 'x'\), UNKNOWN\) is .*, which is neither"
    ):
        folded(Zones(Odd(), "x"), _did("get", "x"))


def test_a_model_that_says_of_an_answer_what_it_had_not_said_of_the_call_is_blamed():
    class Wavers(Register):
        def zone(self, command, result):
            return ("read", result) if result is UNKNOWN else None

    with pytest.raises(ScenarioError, match=r"zone\(\('get', 'x'\), True\) is None, though it had said that this is a read while"):
        folded(Zones(Wavers(), "x"), _did("get", "x"))


def _did(*command):
    story = Story()
    story.did("s1", *command)
    return story.moments
