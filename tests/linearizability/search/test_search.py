"""The general engine: fed moment by moment, and against all orders tried one after the other."""

import pytest
from services import SERVICES, seen
from stories import Story, explained, folded

from splitbrain.linearizability.bound import Bound, Spent
from splitbrain.linearizability.model import UNKNOWN, Model
from splitbrain.linearizability.models import Counter, Queue, Register
from splitbrain.linearizability.search import Search

SOME, MANY = range(300), range(300, 30_300)


def completed(moments, model):
    """At which moment no order explains them any more, by trying all orders at each."""
    return next((end - 1 for end in range(1, len(moments) + 1) if not explained(moments[:end], model)), None)


def agree(name, seeds):
    model, violations = SERVICES[name][0], 0
    for seed in seeds:
        moments = seen(name, seed).moments
        search = Search(model, explain=False)
        expected = completed(moments, model)
        assert folded(search, moments)[1] == expected, f"{name} {seed}"
        assert search.inconclusive is None
        violations += expected is not None
    assert violations > len(seeds) / 40


@pytest.mark.parametrize("name", SERVICES)
def test_a_violation_is_seen_at_the_moment_that_completes_it(name):
    agree(name, SOME)


@pytest.mark.slow
@pytest.mark.parametrize("name", SERVICES)
def test_thirty_thousand_random_histories_of_each_model_are_judged_as_by_all_orders(name):
    agree(name, MANY)


def test_what_seemed_to_change_nothing_is_found_to_change_something():
    """A delete of nothing is no read: where something is put before it, it counts."""
    story = Story()
    put, delete = story.asks("s1", "put", "x", 1), story.asks("s2", "delete", "x")
    story.told(delete)
    story.told(put)
    story.did("s3", "get", "x", result=None)
    assert folded(Search(Register()), story.moments) == (None, None)


def test_a_late_answer_turns_the_order_round():
    """Two enqueues at once: which came first is known when somebody dequeues."""
    story = Story()
    one, other = story.asks("s1", "enqueue", 1), story.asks("s2", "enqueue", 2)
    story.told(one)
    story.told(other)
    story.did("s3", "dequeue", result=2)
    story.did("s3", "dequeue", result=1)
    assert folded(Search(Queue()), story.moments) == (None, None)
    story.did("s3", "dequeue", result=1)
    assert folded(Search(Queue()), story.moments)[1] == len(story.moments) - 1


def test_what_is_put_into_the_order_while_it_is_open_has_to_have_its_answer_there():
    """That a cas was done is needed for what is read; later it turns out that it was not done."""
    story = Story()
    cas = story.asks("s1", "cas", "x", None, 1)
    story.asks("s3", "put", "x", 2)
    story.did("s2", "get", "x", result=1)
    story.told(cas, True)
    assert folded(Search(Register()), story.moments) == (None, None)
    story.moments.pop()
    story.told(cas, False)
    fault, moment = folded(Search(Register()), story.moments)
    assert moment == len(story.moments) - 1
    assert [operation.command[0] for operation in fault.operations] == ["cas", "get"]


def test_what_was_refused_has_had_no_effect_until_it_is_asked_again():
    story = Story()
    put = story.asks("s1", "put", "x", 1)
    story.refused(put)
    story.asks_again(put)
    story.did("s2", "get", "x", result=1)
    assert folded(Search(Register()), story.moments) == (None, None)


def test_a_refusal_completes_a_violation_where_the_effect_was_seen():
    story = Story()
    put = story.asks("s1", "put", "x", 1)
    get = story.did("s2", "get", "x", result=1)
    story.refused(put)
    fault, moment = folded(Search(Register()), story.moments)
    assert moment == len(story.moments) - 1
    assert fault.operations == (put, get)
    assert fault.sentence.startswith("put x 1 was refused")


def test_the_fault_names_its_key():
    story = Story()
    story.did("s1", "get", "x", result=1)
    fault, _ = folded(Search(Register()), story.moments)
    assert fault.key == "x"


def test_nothing_is_said_after_a_fault():
    story = Story()
    story.did("s1", "get", "x", result=1)
    search = Search(Register())
    assert folded(search, story.moments)[0] is not None
    later = Story()
    later.refused(later.asks("s2", "get", "x"))
    later.did("s2", "get", "x", result=1)
    assert folded(search, later.moments) == (None, None)


class Mixed(Model):
    """Its state never comes again, so that there is nothing to remember."""

    initial = 1

    def step(self, state, command, result):
        if command[0] == "mix":
            return (state * 31 + command[1]) % 1_000_003
        return state if result is UNKNOWN or result == state else None


def hard():
    story = Story()
    for number in range(40):
        story.asks(f"s{number}", "mix", number)
    story.did("s", "read", result=-1)
    return story.moments


@pytest.mark.parametrize(
    ("bound", "why"),
    [
        (Bound(steps=5_000), "the search did the work of 5,000 steps, its bound"),
        (Bound(configurations=300), "the search of one key remembered 300 configurations, its bound"),
    ],
)
def test_a_bound_that_is_reached_is_named_and_there_is_no_verdict(bound, why):
    search = Search(Mixed(), bound)
    assert folded(search, hard()) == (None, None)
    assert search.inconclusive == why


def test_steps_are_counted_together_with_those_of_other_keys():
    spent = Spent()
    folded(Search(Mixed(), Bound(steps=5_000), spent), hard())
    assert spent.steps > 5_000
    search = Search(Mixed(), Bound(steps=5_000), spent)
    story = Story()
    story.asks("s1", "mix", 1)
    story.did("s2", "read", result=32)
    folded(search, story.moments)
    assert search.inconclusive is not None


def test_interchangeable_operations_of_unknown_outcome_do_not_multiply():
    """Sixty adds of one, of which nobody knows whether they came: a read of sixty-one has no explanation, and that is seen soon."""
    story = Story()
    for number in range(60):
        story.asks(f"s{number}", "add", 1)
    story.did("s", "read", result=60)
    spent = Spent()
    assert folded(Search(Counter(), spent=spent), story.moments) == (None, None)
    story.did("s", "read", result=61)
    assert folded(Search(Counter(), spent=spent, explain=False), story.moments)[1] == len(story.moments) - 1
    assert spent.steps < 40_000


def test_a_long_history_with_few_at_once_takes_a_few_steps_an_operation():
    story = Story()
    for number in range(2_000):
        put = story.asks("s1", "put", "x", number % 3)
        get = story.asks("s2", "get", "x")
        story.told(put)
        story.told(get, number % 3 if number % 2 or not number else (number - 1) % 3)
        story.did("s3", "cas", "x", number % 3, number % 3, result=True)
    story.moments.pop(3)
    spent = Spent()
    assert folded(Search(Register(), spent=spent), story.moments) == (None, None)
    assert spent.steps < 60_000
