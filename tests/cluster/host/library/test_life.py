"""A life's clock, which never goes back, and its dice, which are like no other's."""

import sys
from types import SimpleNamespace

import pytest

from splitbrain.cluster.clock import Clock
from splitbrain.cluster.host.library.life import HERE, Life, Lives, NodeClock, nobody_s_life

START = 1_000_000.0  # seconds


def test_the_clock_follows_the_run_and_never_goes_back():
    run = Clock()
    clock = NodeClock(run)
    assert clock() == clock.time() == clock.monotonic() == clock.perf_counter() == START
    run.reach(2_500)
    assert clock.monotonic() == START + 2.5
    clock.pass_until(clock.deadline(1_000))
    assert clock.monotonic() > START + 3.5
    before = clock.monotonic_ns()
    run.reach(3_000)
    assert clock.time_ns() == clock.perf_counter_ns() == before
    run.reach(4_000)
    assert clock.monotonic() == START + 4


def test_behind_a_deadline_it_has_passed_also_for_who_adds_up_floats():
    run = Clock()
    clock = NodeClock(run)
    for milliseconds in (1, 10, 100, 333, 1_400):
        due = clock.monotonic() + milliseconds / 1000
        deadline = clock.deadline(milliseconds)
        clock.pass_until(deadline)
        assert due < clock.monotonic() < due + 1e-5


def test_who_sleeps_is_later_and_nobody_else():
    run = Clock()
    one, other = NodeClock(run), NodeClock(run)
    one.sleep(1.5)
    assert (one(), other(), run.now) == (START + 1.5, START, 0)


def test_the_clock_outlives_a_life_and_the_dice_do_not():
    lives = Lives(Clock(), 7)
    first = lives.next("n1", 1)
    first.clock.sleep(9)
    second = lives.next("n1", 2)
    assert second.clock is first.clock
    assert second.clock() == START + 9
    rolled = [life.dice.random() for life in (first, second, lives.next("n2", 1), Lives(Clock(), 8).next("n1", 1))]
    assert len(set(rolled)) == 4
    assert Lives(Clock(), 7).next("n1", 1).dice.random() == rolled[0]


def test_lives_are_within_each_other_and_the_hook_is_given_back():
    hook = sys.unraisablehook
    one, other = nobody_s_life(), nobody_s_life()
    with one:
        with other, other:
            assert HERE.life is other
        assert HERE.life is one
    assert HERE.life is None
    assert sys.unraisablehook is hook


class _Unclean:
    def __del__(self):
        raise ValueError("collected")


def test_what_a_collected_object_raises_is_not_the_node_s(monkeypatch):
    told = []
    monkeypatch.setattr(sys, "unraisablehook", told.append)
    life = Life("n1", 1, NodeClock(Clock()), 0)
    life.node = object()
    with life:
        _Unclean()
    assert life.swallowed is None
    assert str(told[0].exc_value) == "collected"


def test_nor_is_what_a_generator_raises_that_is_collected_in_its_midst(monkeypatch):
    told = []
    monkeypatch.setattr(sys, "unraisablehook", told.append)

    def unclean():
        try:
            yield
        finally:
            raise ValueError("collected")

    left = unclean()
    next(left)
    life = Life("n1", 1, NodeClock(Clock()), 0)
    life.node = object()
    with life:
        del left
    assert life.swallowed is None
    assert str(told[0].exc_value) == "collected"


@pytest.mark.parametrize(
    ("words", "swallowed"),
    [
        ("Exception ignored while calling deallocator <function _Unclean.__del__ at 0x1>", False),
        ("Exception ignored while closing generator <generator object unclean at 0x1>", False),
        ("Exception ignored while calling weakref callback <function f at 0x1>", False),
        ("Exception ignored while calling ctypes callback function <function f at 0x1>", True),
    ],
)
def test_what_python_says_in_words_alone_is_heard(words, swallowed, monkeypatch):
    told = []
    monkeypatch.setattr(sys, "unraisablehook", told.append)
    life = Life("n1", 1, NodeClock(Clock()), 0)
    life.node = object()
    error = ValueError("somewhere")
    with life:
        sys.unraisablehook(SimpleNamespace(exc_type=ValueError, exc_value=error, exc_traceback=None, err_msg=words, object=None))
    assert (life.swallowed, told) == ((error, []) if swallowed else (None, told))
    assert bool(told) is not swallowed
