"""The Hypothesis state machine: what it finds, what it says, and what it leaves to Hypothesis."""

import contextlib

import pytest
import trio
from couriers import COURIER
from hypothesis import settings
from hypothesis.stateful import precondition, rule
from ledgers import LEDGER
from projects import machine, schedules
from shrinkers import FORGET
from stores import STORE
from toys import FORGETFUL, HIDDEN, REGISTER, UNSURE, Register

from splitbrain.actions import Complete, Connect, Crash, Deliver, Disconnect, Fire, Request, Resend, Restart
from splitbrain.budget import FaultBudget
from splitbrain.errors import NotEnabled, SplitbrainError
from splitbrain.events import Observed
from splitbrain.exhibit import mutant
from splitbrain.invariant import Invariant, KeepsContract
from splitbrain.observations import Decided, Led
from splitbrain.scenario import Scenario
from splitbrain.schedule.file import load
from splitbrain.testing.machine import SEEDS, ScenarioMachine, search, state_machine
from splitbrain.testing.verdict import CounterexampleFound, Vacuous
from splitbrain.world.run import Setup, run

FEW = settings(max_examples=30, derandomize=True, database=None)


@pytest.mark.slow
def test_pytest_shows_the_minimal_counterexample_of_a_failing_machine_and_the_file_replays(project):
    machine(project, "TestDuck = state_machine(FORGETFUL).TestCase\nTestDuck.settings = few\n")
    result = project.runpytest_subprocess("-p", "no:cacheprovider")
    result.assert_outcomes(failed=1)
    (file,) = schedules(project)
    result.stdout.fnmatch_lines(
        [
            "OneValue is broken: *A node that has decided a value never decides another one.",
            "*2 nodes, 4 actions*",
            "Found: tests/test_ducks.py::TestDuck::runTest, example *",
            "*1  request n? r* 'v*'*",
            "*2  crash n?*",
            "*3  restart n?*",
            "*4  request n? r* 'v*'*",
            "How: 1 a client asks n?: *",
            "Nothing breaks without step 2 (crash n?)*",
            f"Replay it:  splitbrain replay tests/schedules/{file.name}",
            "FAILED tests/test_ducks.py::TestDuck::runTest - OneValue is broken*",
        ]
    )
    for noise in (
        "*Traceback*",
        "*state.storm*",
        "*state = *",
        "*@seed*",
        "*Falsifying*",
        "*Failing test case*",
        "*harness/machine.py*",
    ):
        result.stdout.no_fnmatch_line(noise)
    saved = load(file)
    assert (saved.header.scenario, saved.header.invariant, saved.header.size) == ("ducks:FORGETFUL", "OneValue", 2)
    assert [type(action) for action in saved.actions] == [Request, Crash, Restart, Request]
    result = project.runpytest_subprocess("-p", "no:cacheprovider", "tests/schedules")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["REPRODUCED: OneValue breaks after 4 actions*"])


@pytest.mark.slow
def test_a_machine_that_fails_again_finds_the_same_failure_first_and_leaves_one_file(project):
    fresh = "settings(max_examples=200, derandomize=False, database=DirectoryBasedExampleDatabase('examples'))"
    head = "from hypothesis.database import DirectoryBasedExampleDatabase\n"
    machine(project, head + f"TestDuck = state_machine(FORGETFUL).TestCase\nTestDuck.settings = {fresh}\n")
    for _ in range(2):
        project.runpytest_subprocess("-p", "no:cacheprovider", "tests/test_ducks.py").assert_outcomes(failed=1)
        (file,) = schedules(project)
    file.unlink()
    again = project.runpytest_subprocess("-p", "no:cacheprovider", "tests/test_ducks.py")
    again.stdout.fnmatch_lines(["Found: * example 1,*"])  # from Hypothesis' database


