"""What ends the body of a test when an invariant breaks."""

from shrinkers import FORGET, SETUP

from splitbrain.testing.broken import Broken
from splitbrain.world.run import run


def test_it_is_no_exception_that_a_body_would_take_for_its_own_and_says_what_broke():
    found = run(SETUP, FORGET).found()
    broken = Broken(found, ValueError("mine"))
    assert not isinstance(broken, Exception)
    assert str(broken) == f"OneValue is broken: {found.violation.summary}"
    assert (broken.found, str(broken.raised)) == (found, "mine")
