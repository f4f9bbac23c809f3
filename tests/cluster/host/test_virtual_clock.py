"""Trio's clock: it moves when virtual time does, and shows when nothing is left to run."""

from splitbrain.cluster.clock import Clock
from splitbrain.cluster.host.virtual_clock import EPSILON, VirtualClock


def test_it_shows_virtual_time_in_seconds_and_never_lets_trio_sleep():
    clock = Clock()
    virtual = VirtualClock(clock)
    clock.reach(1500)
    assert virtual.current_time() == 1.5
    assert not virtual.idle
    assert virtual.deadline_to_sleep_time(9.0) == 0.0
    assert virtual.idle
    assert virtual.deadline == 9.0


def test_a_deadline_that_floats_miss_by_a_hair_is_met():
    clock = Clock()
    virtual = VirtualClock(clock)
    clock.reach(300)
    virtual.deadline_to_sleep_time(0.3 + EPSILON / 2)
    assert virtual.current_time() == 0.3 + EPSILON / 2
    virtual.deadline_to_sleep_time(0.3 + 2 * EPSILON)
    assert virtual.current_time() == 0.3


def test_in_a_hurry_the_next_deadline_is_now():
    virtual = VirtualClock(Clock())
    virtual.deadline_to_sleep_time(60.0)
    assert virtual.current_time() == 0.0
    virtual.hurry = True
    assert virtual.current_time() == 60.0