def test_the_schedule_goes_where_schedules_dir_says(project):
    machine(project, "TestDuck = state_machine(FORGETFUL).TestCase\nTestDuck.settings = few\n")
    project.runpytest("-p", "no:cacheprovider", "--schedules-dir", "elsewhere").assert_outcomes(failed=1)
    assert len(schedules(project, "elsewhere")) == 1
    assert not schedules(project)


def test_a_node_that_raises_at_the_start_is_shown_with_a_schedule_of_no_actions():
    class Stillborn(Register):
        def start(self):
            raise LookupError("no such thing")

    with pytest.raises(CounterexampleFound, match=r"(?s)KeepsContract is broken.*every node starts") as found:
        search(state_machine(mutant(REGISTER, Stillborn)), FEW)
    assert (found.value.counterexample.saved.actions, found.value.counterexample.minimised.complete) == ((), True)


def test_a_machine_may_be_judged_by_some_invariants_alone():
    with pytest.raises(CounterexampleFound, match="OneValue is broken") as found:
        search(state_machine(HIDDEN, without=("NothingDecided",)), FEW)
    assert found.value.counterexample.saved.header.without == ("NothingDecided",)
    with pytest.raises(SplitbrainError, match=r"only=\('OneVaule',\): there is no invariant 'OneVaule'; did you mean OneValue\?"):
        state_machine(HIDDEN, only=("OneVaule",))


def test_an_exception_in_a_users_own_rule_is_hypothesis_to_report(project):
    machine(
        project,
        """
class Duck(state_machine(REGISTER)):
    @rule()
    def look(self):
        assert self.world.requests == 0, "somebody asked"

TestDuck = Duck.TestCase
TestDuck.settings = few
""",
    )
    result = project.runpytest("-p", "no:cacheprovider")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["*assert self.world.requests == 0*", "*AssertionError: somebody asked*", "*state = Duck()*", "*state.look()*"]
    )
    assert not schedules(project)


def test_a_users_rule_acts_in_the_same_schedule_and_its_violations_are_shrunk():
    class Site(state_machine(FORGETFUL)):
        @precondition(lambda self: len(self.world.running) == len(self.world.nodes))
        @rule()
        def power_cut(self):
            for node in self.world.nodes:
                self.apply(Crash(node))

    with pytest.raises(CounterexampleFound) as found:
        search(Site, FEW)
    assert [type(each) for each in found.value.counterexample.saved.actions] == [Request, Crash, Restart, Request]


def fails_as_a_find(machine_class):
    """Where a violation is the last thing that happens in an example, too. Returns what is said of what else was raised."""
    with pytest.raises(CounterexampleFound, match="OneValue is broken") as found:
        search(machine_class, settings(FEW, max_examples=200, stateful_step_count=2))  # to set up, and one rule
    assert [type(each) for each in found.value.counterexample.saved.actions] == [Request, Crash, Restart, Request]
    return [line for line in found.value.splitbrain_report.splitlines() if line.startswith("Besides")]


class Sly(state_machine(FORGETFUL)):
    """Its storms swallow what they find, and there is no last one."""

    @rule(seed=SEEDS)
    def storm(self, seed):
        with contextlib.suppress(BaseException):
            self.world.storm(300, seed)

    def teardown(self):
        pass


def test_a_rule_that_swallows_the_violation_makes_no_difference():
    assert fails_as_a_find(Sly) == []


def test_what_a_rule_raises_on_top_of_a_violation_is_mentioned():
    class Clumsy(Sly):
        @rule(seed=SEEDS)
        def storm(self, seed):
            super().storm(seed)
            assert self.world.violation is None, "fell"

    (line,) = fails_as_a_find(Clumsy)
    assert "AssertionError: fell" in line
    assert "test_machine.py:" in line


def test_what_a_teardown_raises_on_top_of_a_violation_is_mentioned():
    class Untidy(state_machine(FORGETFUL)):
        def teardown(self):
            try:
                super().teardown()
            finally:
                if self.world.violation is not None:
                    raise RuntimeError("of the teardown")

    (line,) = fails_as_a_find(Untidy)
    assert "RuntimeError: of the teardown" in line


