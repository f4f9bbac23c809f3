"""An examination puts its parts together, and goes by its budget."""

from dataclasses import replace

import pytest
from escaping import HARMLESS, WORLD
from gappy import GAPPY
from hosted_raft import HOSTED
from replicated import REPLICATED
from toys import REGISTER
from unsteady import CLOCK, ORDERED

from splitbrain.doctor.examination.examination import examine
from splitbrain.elsewhere import cause
from splitbrain.errors import ScenarioError
from splitbrain.invariant import Invariant, KeepsContract
from splitbrain.observations import Observation
from splitbrain.scenario import Scenario
from splitbrain.stopwatch import Stopwatch


def test_equal_seeds_and_runs_find_the_same_out_but_for_the_times():
    one, other = (examine(GAPPY, seed=3, runs=12) for _ in range(2))
    assert replace(one, speed=None, notes=()) == replace(other, speed=None, notes=())
    assert one.speed.runs == other.speed.runs == 12
    assert one.speed.steps == other.speed.steps > 0


def test_a_sound_scenario_is_fit():
    found = examine(REGISTER, runs=30)
    assert found.fit, found
    assert (found.problems, found.difference, found.failed, found.escapes) == ((), None, None, ())
    assert found.confirmation.confirmed


def test_one_whose_nodes_go_by_the_order_of_a_set_is_not_and_the_cause_is_named():
    found = examine(ORDERED, runs=3)
    assert not found.fit
    assert found.difference.cause == cause.HASHING
    assert found.problems == ()  # it is told once


def test_calls_of_the_real_world_are_told_and_by_themselves_make_nothing_unfit():
    found = examine(WORLD, runs=3)
    asked = ["time.time", "random.random", "os.urandom", "uuid.uuid4", "open", "socket.socket"]
    assert sorted(each.what for each in found.escapes) == sorted(asked)
    assert found.difference is None
    assert found.problems == ()


def test_a_clock_that_messages_tell_of_is_an_escape_and_a_difference():
    found = examine(CLOCK, runs=3)
    assert [each.what for each in found.escapes] == ["time.perf_counter_ns"]
    assert found.difference.cause == cause.CLOCK


def test_harmless_calls_are_no_escapes():
    assert examine(HARMLESS, runs=3).escapes == ()


def test_async_nodes_can_be_examined():
    found = examine(REPLICATED, runs=6)
    assert (found.host, found.difference, found.problems, found.escapes) == ("trio", None, (), ())
    assert found.exercise.share > 0.6


class Raises:
    def __init__(self, me, peers, disk):
        self.me = me

    def start(self):
        return ()

    receive = timeout = start

    def request(self, request, command):
        raise LookupError("no such thing")


def scenario(factory):
    return Scenario(name="mine", factory=factory, invariants=(KeepsContract,), sizes=(1,))


def test_what_breaks_the_contract_is_told_once_however_often_it_was_met():
    found = examine(scenario(Raises), runs=5)
    (problem,) = found.problems
    assert problem.startswith("a node raised an exception: request: LookupError: no such thing (test_examination.py:")
    assert not found.fit


def test_where_no_node_can_be_made_there_is_nothing_else_to_tell():
    found = examine(scenario(lambda me: None), runs=5)
    assert (found.host, found.speed, found.exercise, found.fit) == (None, None, None, False)
    assert "the factory cannot make node n1" in found.problems[0]


def test_a_budget_of_seconds_is_kept_about():
    watch = Stopwatch()
    assert examine(REGISTER, seconds=2.0).speed.steps > 0
    assert watch.cpu() < 8


def test_what_is_no_scenario_is_refused():
    with pytest.raises(ScenarioError, match="pass it a Scenario"):
        examine("raft")


def test_a_library_that_is_hosted_can_be_examined_and_what_is_patched_there_is_no_escape():
    found = examine(HOSTED, runs=4)
    assert (found.difference, found.problems, found.escapes) == (None, (), ())
    assert found.exercise.share > 0.8


class BreaksItself(Invariant):
    """A judge that is broken itself."""

    watches = (Observation,)

    def observe(self, event):
        raise ZeroDivisionError


def test_an_invariant_that_raises_is_a_problem_although_the_nodes_keep_the_contract():
    found = examine(replace(REGISTER, invariants=(BreaksItself,)), runs=5)
    assert not found.fit
    (problem,) = found.problems
    assert "BreaksItself.observe(" in problem
    assert "ZeroDivisionError" in problem
