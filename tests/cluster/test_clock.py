"""Virtual time."""

from splitbrain.cluster.clock import NEVER, Clock


def test_time_goes_on_and_never_back():
    clock = Clock()
    seen = [clock.now]
    for time in (30, 10, 30, 50):
        clock.reach(time)
        seen.append(clock.now)
    assert seen == [0, 30, 30, 30, 50]


def test_who_waits_for_nothing_waits_longer_than_anybody():
    assert NEVER > 10**18
