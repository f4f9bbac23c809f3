"""Calls that are to be awaited: only one that nobody awaited and nobody has any more is told of, with the line."""

import sys
import warnings

import trio

from splitbrain.cluster.host.calls import Calls


def ask(calls):
    async def sync():
        return 1

    call = sync()
    calls.made(call, sys._getframe(1))
    return call


def finish(call):
    try:
        call.send(None)
    except StopIteration as end:
        return end.value


def test_a_call_that_was_awaited_is_forgotten():
    calls = Calls()
    assert finish(ask(calls)) == 1
    assert calls.dropped() is None


def test_a_call_that_was_dropped_is_told_of_with_its_line_and_python_keeps_quiet():
    calls = Calls()
    with warnings.catch_warnings(record=True) as caught:
        ask(calls)
        line = sys._getframe().f_lineno - 1
        name = "test_a_call_that_was_dropped_is_told_of_with_its_line_and_python_keeps_quiet"
        assert calls.dropped() == ("sync", f"test_calls.py:{line}, in {name}")
        assert calls.dropped() is None
    assert caught == []


def test_a_call_that_somebody_keeps_may_be_awaited_yet():
    calls = Calls()
    kept = ask(calls)
    assert calls.dropped() is None
    assert calls.dropped() is None
    assert finish(kept) == 1


def test_a_call_that_the_scheduler_made_for_a_nursery_has_no_line():
    calls = Calls()

    async def main():
        async with trio.open_nursery() as nursery:
            nursery.start_soon(dropping, calls)

    async def wait():
        await trio.sleep(0)

    def dropping(calls):
        call = wait()
        calls.made(wait(), sys._getframe(1))  # another one, which nobody awaits
        return call

    trio.run(main)
    assert calls.dropped() == ("wait", None)
