"""The likely cause of a difference, told from what three processes make of a schedule."""

import pytest
from questions import question

from splitbrain.elsewhere import cause
from splitbrain.elsewhere.cause import likely, threads
from splitbrain.elsewhere.crew import mustered
from splitbrain.elsewhere.question import Answer, Result

ANSWERS = {
    "ORDERED": cause.HASHING,
    "COUNTING": cause.STATE,
    "CHANCE": cause.CHANCE,
    "CLOCK": cause.CLOCK,
    "BOTH": cause.BOTH,
    "CALENDAR": cause.DRAWN,
    "UNIQUE": cause.DRAWN,
    "IMPORTED": cause.IMPORTED,
    "THREADED": threads(["pump"]),
    "SATURATED": cause.HERE,
}


@pytest.mark.parametrize("name", ANSWERS)
def test_each_way_to_be_unsteady_is_told_by_its_name(name):
    def ask(*, twice=False, without=""):
        return crew.ask(question(name, twice=twice, without=without), 60)

    with mustered() as crew:
        assert likely(ask) == ANSWERS[name]


def test_where_the_others_cannot_run_it_nobody_knows_the_cause():
    answers = [Answer((Result("a", "a"),)), Answer(trouble="no"), Answer((Result("a", "a"),))]
    assert likely(lambda **_: answers) is None


def test_many_threads_are_not_all_named():
    assert "started a, b, c, ..., and no schedule" in threads(["a", "b", "c", "d"])
