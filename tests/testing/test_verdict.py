"""What a search inside a test ends with."""

import pytest
from hypothesis import settings
from projects import machine
from toys import FORGETFUL, Copy

from splitbrain.errors import NondeterminismError
from splitbrain.events import Observed
from splitbrain.exhibit import mutant
from splitbrain.invariant import Invariant
from splitbrain.node import Observe, Send
from splitbrain.observations import Decided
from splitbrain.scenario import Scenario
from splitbrain.testing.machine import search, state_machine
from splitbrain.testing.verdict import CounterexampleFound

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
    assert error.value.splitbrain_report == str(error.value)


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
