"""What clients had asked for, in words."""

from handwritten import trace

from splitbrain.events import Requested
from splitbrain_invariants.witnesses.requests import asked_for


def asks(command):
    return lambda step: Requested(step, "n1", f"r{step}", command, False)


def test_nobody_had_asked():
    (told,) = asked_for(trace())
    assert (told.phrase, told.steps) == ("no client had asked for anything", ())


def test_the_last_five_are_shown():
    (told,) = asked_for(trace(*map(asks, "abcdefg")))
    assert (
        told.phrase
        == "clients had asked for 'c' (step 3), 'd' (step 4), 'e' (step 5), 'f' (step 6), 'g' (step 7), and 2 things before"
    )
    assert told.steps == (3, 4, 5, 6, 7)
