"""What never happened is told, by area."""

from dataclasses import replace

from gappy import GAPPY, Gappy

from splitbrain import observations
from splitbrain.actions import Crash, Deliver, Fire, Operate, Request
from splitbrain.budget import FaultBudget
from splitbrain.doctor.examination.exercise import exercise
from splitbrain.doctor.examination.lines import Lines
from splitbrain.doctor.examination.source import Source
from splitbrain.doctor.examination.traffic import Traffic
from splitbrain.world.run import Setup, run

HELLO = Fire("n1", "hello")
HEARD = Deliver("n1", "n2", "Hello")
ASKED = Request("n1", "r1", "v1")
CALM_SEAS = FaultBudget(crashes="none", drop=False, duplicate=False, partition=False)


def idle(*actions, coverage=None, scenario=GAPPY, area=None):
    lines, traffic = Lines(Source(Gappy)), Traffic()
    with lines:
        done = run(Setup(scenario, 2), actions, keep=True)
    assert done.stopped is None
    traffic.look(done.events)
    answered = done.history.outcomes()["answered"]
    found = exercise(scenario, Source(Gappy), lines, traffic, coverage or done.counts, set(done.heard), answered)
    return [each.what for each in found.idle if area in (None, each.area)]


def test_handlers_that_nobody_called_are_named():
    assert idle(HELLO, HEARD, area="inputs")[:2] == ["the handler request was never called", "the handler synced was never called"]
    assert "the handler request was never called" not in idle(HELLO, HEARD, ASKED)


def test_timers_that_never_fired_are_named_with_how_often_they_were_set():
    assert "the timer 'patience' was set 2 times, and never fired" in idle(HELLO)
    assert not any("'hello'" in each for each in idle(HELLO))


def test_a_message_counts_as_delivered_where_its_receiver_died_of_it():
    assert "Hello was sent 1 times, and never delivered" in idle(HELLO)
    assert not any("Hello" in each for each in idle(HELLO, Crash("n2", during=HEARD, after=1)))


def test_messages_and_observations_that_the_text_makes_and_nobody_saw_are_named():
    said = idle(HELLO, HEARD, ASKED)
    assert "Goodbye was never sent, although the node's code does make one" in said
    assert "Led was never said, although the node's code does make one" in said
    assert not any("Decided" in each for each in said)


def test_an_invariant_that_heard_nothing_is_named_with_what_it_waits_for():
    assert "Aims judged nothing: nobody said Promised" in idle(HELLO)
    assert "Agreement judged nothing: nobody said Decided" in idle(HELLO)
    assert not any("Agreement" in each for each in idle(ASKED))


def test_progress_that_nobody_made_is_named():
    led = replace(GAPPY, progress=(observations.Committed,))
    assert "Committed was never said, which the scenario calls progress" in idle(scenario=led)


def test_operations_that_were_never_done_are_named():
    compact = replace(GAPPY, operations={"compact": (None,)})
    assert "the operation 'compact' was never done" in idle(scenario=compact)
    assert Operate("n1", "compact").operation in compact.operations


def test_faults_that_the_budget_allows_and_nobody_saw_are_named_and_no_others():
    assert idle(area="faults") == [
        "no node ever crashed",
        "no node was ever started again",
        "no message was ever lost",
        "no message ever arrived twice",
        "no link was ever cut",
    ]
    assert idle(area="faults", scenario=replace(GAPPY, budget=CALM_SEAS)) == []


def test_crashes_that_lost_nothing_and_partitions_without_progress_are_named():
    seen = dict.fromkeys(("crash", "restart", "drop", "duplicate", "cut"), 1)
    decides = replace(GAPPY, progress=(observations.Decided,))
    assert idle(ASKED, coverage=seen, scenario=decides, area="faults") == [
        "no crash ever lost a write",
        "nobody ever said Decided while a link was cut",
    ]
    all_of_it = {**seen, "crash losing writes": 1, "Decided under partition": 1}
    assert idle(ASKED, coverage=all_of_it, scenario=decides, area="faults") == []
