"""Orders that are mended long before their end."""

import pytest
from stories import Story, folded

from splitbrain.linearizability.bound import Bound, Spent
from splitbrain.linearizability.model import UNKNOWN, Model
from splitbrain.linearizability.models import Queue
from splitbrain.linearizability.search import Search

PAIRS = 40


class Plain(Model):
    """A queue that says nothing of what its dequeues want."""

    initial = ()

    def step(self, state, command, result):
        if command[0] == "enqueue":
            return (*state, command[1])
        return state[1:] if result is UNKNOWN or result == (state[0] if state else None) else None


def pairs(story, *, values=2 * PAIRS):
    """Two enqueues at once, again and again; in the order of their answers it is the second of them that is dequeued first."""
    for number in range(PAIRS):
        one = story.asks("s1", "enqueue", 2 * number % values)
        other = story.asks("s2", "enqueue", (2 * number + 1) % values)
        story.told(one)
        story.told(other)


def judged(story, model):
    spent = Spent()
    search = Search(model, Bound(steps=1_000_000), spent, explain=False)
    found = folded(search, story.moments)
    assert search.inconclusive is None
    return found


@pytest.mark.parametrize("model", [Queue(), Plain()])
@pytest.mark.parametrize("values", [2 * PAIRS, 6])
def test_what_came_first_may_be_seen_much_later_and_of_many(model, values):
    story = Story()
    pairs(story, values=values)
    for number in range(PAIRS):
        story.did("s3", "dequeue", result=(2 * number + 1) % values)
        story.did("s3", "dequeue", result=2 * number % values)
    assert judged(story, model) == (None, None)


def test_what_was_put_in_to_help_another_is_taken_back_where_its_answer_says_otherwise():
    """A dequeue that is open seems to have found the first of all; then it is answered that it found the third."""
    story = Story()
    pairs(story)
    late = story.asks("s4", "dequeue")
    story.did("s3", "dequeue", result=1)
    story.did("s3", "dequeue", result=0)
    story.told(late, 3)
    story.did("s3", "dequeue", result=2)
    assert judged(story, Queue()) == (None, None)


def test_it_may_help_that_another_than_the_last_one_is_put_in_earlier():
    """Two dequeues at once: the one that returns first is explained by the other, until the other is answered."""
    story = Story()
    pairs(story)
    first, second = story.asks("s3", "dequeue"), story.asks("s4", "dequeue")
    story.told(first, 1)
    story.told(second, 0)
    third = story.asks("s3", "dequeue")
    fourth = story.asks("s4", "dequeue")
    story.told(third, 3)
    story.told(fourth, 2)
    assert judged(story, Queue()) == (None, None)


def test_an_enqueue_of_unknown_outcome_is_put_in_where_its_value_is_found():
    story = Story()
    story.asks("s0", "enqueue", "late")
    pairs(story)
    for number in range(PAIRS // 2):
        story.did("s3", "dequeue", result=2 * number)
        story.did("s3", "dequeue", result=2 * number + 1)
    story.did("s3", "dequeue", result="late")
    for number in range(PAIRS // 2, PAIRS):
        story.did("s3", "dequeue", result=2 * number)
        story.did("s3", "dequeue", result=2 * number + 1)
    assert judged(story, Queue()) == (None, None)


def test_a_violation_is_none_the_less_seen_when_it_is_completed():
    story = Story()
    story.did("s1", "enqueue", 1)
    story.did("s1", "enqueue", 2)
    one, other = story.asks("s1", "enqueue", 3), story.asks("s2", "enqueue", 4)
    story.told(one)
    story.told(other)
    story.did("s3", "dequeue", result=1)
    story.did("s3", "dequeue", result=2)
    story.did("s3", "dequeue", result=4)
    story.did("s3", "dequeue", result=None)
    fault, moment = folded(Search(Queue()), story.moments)
    assert moment == len(story.moments) - 1
    assert fault is not None
