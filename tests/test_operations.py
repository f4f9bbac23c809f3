"""Control operations in a hunt: drawn where a scenario has them, found, minimised, and tried before that."""

from collections import Counter

import pytest
from attacks import attack
from ledgers import LEDGER, ForgetsLength, KeepsLeading, Ledger
from scripted import scripted

from splitbrain.actions import Crash, Operate
from splitbrain.counterexample.minimiser.minimiser import minimise
from splitbrain.doctor.conformance import ConformanceError, conformance
from splitbrain.errors import ScenarioError
from splitbrain.events import Operated
from splitbrain.exhibit import mutant
from splitbrain.invariant import Invariant
from splitbrain.nemesis.names import GUIDED, STRATEGIES
from splitbrain.nemesis.portfolio import _MAKERS
from splitbrain.schedule.file import SavedSchedule
from splitbrain.schedule.header import Header
from splitbrain.schedule.replay import replay
from splitbrain.search.hunt import hunt
from splitbrain.world.run import Setup, run


@pytest.mark.parametrize("name", [name for name in STRATEGIES if name != GUIDED])
def test_every_strategy_tells_nodes_to_do_each_of_the_operations(name):
    told, inside = Counter(), 0
    for seed in range(20):
        actions, _ = attack(_MAKERS[name], Setup(LEDGER, 3), 300, seed)
        told.update(action.operation for action in actions if isinstance(action, Operate))
        inside += sum(isinstance(action, Crash) and isinstance(action.during, Operate) for action in actions)
    assert set(told) == {"compact", "transfer"}
    assert inside or name == "uniform"  # which composes nothing


@pytest.mark.parametrize("wrong", [ForgetsLength, KeepsLeading])
def test_a_mistake_that_only_an_operation_brings_out_is_found_within_five_seeds_and_made_small(wrong):
    for seed in range(1, 6):
        found = hunt(mutant(LEDGER, wrong), seed=seed, runs=400).found
        assert found is not None
    least = minimise(found).smallest
    assert len(least.actions) <= 8
    assert any(isinstance(action.input, Operate) for action in least.actions)
    assert run(least.setup, least.actions).violation.fingerprint == found.violation.fingerprint


def test_the_ledger_that_does_it_right_keeps_its_contract_and_breaks_nothing():
    assert conformance(LEDGER).host == "direct"
    assert hunt(LEDGER, seed=1, runs=150).found is None


def test_a_dry_run_tells_of_a_node_without_the_handler_and_of_a_function_that_raises():
    with pytest.raises(ConformanceError, match="has no handler `operate`"):
        conformance(scripted(operations={"compact": (None,)}))
    wrong = scripted(operate=lambda *_: (), operations={"add": lambda me, peers, dice: 1 // 0})
    with pytest.raises(ConformanceError, match=r"operations\['add'\]\('n.', peers, dice\) raised ZeroDivisionError"):
        conformance(wrong)
    with pytest.raises(ScenarioError, match=r"operations\['add'\]"):
        hunt(wrong, seed=1, runs=50)


def test_what_a_node_was_told_counts_as_work_when_a_schedule_is_replayed():
    told = (Operate("n1", "compact", 0), Operate("n2", "compact", 1))
    saved = SavedSchedule(Header(scenario="ledgers:LEDGER", size=3), told)
    again = replay(saved)
    assert (again.worked, again.work) == (2, 2)


class NothingIsTold(Invariant):
    """Nobody operates the cluster."""

    watches = (Operated,)
    source = "made up"

    def observe(self, event):
        return self.violation(f"{event.node} was told to {event.operation} {event.argument}", event)


def test_an_invariant_may_look_at_what_nodes_are_told():
    done = run(Setup(mutant(LEDGER, Ledger, invariants=(NothingIsTold,)), 3), (Operate("n1", "compact", 0),))
    assert done.violation.summary == "n1 was told to compact 0"
    assert done.violation.fingerprint == "NothingIsTold(Operated)"
