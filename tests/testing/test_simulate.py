"""`@simulate`: a test that is a story, run many times."""

import pytest
from projects import TOYS
from toys import FORGETFUL, REGISTER, Register

from splitbrain.actions import Crash, Request, Restart
from splitbrain.errors import SplitbrainError
from splitbrain.exhibit import mutant
from splitbrain.observations import Decided, Led
from splitbrain.testing import profiles
from splitbrain.testing.simulate import simulate
from splitbrain.testing.simulation import Simulation
from splitbrain.testing.verdict import CounterexampleFound, Vacuous
from splitbrain.world.run import Setup


@simulate(REGISTER, runs=5, seed=1)
def test_the_world_is_no_fixture_and_other_parameters_are(world, tmp_path):
    world.request("n1")
    world.settle()
    assert tmp_path.exists()
    assert {value.value for value in world.observed(Decided)} == {"v1"}


class TestInAClass:
    @simulate(REGISTER, runs=2, seed=1)
    def test_a_method_may_be_simulated_too(self, world):
        assert isinstance(self, TestInAClass)
        world.request("n1", "mine")
        assert world.observed(Decided, "n1")[0].value == "mine"


@pytest.mark.parametrize("victim", ["n1", "n2"])
@simulate(REGISTER, runs=2, seed=1)
def test_a_simulated_test_may_be_parametrized(world, victim):
    world.request("n1")
    world.settle()
    world.crash(victim)
    world.restart(victim)
    assert world.events


def test_a_node_that_raises_at_the_start_is_shown_with_a_schedule_of_no_actions():
    class Stillborn(Register):
        def start(self):
            raise LookupError("no such thing")

    @simulate(mutant(REGISTER, Stillborn), seed=1)
    def story(world):
        world.storm(300)

    with pytest.raises(CounterexampleFound, match=r"(?s)KeepsContract is broken.*every node starts") as found:
        story()
    assert (found.value.counterexample.saved.actions, found.value.counterexample.minimised.complete) == ((), True)


def test_a_violation_is_shrunk_saved_and_shown(tmp_path):
    @simulate(FORGETFUL, seed=1)
    def story(world):
        world.storm(300)

    with pytest.raises(CounterexampleFound, match="OneValue is broken") as found:
        story()
    assert [type(each) for each in found.value.counterexample.saved.actions] == [Request, Crash, Restart, Request]
    assert "seed 1, run " in " ".join(found.value.splitbrain_report.split())
    assert len(list((tmp_path / "found").glob("*.schedule.jsonl"))) == 1


def test_pytest_shows_the_counterexample_and_the_file_replays(pytester):
    pytester.mkdir("tests").joinpath("ducks.py").write_text(TOYS)
    pytester.makeini("[pytest]\ntestpaths = tests\nfilterwarnings = error\n")
    pytester.path.joinpath("tests", "test_story.py").write_text(
        "from ducks import FORGETFUL\nfrom splitbrain import simulate\n\n\n@simulate(FORGETFUL)\ndef test_story(world):\n"
        "    world.storm(300)\n"
    )
    result = pytester.runpytest("-p", "no:cacheprovider")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "OneValue is broken*",
            "Found: tests/test_story.py::test_story, seed *, run *",
            "*4  request*",
            "Replay it:  splitbrain replay tests/schedules/*",
        ]
    )
    result.stdout.no_fnmatch_line("*Traceback*")
    pytester.runpytest("-p", "no:cacheprovider", "tests/schedules").stdout.fnmatch_lines(["REPRODUCED: *"])


def test_a_violation_ends_the_body_even_where_it_catches_every_exception():
    after = []

    @simulate(FORGETFUL, seed=1)
    def story(world):
        try:
            world.storm(300)
        except Exception:  # noqa: BLE001 - the point
            after.append("caught")

    with pytest.raises(CounterexampleFound):
        story()
    assert after == []


def test_a_failure_of_the_body_itself_says_after_which_schedule():
    @simulate(REGISTER, seed=7)
    def story(world):
        world.request("n1", "x")
        raise ValueError("mine")

    with pytest.raises(ValueError, match="mine") as failure:
        story()
    (note,) = failure.value.__notes__
    assert "run 1 of seed 7 (repeat with seed=7)" in note
    assert "1  request n1 r1 'x'" in note


def test_equal_seeds_give_equal_runs_and_each_run_is_another():
    def schedules(seed):
        seen = []

        @simulate(REGISTER, runs=6, seed=seed)
        def story(world):
            world.storm(40)
            seen.append(world.actions)

        story()
        return seen

    assert schedules(3) == schedules(3)
    assert schedules(3) != schedules(4)
    assert len(set(schedules(3))) == 6


def test_a_test_in_which_nothing_ever_happened_fails_as_vacuous_unless_it_may_be_idle():
    scenario = mutant(REGISTER, REGISTER.factory, progress=(Led,))

    def story(world):
        world.storm(20)

    with pytest.raises(Vacuous):
        simulate(scenario, runs=2, seed=1)(story)()
    simulate(scenario, runs=2, seed=1, may_be_idle=True)(story)()


def test_misuse_is_explained():
    with pytest.raises(SplitbrainError, match=r"write @simulate\(scenario\)"):
        simulate(lambda world: None)
    with pytest.raises(SplitbrainError, match=r"write `def story\(world\)`"):

        @simulate(REGISTER)
        def story():
            pass

    with pytest.raises(SplitbrainError, match="driven from a plain function"):

        @simulate(REGISTER)
        async def tale(world):
            pass


def test_a_test_runs_a_hundred_times_when_nothing_is_said():
    runs = []

    @simulate(REGISTER, seed=1, may_be_idle=True)
    def story(world):
        runs.append(world)

    story()
    assert len(runs) == profiles.simulations() == 100


@pytest.fixture
def world():
    simulation = Simulation(Setup(REGISTER, 3))
    yield simulation
    simulation.close()