def test_a_skip_in_a_rule_does_not_hide_the_violation_before_it():
    class Shy(Sly):
        @rule(seed=SEEDS)
        def storm(self, seed):
            super().storm(seed)
            if self.world.violation is not None:
                pytest.skip("not today")

    assert "Skipped: not today" in fails_as_a_find(Shy)[0]


def test_a_violation_in_what_a_rule_did_to_the_cluster_itself_is_told_with_what_to_do_instead():
    class Direct(state_machine(FORGETFUL)):
        @rule()
        def storm(self):
            for action in FORGET:
                with contextlib.suppress(NotEnabled):
                    self.world.cluster.apply(action)

        def teardown(self):
            pass

    with pytest.raises(SplitbrainError, match=r"OneValue is broken .*let .*`self\.apply\(action\)`"):
        search(Direct, FEW)


def test_a_clean_machine_prints_what_it_has_exercised(capsys):
    search(state_machine(REGISTER), FEW)
    printed = capsys.readouterr().out
    assert "register: clean" in printed
    assert "decisions" in printed
    assert "crashes" in printed


def test_a_machine_in_which_nothing_was_ever_decided_fails_as_vacuous():
    with pytest.raises(Vacuous, match="VACUOUS") as vacuous:
        search(state_machine(mutant(REGISTER, REGISTER.factory, progress=(Led,))), FEW)
    assert vacuous.value.splitbrain_report == str(vacuous.value)


def test_a_machine_of_no_example_of_which_its_invariant_knows_whether_it_breaks_it_fails_as_vacuous():
    with pytest.raises(Vacuous, match="of no run is known whether it breaks GivesUp"):
        search(state_machine(UNSURE), FEW)


def test_one_example_in_which_something_was_decided_is_enough(capsys):
    scenario = mutant(REGISTER, REGISTER.factory, progress=(Decided,), requests=1)
    search(state_machine(scenario), settings(FEW, max_examples=10))
    assert "register: clean" in capsys.readouterr().out


def test_the_tally_of_one_search_does_not_help_the_next():
    subject = state_machine(REGISTER)
    search(subject, FEW)
    assert subject.tally is None


class Sleeper:
    """An async node: what it is asked it decides after a second, and never forgets."""

    def __init__(self, me, peers, disk):
        pass

    async def run(self, env):
        async with trio.open_nursery() as nursery:
            while True:
                asked = await env.receive()
                nursery.start_soon(self.decide, env, asked)

    async def decide(self, env, asked):
        await trio.sleep(1)
        env.observe(Decided(asked.command))
        env.reply(asked.request, "done")


class DecidesOnce(Invariant):
    """No two decisions."""

    watches = (Decided,)

    def __init__(self):
        self.first = None

    def observe(self, event: Observed):
        if self.first is None:
            self.first = event
            return None
        return self.violation("twice", self.first, event)


SLEEPER = Scenario(name="sleeper", factory=Sleeper, invariants=(DecidesOnce,), sizes=(2,), progress=(Decided,))


def test_async_nodes_run_on_the_trio_host_and_their_failures_are_shrunk():
    with pytest.raises(CounterexampleFound, match="DecidesOnce is broken") as found:
        search(state_machine(SLEEPER, host="trio"), FEW)
    assert len(found.value.counterexample.saved.actions) <= 4  # two requests, and time


def test_worlds_on_the_trio_host_are_closed_even_when_a_rule_raises():
    class Clumsy(state_machine(mutant(SLEEPER, Sleeper, invariants=(KeepsContract,)), host="trio")):
        @rule()
        def fall(self):
            raise RuntimeError("fell")

    with pytest.raises(RuntimeError, match="fell"):
        search(Clumsy, FEW)
    run(Setup(SLEEPER, 2), ())  # no other world is open


