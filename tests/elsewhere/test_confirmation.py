"""A schedule counts when others run it as it ran here; else the first difference is named, with its likely cause."""

import re
from dataclasses import replace

import pytest
import trio
import unsteady
from questions import ASKED, ran, saved
from unsteady import COUNTING, FICKLE, HOSTED, LOUD, ORDERED, SATURATED, SLOW, SOUND

from splitbrain.actions import Deliver, Request
from splitbrain.elsewhere import cause
from splitbrain.elsewhere.confirmation import Confirmation, confirm, others
from splitbrain.errors import NondeterminismError
from splitbrain.events import Sent
from splitbrain.scenario import Scenario
from splitbrain.world.world import World

DECIDED = (*ASKED, Deliver("n1", "n2", "int"))


def found(scenario):
    """A failing run, made with what n1 really sends."""
    kind = type(next(event for event in ran(scenario).events if isinstance(event, Sent)).message).__name__
    return ran(scenario, (*ASKED, Deliver("n1", "n2", kind))).found()


def file_of(failing):
    return saved(failing.setup.scenario.name.upper(), failing.actions)


def confirmed(scenario):
    failing = found(scenario)
    return confirm(failing, file_of(failing))


def refused(scenario):
    failing = found(scenario)
    with pytest.raises(NondeterminismError) as error:
        confirm(failing, file_of(failing))
    return error.value


def test_what_three_processes_run_alike_is_confirmed():
    assert confirmed(SOUND) == Confirmation(host="trio")
    assert confirmed(SOUND).confirmed
    assert str(Confirmation()) == "three other processes agree"


def test_what_the_other_host_runs_otherwise_is_nondeterminism_too():
    error = refused(HOSTED)
    assert re.fullmatch(
        r"the same schedule ran on the trio host, and that .* event \d+ differs: here Sent\(.*=False\), there Sent\(.*=True\)",
        error.what,
    )
    assert error.cause == cause.HOST


def test_a_host_that_cannot_be_asked_costs_no_find():
    failing = found(SOUND)
    with World(SOUND, 3, host="trio"):
        answer = confirm(failing, file_of(failing))
    assert (answer.trouble, answer.host, answer.confirmed) == (None, "trio", None)
    assert str(answer) == f"the trio host could not be asked: {answer.unasked}; three other processes agree"


def test_inside_trio_the_trio_host_cannot_be_asked_and_that_is_told():
    failing = found(SOUND)

    async def main():
        return confirm(failing, file_of(failing))

    assert "trio" in trio.run(main).unasked


def test_iteration_over_a_set_is_found_out_in_other_processes_though_two_runs_in_one_are_alike():
    error = refused(ORDERED)
    assert "the same schedule ran in another process (PYTHONHASHSEED=" in error.what
    assert "differs: here Sent(step=1, " in error.what
    assert ", there Sent(step=1, " in error.what
    assert error.cause == cause.HASHING
    assert str(error) == f"NONDETERMINISTIC: {error.what}. {error.cause}"


def test_what_differs_here_already_is_told_with_its_cause_as_well():
    error = refused(COUNTING)
    assert "the same schedule ran twice, and event " in error.what
    assert error.cause == cause.STATE


def test_what_earlier_runs_have_left_in_this_process_is_told_as_that(monkeypatch):
    monkeypatch.setattr(unsteady, "COUNTED", ["n1"] * 2_000)
    error = refused(SATURATED)
    assert error.cause == cause.HERE


def test_a_failure_that_no_later_run_repeats_is_no_find():
    failing = found(SOUND)
    gone = replace(failing, actions=ASKED)
    with pytest.raises(NondeterminismError, match="but when it ran again, nothing broke"):
        confirm(gone, file_of(gone))


def test_an_invariant_that_judges_equal_events_otherwise_is_told_as_that(monkeypatch):
    monkeypatch.setattr(unsteady, "COUNTED", ["n1"])
    error = refused(FICKLE)
    assert re.search(r"the same events happened, but Moody\(.*\) broke here, and nothing there", error.what)
    assert error.cause == cause.JUDGED


def test_what_has_no_name_in_a_module_cannot_be_confirmed_and_that_is_told():
    local = Scenario(name="local", factory=unsteady.Sound, invariants=SOUND.invariants, sizes=(3,))
    failing = found(local)
    answer = confirm(failing, saved("nowhere:LOCAL", failing.actions))
    assert "is not a name in any module" in answer.trouble
    assert str(answer).startswith(
        "the trio host agrees; not confirmed in another process: scenario 'local' is not a name in any module"
    )


def test_what_differs_here_is_told_though_nobody_else_can_be_asked():
    local = Scenario(name="local", factory=unsteady.Counting, invariants=SOUND.invariants, sizes=(3,))
    failing = found(local)
    with pytest.raises(NondeterminismError, match="ran twice") as error:
        confirm(failing, saved("nowhere:LOCAL", failing.actions))
    assert error.value.cause.startswith("A node must depend on its inputs")


def test_what_another_process_cannot_import_is_not_confirmed(monkeypatch):
    monkeypatch.setattr(unsteady, "MADE_HERE", unsteady.scenario(unsteady.Sound), raising=False)
    failing = found(unsteady.MADE_HERE)
    answer = confirm(failing, saved("MADE_HERE", failing.actions))
    assert "has no 'MADE_HERE'" in answer.trouble


def test_what_takes_too_long_elsewhere_is_not_confirmed():
    done = [ran(SOUND)]
    with others(SOUND) as asked:
        asked.least = 1
        assert asked.compare([saved("SLOW")], done, cpu=0) == Confirmation("it took longer than 1 s (CPU)", "trio")
    assert SLOW.name == "slow"


@pytest.mark.filterwarnings("error::UserWarning")
def test_a_warning_that_is_an_error_here_is_one_elsewhere():
    failing = ran(LOUD).found()
    assert failing.violation.fingerprint == "KeepsContract(raised)"
    assert confirm(failing, file_of(failing)) == Confirmation(host="trio")


def test_what_no_file_can_hold_cannot_be_confirmed_and_a_difference_is_told_all_the_same():
    unsaid = saved("SOUND", (Request("n1", "r1", object()),))
    assert "cannot be saved as JSON" in confirm(found(SOUND), unsaid).trouble
    with pytest.raises(NondeterminismError, match="ran twice"):
        confirm(found(COUNTING), unsaid)
