"""What takes long says why, and what takes too long ends."""

import pytest

from splitbrain.doctor import effort
from splitbrain.doctor.effort import Effort
from splitbrain.stopwatch import Stopwatch


def test_what_takes_no_time_is_not_worth_a_word():
    one = Effort()
    with one.on("nodes"):
        pass
    assert not one.enough
    assert one.note(15, 15) is None


def test_enough_is_enough_in_bytes_whatever_the_machine():
    one = Effort()
    for _ in range(39):
        one.weigh("a tuple message that was sent", 5_000_000)
    assert not one.enough
    one.weigh("a Note that was observed", 5_000_001)
    assert one.enough
    note = one.note(1, 15)
    assert "(the largest is a Note that was observed, of 5.0 MB)" in note
    assert note.endswith("; so no more runs were begun than 1 of 15")


def test_what_takes_cpu_is_told_with_what_it_went_into(monkeypatch):
    monkeypatch.setattr(effort, "_WORTH_A_WORD", 0.0)
    one = Effort()
    with one.on("traces"):
        watch = Stopwatch()
        while watch.seconds() < 0.15:
            pass
    note = one.note(15, 15)
    assert "s encoding and comparing what happened" in note
    assert "in the nodes" not in note
    assert "no more runs" not in note


@pytest.mark.parametrize(("name", "few"), [("ENOUGH_CPU", 0.0), ("ENOUGH_ASLEEP", 0.0)])
def test_enough_is_enough_in_cpu_and_for_nodes_that_sleep(monkeypatch, name, few):
    monkeypatch.setattr(effort, name, few)
    monkeypatch.setattr(effort, "_ASLEEP", 2.0)
    assert Effort().enough
