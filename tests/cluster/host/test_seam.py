"""The one exception to "public API only". When one of these fails, trio has changed its seam: see harness/host/seam.py."""

import random

import pytest
import trio
from trio._core import _run
from trio.testing import wait_all_tasks_blocked

from splitbrain.cluster.host.seam import deterministic_scheduling

CHANGED = "trio changed the seam that harness/host/seam.py uses to order the tasks of async nodes: "


def order(tasks=8):
    """The order in which tasks run that become runnable at once."""
    finished = []

    async def sleeper(name, event):
        await event.wait()
        finished.append(name)

    async def main():
        event = trio.Event()
        async with trio.open_nursery() as nursery:
            for name in range(tasks):
                nursery.start_soon(sleeper, name, event)
            await wait_all_tasks_blocked()
            event.set()

    trio.run(main)
    return tuple(finished)


def test_trio_has_the_flag_and_the_random_source():
    # False, or True once Hypothesis has been imported, whose trio plug-in sets it for good.
    assert type(_run._ALLOW_DETERMINISTIC_SCHEDULING) is bool, CHANGED + "the flag"
    assert type(_run._r) is random.Random, CHANGED + "the random source"


def test_the_order_of_tasks_that_are_runnable_at_once_depends_on_the_seed_alone():
    def orders(seeds):
        found = []
        for seed in seeds:
            with deterministic_scheduling(seed):
                found.append(order())
        return found

    assert orders(range(20)) == orders(range(20)), CHANGED + "equal seeds give different orders"
    assert len(set(orders(range(20)))) > 10, CHANGED + "the seed has no effect"


def test_trio_s_own_state_is_put_back():
    flag, before = _run._ALLOW_DETERMINISTIC_SCHEDULING, _run._r
    with deterministic_scheduling(1):
        assert _run._ALLOW_DETERMINISTIC_SCHEDULING is True
        assert _run._r is not before
    assert (_run._ALLOW_DETERMINISTIC_SCHEDULING, _run._r) == (flag, before)
    with pytest.raises(LookupError), deterministic_scheduling(1):
        raise LookupError
    assert (_run._ALLOW_DETERMINISTIC_SCHEDULING, _run._r) == (flag, before)
