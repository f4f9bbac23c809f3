"""The real clock, for budgets and figures alone."""

from splitbrain.stopwatch import Stopwatch


def test_a_stopwatch_begins_at_nothing_and_never_goes_back():
    watch, later = Stopwatch(), Stopwatch()
    seen = [watch.seconds() for _ in range(100)]
    assert seen == sorted(seen)
    assert 0 <= later.seconds() <= watch.seconds()
