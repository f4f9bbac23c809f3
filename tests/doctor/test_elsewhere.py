"""What conformance tries is tried in other processes, too."""

import pytest
import unsteady
from questions import ASKED
from unsteady import COUNTING, HOSTED, ORDERED, SOUND, THREADED

from splitbrain.doctor.conformance import ConformanceError, conformance
from splitbrain.doctor.elsewhere import Elsewhere
from splitbrain.elsewhere import cause
from splitbrain.scenario import Scenario
from splitbrain.world.run import Setup
from splitbrain.world.world import World


def concluded(scenario, *runs):
    tried = Elsewhere(scenario)
    for actions in runs:
        tried.check(Setup(scenario, 3), actions)
    tried.conclude()
    return tried


def test_runs_that_are_alike_everywhere_are_no_problem_and_need_no_note():
    tried = concluded(SOUND, ASKED, ASKED[:0])
    assert (tried.difference, tried.note) == (None, None)


def test_a_run_that_is_another_one_elsewhere_is_a_problem_with_its_cause():
    problem = str(concluded(ORDERED, ASKED[:0], ASKED).difference)
    assert "the same schedule ran in another process" in problem
    assert problem.endswith(cause.HASHING)


def test_a_run_that_is_another_one_on_the_other_host_is_a_problem_with_its_cause():
    problem = str(concluded(HOSTED, ASKED[:0], ASKED).difference)
    assert "the same schedule ran on the trio host, and that runs it otherwise: event " in problem
    assert problem.endswith(cause.HOST)


def test_a_host_that_cannot_be_asked_is_a_note():
    with World(SOUND, 3, host="trio"):
        tried = concluded(SOUND, ASKED)
    assert tried.difference is None
    assert tried.note.startswith("the trio host could not be asked: ")


def test_the_first_run_that_is_not_alike_here_is_the_problem():
    tried = concluded(COUNTING, ASKED[:0], ASKED, ASKED)
    assert "the same schedule ran twice" in tried.difference.what
    assert tried.difference.cause == cause.STATE


@pytest.mark.parametrize(
    ("scenario", "why"), [(ORDERED, "iteration over a set"), (THREADED, "a thread: the nodes started pump"), (HOSTED, "the host")]
)
def test_conformance_reports_it_once(scenario, why):
    with pytest.raises(ConformanceError) as error:
        conformance(scenario)
    (problem,) = error.value.problems
    assert f"The likely cause: {why}" in problem


def test_a_scenario_without_a_name_is_tried_here_alone_and_the_account_says_so():
    local = Scenario(name="local", factory=unsteady.Sound, invariants=SOUND.invariants, sizes=(3,))
    account = conformance(local)
    assert any(
        note.startswith("hash seeds: not confirmed in another process: scenario 'local' is not a name in") for note in account.notes
    )


def test_where_it_differs_here_a_scenario_without_a_name_is_a_problem_all_the_same():
    local = Scenario(name="local", factory=unsteady.Counting, invariants=SOUND.invariants, sizes=(3,))
    with pytest.raises(ConformanceError, match="NONDETERMINISTIC: the same schedule ran twice"):
        conformance(local)