def test_the_cluster_is_there_in_rules_and_a_clear_error_before():
    with pytest.raises(SplitbrainError, match="not set up yet"):
        _ = state_machine(REGISTER)().world
    with pytest.raises(SplitbrainError, match="pass it a Scenario"):
        state_machine("raft")


def test_every_kind_of_action_and_every_size_and_option_is_drawn():
    scenario = mutant(REGISTER, REGISTER.factory, calm_bound=100, budget=FaultBudget(slow_disks=True))
    setups, tallies = set(), []

    class Watched(state_machine(scenario)):
        def teardown(self):
            super().teardown()
            tallies.append(self.tally)
            if self.actions:
                setups.add((self.world.setup.size, self.world.setup.options["patience"]))

    search(Watched, settings(FEW, max_examples=60))
    words = ["deliver", "drop", "duplicate", "fire", "request", "crash", "restart", "cut", "mend", "complete", "calm"]
    assert [word for word in words if not tallies[-1].coverage[word]] == []
    assert setups == {(2, 20), (3, 20), (2, 50), (3, 50)}


def test_rules_let_sessions_ask_ask_again_give_up_and_lose_their_node_while_it_is_asked():
    made = state_machine(STORE)()
    made.open(Setup(STORE, 3), 0)
    made.request(0)  # n1 does not lead, and refuses
    made.resend(1)
    made.fire(0)
    while made._can(Deliver):
        made.deliver(0)
    made.request(0)
    made.give_up(1, 0)
    made.crash_inside(len([*made.world.enabled(Deliver, Fire, Restart, Complete)]), 1, 0)
    asked = [action.input for action in made.actions if isinstance(action.input, (Request, Resend))]
    assert [(type(each), each.id) for each in asked] == [
        (Request, "s1.1"),
        (Resend, "s1.1"),
        (Request, "s1.2"),
        (Request, "s2.1"),
        (Resend, "s2.1"),
    ]
    assert asked[3].replaces == "s1"
    assert isinstance(made.actions[-1], Crash)
    made.teardown()


def test_what_the_budget_forbids_is_never_done():
    budget = FaultBudget(crashes="none", drop=False, duplicate=False, partition=False)
    done = []

    class Watched(state_machine(mutant(REGISTER, REGISTER.factory, budget=budget))):
        def teardown(self):
            super().teardown()
            done.extend(self.actions)

    search(Watched, FEW)
    assert {type(each) for each in done} == {Deliver, Fire, Request}


def test_a_machine_is_not_collected_itself():
    assert ScenarioMachine.__test__ is False


def test_rules_end_connections_and_open_them_and_tell_nodes_what_to_do():
    made = state_machine(COURIER)()
    made.open(Setup(COURIER, 2), 0)
    assert not made._can(Connect)
    made.disconnect(0)
    made.connect(7)
    made.deliver(0)
    assert [type(action) for action in made.actions] == [Disconnect, Connect, Deliver]
    assert made.actions[-1].kind == "disconnected"
    made.teardown()
    made = state_machine(LEDGER)()
    made.open(Setup(LEDGER, 3), 0)
    assert not made._can(Disconnect, Connect)
    made.operate(0, 0)
    made.operate(1, 1)
    made.crash_inside(0, 1, 0)
    assert [action.input.operation for action in made.actions] == ["compact", "transfer", "compact"]
    assert isinstance(made.actions[-1], Crash)
    made.teardown()


def test_what_is_declared_is_drawn_in_examples_too():
    tallies = []

    class Watched(state_machine(COURIER)):
        def teardown(self):
            super().teardown()
            tallies.append(self.tally)

    search(Watched, settings(FEW, max_examples=20))
    assert all(tallies[-1].coverage[word] for word in ("disconnect", "connect"))
    assert not tallies[-1].coverage["operate"]
