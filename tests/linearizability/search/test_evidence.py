"""Which operations are at fault: no more than needed, against all orders tried one after the other."""

import pytest
from services import SERVICES, seen
from stories import Story, explained, folded

from splitbrain.linearizability.model import UNKNOWN, Model
from splitbrain.linearizability.models import Register, Set
from splitbrain.linearizability.search import Search
from splitbrain.linearizability.search.evidence import TiredError, fault_of, least
from splitbrain.trace.history import Operation

SOME, MANY = range(200), range(200, 5_000)


class Told(Model):
    """Commands come with their results, where there are any."""

    def __init__(self, model):
        self.model, self.initial = model, model.initial

    def step(self, state, command, result):
        return self.model.step(state, *command)


def explained_but_for(kept, moments, model):
    """Whether an order explains it, where all may have taken effect at any time after their calls, but for those that are kept."""
    results = {operation: operation.result for what, operation in moments if what == "complete"}
    copies = {
        operation: Operation(operation.id, None, (operation.command, results.get(operation, UNKNOWN)), operation.called, [])
        for _, operation in moments
    }
    relaxed = [(what, copies[operation]) for what, operation in moments if what != "complete" or operation in kept]
    return explained(relaxed, Told(model))


def needed(name, seeds):
    model, faults = SERVICES[name][0], 0
    for seed in seeds:
        moments = seen(name, seed).moments
        fault, end = folded(Search(model), moments)
        if fault is None:
            continue
        faults += 1
        moments = moments[: end + 1]
        assert not explained_but_for(fault.operations, moments, model), f"{name} {seed}"
        for operation in fault.operations:
            if operation is not moments[-1][1]:  # that stays: its answer says what is wrong
                others = [each for each in fault.operations if each is not operation]
                assert explained_but_for(others, moments, model), f"{name} {seed}"
    assert faults


@pytest.mark.parametrize("name", SERVICES)
def test_what_is_at_fault_has_no_order_and_would_have_one_without_any_of_it(name):
    needed(name, SOME)


@pytest.mark.slow
@pytest.mark.parametrize("name", SERVICES)
def test_what_is_at_fault_has_no_order_and_would_have_one_without_any_of_it_in_many(name):
    needed(name, MANY)


def test_of_a_long_history_few_operations_are_at_fault():
    story = Story()
    for number in range(200):
        story.did("s1", "add", number % 7)
        story.did("s2", "contains", number % 7, result=True)
        story.did("s3", "remove", number % 7)
    add, remove = story.did("s1", "add", "a"), story.did("s1", "remove", "a")
    found = story.did("s2", "contains", "a", result=True)
    fault, _ = folded(Search(Set()), story.moments)
    assert fault.operations == (add, remove, found)
    assert fault.sentence == (
        "contains a was answered True, but no order in time gives these 3 operations their answers, whatever else happened"
    )


def test_where_it_may_not_ask_on_all_that_is_in_doubt_is_evidence():
    story = Story()
    done = [story.did("s1", "put", "x", number) for number in range(3)]
    last = story.did("s1", "get", "x", result=0)
    asked = []

    def tired(moments, repeated):
        asked.append(moments)
        if len(asked) > 1:
            raise TiredError
        return False

    assert least(story.moments, tired) == [*done, last]


def test_nothing_is_asked_of_what_was_refused_but_whether_it_can_be_so():
    story = Story()
    put = story.asks("s1", "put", "x", 1)
    story.did("s2", "get", "x", result=1)
    story.did("s2", "get", "x", result=1)
    story.refused(put)
    fault, _ = folded(Search(Register()), story.moments)
    assert len(fault.operations) == 2
    assert "unless it had an effect" in fault.sentence


@pytest.mark.parametrize(
    ("number", "plain", "sentence"),
    [
        (1, True, "get x was answered 7, which nothing that had been asked by then could bring about"),
        (1, False, "get x was answered 7, which no order of all that had been asked by then can bring about"),
        (2, True, "get x was answered 7, but put x 8 had put an end to that before it was called"),
        (
            2,
            False,
            "get x was answered 7, but no order in time gives these 2 operations their answers, whatever else happened",
        ),
    ],
)
def test_a_sentence_says_what_was_answered_and_why_it_cannot_be(number, plain, sentence):
    story = Story()
    operations = [story.did("s1", "put", "x", 8), story.did("s1", "get", "x", result=7)][-number:]
    fault = fault_of(Register(), operations, operations[-1], plain=plain)
    assert (fault.key, fault.sentence, fault.operations) == ("x", sentence, tuple(operations))
