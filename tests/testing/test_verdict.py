"""What a search inside a test ends with."""

import re
from dataclasses import replace

import pytest
from hypothesis import settings
from projects import machine
from shrinkers import FORGET, SETUP
from toys import FORGETFUL, REGISTER, Copy

from splitbrain.actions import Request
from splitbrain.errors import EncodingError, NondeterminismError
from splitbrain.events import Observed
from splitbrain.exhibit import mutant
from splitbrain.invariant import Invariant
from splitbrain.node import Observe, Send
from splitbrain.observations import Decided, Led
from splitbrain.scenario import Scenario
from splitbrain.schedule.file import SavedSchedule, load, save
from splitbrain.schedule.header import new_header
from splitbrain.search.tally import Tally
from splitbrain.testing.machine import search, state_machine
from splitbrain.testing.session import begin, end, session
from splitbrain.testing.verdict import CounterexampleFound, Vacuous, conclude, counterexample_found, current_test
from splitbrain.world.run import Setup, run
from splitbrain.world.world import World

FEW = settings(max_examples=30, derandomize=True, database=None)


def test_a_folder_that_cannot_be_written_costs_the_file_but_not_the_counterexample(project):
    project.path.joinpath("wall").write_text("a file, and so no folder")
    machine(project, "TestDuck = state_machine(FORGETFUL).TestCase\nTestDuck.settings = few\n")
    result = project.runpytest("-p", "no:cacheprovider", "--schedules-dir", "wall/in", "tests/test_ducks.py")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["OneValue is broken*", "*4  request*", "It is not saved: *wall/in*cannot be written*"])
    result.stdout.no_fnmatch_line("*Replay it*")


def test_a_scenario_that_no_file_can_name_is_shown_all_the_same():
    with pytest.raises(CounterexampleFound, match=r"(?s)OneValue is broken.*It is not saved: .*not a name in any module"):
        search(state_machine(mutant(FORGETFUL, FORGETFUL.factory)), FEW)


class Counting:
    """Remembers, in the class, what should have died with the node."""

    made = 0

    def __init__(self, me, peers, disk):
        self.me, self.peers = me, peers
        Counting.made += 1

    def start(self):
        return ()

    def request(self, request, command):
        for peer in self.peers:
            yield Send(peer, Copy(Counting.made))

    def receive(self, sender, message):
        yield Observe(Decided(message.value))


class NeverDecides(Invariant):
    """Nobody decides anything."""

    watches = (Decided,)

    def observe(self, event: Observed):
        return self.violation("somebody decided", event)


COUNTING = Scenario(name="counting", factory=Counting, invariants=(NeverDecides,), sizes=(2,))


def test_a_node_that_behaves_differently_is_reported_as_such_with_the_first_difference():
    with pytest.raises(NondeterminismError, match=r"NONDETERMINISTIC.*differs: first .*Copy.*, then .*Copy") as error:
        search(state_machine(COUNTING), FEW)
    assert "The likely cause: state that outlives a node" in str(error.value)
    (note,) = error.value.__notes__
    assert note.startswith("NeverDecides was once broken: somebody decided")
    assert error.value.splitbrain_report == (
        f"{error.value}\n{note}\nThe failing run is saved as {error.value.schedule}, as evidence: it is no regression test."
    )
    assert load(error.value.schedule).header.unconfirmed == str(error.value)


class Unsayable:
    """Cannot be compared with another."""


class Mumbles(Counting):
    def receive(self, sender, message):
        yield Observe(Decided(Unsayable()))


MUMBLES = Scenario(name="mumbles", factory=Mumbles, invariants=(NeverDecides,), sizes=(2,))


def test_whatever_comes_behind_a_find_tells_what_broke_and_where_it_is_saved():
    with pytest.raises(EncodingError) as error:
        search(state_machine(MUMBLES), FEW)
    (note,) = error.value.__notes__
    assert re.fullmatch(r"NeverDecides is broken: somebody decided.*; the failing run is saved as .*mumbles.*jsonl", note)


def test_a_trio_world_that_is_open_meanwhile_hides_no_violation():
    with World(REGISTER, 3, host="trio"), pytest.raises(CounterexampleFound, match="OneValue is broken") as caught:
        search(state_machine(FORGETFUL), FEW)
    assert "Mind: the trio host could not be asked: " in str(caught.value)
    assert caught.value.counterexample.confirmed is None


class Once:
    """Misbehaves in the first world of a process only."""

    armed = True

    def __init__(self, me, peers, disk):
        pass

    def start(self):
        return ()

    def request(self, request, command):
        if Once.armed:
            Once.armed = False
            yield Observe(Decided(command))


def test_a_failure_that_does_not_come_back_is_nondeterminism_too():
    once = Scenario(name="once", factory=Once, invariants=(NeverDecides,), sizes=(2,))
    with pytest.raises(NondeterminismError, match=r"broke when the schedule was found, but when it ran again, nothing broke"):
        search(state_machine(once), FEW)


