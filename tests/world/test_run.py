"""run(setup, schedule): strict or lenient, and the same every time."""

from dataclasses import replace

import pytest
from scripted import Note, scripted

from splitbrain.actions import Crash, Deliver, Fire, Request, Restart
from splitbrain.invariant import Invariant
from splitbrain.node import Observe, Send
from splitbrain.trace.encoding import digest
from splitbrain.world.run import Setup, run


class FewWords(Invariant):
    """No node says more than two things."""

    watches = (Note,)

    def __init__(self):
        self.said = []

    def observe(self, event):
        self.said.append(event)
        return self.violation("three words", *self.said) if len(self.said) == 3 else None


TALK = scripted(
    request=lambda node, name, command: [Observe(Note(command)), Send("n2", Note(command))],
    receive=lambda node, sender, message: [Observe(message)],
    invariants=(FewWords,),
)
SETUP = Setup(TALK, 3)
ASK, ASK_AGAIN = Request("n1", "r1", "a"), Request("n1", "r2", "b")
GET = Deliver("n1", "n2", "Note")


def test_a_run_ends_with_the_action_that_breaks_an_invariant():
    done = run(SETUP, [ASK, GET, ASK_AGAIN, Crash("n3"), Restart("n3")], keep=True)
    assert done.actions == (ASK, GET, ASK_AGAIN)
    assert done.violation.invariant == "FewWords"
    assert (done.idle, done.stopped) == ((), None)
    assert done.counts == {"Note": 3}
    assert done.events[-1].step == 3


def test_a_run_without_a_violation_ends_with_its_schedule():
    done = run(SETUP, [ASK, GET])
    assert done.violation is None
    assert done.actions == (ASK, GET)
    assert done.events == []


def test_a_strict_run_stops_at_the_first_action_that_is_not_enabled_and_says_why():
    done = run(SETUP, [ASK, Fire("n1", "t"), GET])
    assert done.actions == (ASK,)
    assert done.stopped == "cannot fire n1 t: that timer is not armed"


def test_a_lenient_run_skips_what_is_not_enabled_and_says_where_that_was():
    done = run(SETUP, [ASK, Fire("n1", "t"), Deliver("n1", "n2", "Note", ordinal=7), GET], lenient=True)
    assert done.actions == (ASK, GET)
    assert (done.idle, done.skipped, done.stopped) == ((1, 3), 2, None)


def test_a_scenario_that_is_broken_before_the_first_action_needs_none():
    broken = scripted(start=lambda node: [Observe(Note())], invariants=(FewWords,))
    done = run(Setup(broken, 3), [Crash("n1")])
    assert done.violation is not None
    assert done.actions == ()


@pytest.mark.parametrize("host", ["direct", "trio"])
def test_a_run_gives_the_same_trace_every_time(host):
    schedule = [ASK, GET, Crash("n1", during=ASK_AGAIN, after=0), Restart("n1")]
    assert len({digest(run(replace(SETUP, host=host), schedule, keep=True).events) for _ in range(3)}) == 1
