"""Whether async nodes await what they call: what is not awaited never happens."""

import sys
import warnings

import pytest
from scripted import Note

from splitbrain.doctor.awaits import Awaits
from splitbrain.doctor.conformance import ConformanceError, conformance
from splitbrain.invariant import KeepsContract
from splitbrain.scenario import Scenario


async def store():
    pass


def drop():
    store()


def test_a_coroutine_that_is_never_awaited_is_told_of_with_its_line():
    with Awaits() as awaits:
        drop()
    assert awaits.never == [f"store(...) was called and never awaited (test_awaits.py:{drop.__code__.co_firstlineno + 1}, in drop)"]


def test_one_that_is_awaited_is_not_and_other_warnings_go_where_they_went():
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with Awaits() as awaits:
            with pytest.raises(StopIteration):
                store().send(None)
            warnings.warn("something else", UserWarning, stacklevel=1)
    assert awaits.never == []
    assert [str(each.message) for each in caught] == ["something else"]


def test_it_leaves_all_as_it_was():
    before = sys.get_coroutine_origin_tracking_depth(), warnings.showwarning, list(warnings.filters)
    with Awaits():
        pass
    assert (sys.get_coroutine_origin_tracking_depth(), warnings.showwarning, list(warnings.filters)) == before


class Forgetful:
    """Which of its two calls it does not await, an option says."""

    def __init__(self, me, peers, disk, forgets):
        self.forgets = forgets

    async def run(self, env):
        while True:
            asked = await env.receive()
            env.write("a", asked.command)
            if self.forgets == "its own":
                self.store(env)
            elif self.forgets == "env's":
                env.sync()
            else:
                await self.store(env)
            env.reply(asked.request, asked.command)
            env.observe(Note("stored"))

    async def store(self, env):
        await env.sync()


def forgetful(forgets):
    return Scenario(name="forgetful", factory=Forgetful, invariants=(KeepsContract,), sizes=(3,), options={"forgets": (forgets,)})


@pytest.mark.parametrize(
    ("forgets", "told"),
    [
        ("its own", "Forgetful.store(...) was called and never awaited (test_awaits.py:{}, in run), so that it did nothing"),
        ("env's", "run called env.sync(...) without awaiting it (test_awaits.py:{}, in run)"),
    ],
)
def test_conformance_says_so(forgets, told):
    with pytest.raises(ConformanceError) as error:
        conformance(forgetful(forgets))
    line = Forgetful.run.__code__.co_firstlineno + (5 if forgets == "its own" else 7)
    assert told.format(line) in str(error.value)


def test_conformance_has_no_complaint_about_a_node_that_awaits_all():
    conformance(forgetful("nothing"))