def tally(*progress):
    one = Tally(mutant(REGISTER, REGISTER.factory, progress=progress), seed=1)
    one.count(10, {"Decided": 1}, {Decided: 1})
    return one


def test_a_search_that_broke_nothing_is_told_or_fails_where_it_means_nothing(capsys):
    conclude(tally(Decided))
    assert "register: clean" in capsys.readouterr().out
    with pytest.raises(Vacuous, match="VACUOUS") as vacuous:
        conclude(tally(Decided, Led))
    assert vacuous.value.splitbrain_report == str(vacuous.value)
    assert capsys.readouterr().out == ""


def test_a_counterexample_is_saved_minimal_and_told_in_full(tmp_path):
    long = run(SETUP, [Request("n3", "r7", "v7"), *FORGET]).found()
    failure = counterexample_found(long, tally(), "found by hand")
    (file,) = (tmp_path / "found").iterdir()
    assert load(file).actions == failure.counterexample.saved.actions == FORGET
    assert load(file).header.found == "found by hand"
    for part in ("OneValue is broken", "found by hand", f"splitbrain replay {file}", "Nothing breaks without step 2"):
        assert part in failure.splitbrain_report


def test_the_test_that_runs_is_called_as_pytest_calls_it(monkeypatch):
    assert current_test("nobody").endswith("test_verdict.py::test_the_test_that_runs_is_called_as_pytest_calls_it")
    monkeypatch.delenv("PYTEST_CURRENT_TEST")
    assert current_test("a script") == "a script"


def test_a_schedule_that_is_on_file_already_is_shown_from_there_and_leaves_no_second_file(tmp_path):
    first = counterexample_found(run(SETUP, FORGET).found(), tally(), "first").counterexample
    mine = first.path.rename(tmp_path / "found" / "mine.schedule.jsonl")
    failure = counterexample_found(run(SETUP, FORGET).found(), tally(), "trying again")
    assert list(mine.parent.iterdir()) == [mine]
    assert "This schedule was on file already; now it was found by trying again." in failure.splitbrain_report
    assert f"splitbrain replay {mine}" in failure.splitbrain_report


def test_a_counterexample_is_told_in_one_line_and_in_colours_too(tmp_path):
    failure = counterexample_found(run(SETUP, FORGET).found(), tally(), "found by hand")
    (file,) = (tmp_path / "found").iterdir()
    assert failure.splitbrain_line == f"OneValue is broken: n1 decided 'v1', then 'v2' (splitbrain replay {file})"
    assert "\x1b[" not in failure.splitbrain_report
    assert "\x1b[1;31mOneValue is broken" in failure.splitbrain_colored()


def test_a_report_is_as_wide_as_the_session_s_terminal():
    for width in (60, 140):
        here = replace(session(), width=width)
        begin(here)
        try:
            failure = counterexample_found(run(SETUP, FORGET).found(), tally(), "found by hand " + "again and again " * 20)
        finally:
            end(here)
        lines = re.sub(r".*splitbrain (show|replay).*", "", failure.splitbrain_report).splitlines()
        assert width - 15 <= max(map(len, lines)) <= width


def test_what_the_test_s_own_code_raised_is_a_side_note():
    failure = counterexample_found(run(SETUP, FORGET).found(), tally(), "found", ValueError("mine"))
    assert failure.splitbrain_report.splitlines()[-1] == "Besides, the test's own code raised ValueError: mine"
    assert failure.splitbrain_report.startswith("OneValue is broken")


def test_control_c_while_a_find_is_made_smaller_ends_the_run_and_names_the_file():
    presses = iter([KeyboardInterrupt])

    class Slow(FORGETFUL.factory):
        def start(self):
            for press in presses:
                raise press
            return super().start()

    found = run(SETUP, FORGET).found()
    scenario = mutant(FORGETFUL, Slow)
    with pytest.raises(KeyboardInterrupt, match=r"OneValue is broken$") as pressed:  # no file can name this scenario
        counterexample_found(replace(found, setup=replace(SETUP, scenario=scenario)), tally(), "found")
    assert isinstance(pressed.value.__cause__, KeyboardInterrupt)


def test_another_schedule_that_breaks_in_the_same_way_is_another_story_and_both_stay(tmp_path):
    mine = tmp_path / "found" / "mine.schedule.jsonl"
    renamed = tuple(action.renamed({"n1": "n2"}) for action in FORGET)
    header = new_header("toys:FORGETFUL", Setup(FORGETFUL, 2), fingerprint="OneValue(Decided, Decided)")
    save(mine, SavedSchedule(header, renamed))
    failure = counterexample_found(run(SETUP, FORGET).found(), tally(), "again")
    assert sorted(mine.parent.iterdir()) == sorted([mine, failure.counterexample.path])
    assert "on file already" not in failure.splitbrain_report
    assert load(mine).actions == renamed != failure.counterexample.saved.actions
