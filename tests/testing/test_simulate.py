"""`@simulate`: a test that is a story, run many times."""

import asyncio
import contextlib

import pytest
from projects import TOYS
from shrinkers import FORGET
from toys import FORGETFUL, HIDDEN, REGISTER, UNSURE, Register

from splitbrain.actions import Crash, Request, Restart
from splitbrain.errors import ScenarioError, SplitbrainError
from splitbrain.exhibit import mutant
from splitbrain.invariant import Invariant
from splitbrain.observations import Decided, Led
from splitbrain.schedule.file import load
from splitbrain.schedule.replay import replay
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


@pytest.mark.parametrize("judges", [{"only": ("OneValue",)}, {"without": ["NothingDecided"]}])
def test_what_is_found_without_an_invariant_that_hides_it_is_found_again_from_its_file(judges):
    @simulate(HIDDEN, seed=1, **judges)
    def story(world):
        world.storm(300)

    with pytest.raises(CounterexampleFound, match="OneValue is broken") as found:
        story()
    saved = load(found.value.counterexample.path)
    assert saved.header.scenario == "toys:HIDDEN"
    assert replay(saved).outcome == "REPRODUCED"


@pytest.mark.parametrize("runs", [0, -1, True, "many"])
def test_a_test_that_would_never_run_is_refused(runs):
    with pytest.raises(SplitbrainError, match=r"@simulate\(..., runs=.*\): a test that never runs passes; give at least 1, or"):
        simulate(REGISTER, runs=runs)


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


def test_what_the_body_does_with_the_violation_makes_no_difference(tmp_path):
    def swallow(world):
        try:
            world.storm(300)
        except BaseException:  # noqa: BLE001 - here and below, the point
            return

    def suppress(world):
        with contextlib.suppress(BaseException):
            world.storm(300)

    def expect(world):
        with contextlib.suppress(pytest.fail.Exception), pytest.raises(BaseException, match="OneValue"):
            world.storm(300)

    def look_the_other_way(world):
        for action in FORGET:  # a world has an `apply`, too
            world.cluster.apply(action)

    def go_on(world):
        for _ in range(3):
            with contextlib.suppress(BaseException):
                world.storm(300)

    def in_a_loop_of_events(world):
        async def story():
            world.storm(300)

        async def main():
            await asyncio.gather(story(), return_exceptions=True)

        asyncio.run(main())

    def in_a_generator(world):
        def moves():
            try:
                yield world.storm(300)
            except BaseException:  # noqa: BLE001
                yield None

        list(moves())

    for body in (swallow, suppress, expect, look_the_other_way, go_on, in_a_loop_of_events, in_a_generator):
        with pytest.raises(CounterexampleFound, match="OneValue is broken") as found:
            simulate(FORGETFUL, seed=1)(body)()
        assert [type(each) for each in found.value.counterexample.saved.actions] == [Request, Crash, Restart, Request], body
        assert found.value.counterexample.path.parent == tmp_path / "found"
        assert "Besides" not in found.value.splitbrain_report


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (RuntimeError("in my finally"), "RuntimeError: in my finally"),
        (AssertionError("something else"), "AssertionError: something else"),
        (SystemExit(3), "SystemExit: 3"),
        (pytest.skip.Exception("not today"), "Skipped: not today"),
        (pytest.xfail.Exception("known"), "XFailed: known"),
        (GeneratorExit(), "GeneratorExit ("),
    ],
    ids=lambda each: type(each).__name__,
)
def test_what_the_body_raises_on_top_of_a_violation_is_mentioned_on_one_line(error, told):
    @simulate(FORGETFUL, seed=1)
    def story(world):
        try:
            world.storm(300)
        finally:
            if world.violation:
                raise error

    with pytest.raises(CounterexampleFound, match="OneValue is broken") as found:
        story()
    (line,) = [line for line in found.value.splitbrain_report.splitlines() if line.startswith("Besides")]
    assert told in line
    assert "test_simulate.py:" in line
    assert line.endswith(", in story)")


def test_control_c_ends_the_test_run_and_the_find_is_on_disk_and_named(tmp_path):
    @simulate(FORGETFUL, seed=1)
    def story(world):
        try:
            world.storm(300)
        finally:
            if world.violation:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt, match="OneValue is broken; a schedule that shows it is saved as ") as pressed:
        story()
    (file,) = (tmp_path / "found").iterdir()
    assert file.name in str(pressed.value)
    assert replay(load(file)).outcome == "REPRODUCED"


def test_a_skip_or_an_exit_while_nothing_is_broken_is_the_body_s_own():
    for error in (pytest.skip.Exception("not today"), SystemExit(3), KeyboardInterrupt()):

        @simulate(REGISTER, seed=1)
        def story(world):
            world.storm(20)
            raise error  # noqa: B023

        with pytest.raises(type(error)) as raised:
            story()
        assert raised.value is error


def test_an_error_of_the_scenario_is_the_scenario_s_even_where_the_body_swallows_it():
    @simulate(mutant(REGISTER, Register, invariants=(Confused,)), seed=1)
    def story(world):
        with contextlib.suppress(Exception):
            world.request("n1")

    with pytest.raises(ScenarioError, match="Confused") as error:
        story()
    assert "run 1 of seed 1" in error.value.__notes__[0]


class Confused(Invariant):
    """It looks for what is not there."""

    watches = (Decided,)

    def observe(self, event):
        return {}[event.node]


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


def test_a_test_of_no_run_of_which_its_invariant_knows_whether_it_breaks_it_fails_as_vacuous():
    def story(world):
        world.storm(200)

    with pytest.raises(Vacuous, match="of no run is known whether it breaks GivesUp"):
        simulate(UNSURE, runs=2, seed=1)(story)()


def test_misuse_is_explained():
    with pytest.raises(SplitbrainError, match=r"^@simulate\(<function .*\): this is a function; pass it a Scenario"):
        simulate(lambda world: None)
    with pytest.raises(SplitbrainError, match=r"write `def story\(world\)`"):

        @simulate(REGISTER)
        def story():
            pass

    with pytest.raises(SplitbrainError, match="driven from a plain function"):

        @simulate(REGISTER)
        async def tale(world):
            pass

    with pytest.raises(SplitbrainError, match="driven from a plain function"):

        @simulate(REGISTER)
        async def long_tale(world):
            yield

    with pytest.raises(SplitbrainError, match="calling it runs none of it"):

        @simulate(REGISTER)
        def endless_story(world):
            yield


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
