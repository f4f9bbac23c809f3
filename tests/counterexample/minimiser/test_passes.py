"""The passes: what each leaves out of a failing schedule, and what it leaves alone."""

import pytest
from shrinkers import FORGET, SETUP, shrinker
from toys import FORGETFUL

from splitbrain.actions import Calm, Crash, Cut, Deliver, Fire, Mend, Request, Restart
from splitbrain.counterexample.minimiser.passes import (
    causal_slice,
    coarse,
    fine,
    leave_out_chunks,
    leave_out_epochs,
    leave_out_kinds,
    leave_out_pairs,
    plainer_actions,
    smaller_cluster,
    spell_out_calm,
)
from splitbrain.exhibit import mutant
from splitbrain.world.run import Setup, run

ELSEWHERE = Request("n3", "r7", "v7"), Fire("n3", "remind")  # in the past of nothing that breaks


def test_what_is_concurrent_with_the_violation_goes_at_once():
    s = shrinker(SETUP, [*ELSEWHERE, *FORGET])
    causal_slice(s)
    assert s.best.actions == FORGET
    assert s.removed == {"concurrent with the violation": 2}
    assert s.budget.runs == 2  # one to see, one to make sure


def test_all_faults_of_a_kind_go_together_and_all_that_a_node_does():
    link = (("n1", "n2"),)
    s = shrinker(SETUP, [Cut(link), Mend(link), Cut(link), *ELSEWHERE, *FORGET])
    leave_out_kinds(s)
    assert s.best.actions == FORGET
    assert s.removed == {"of one kind (cut)": 3, "of one node": 2}  # the mend falls away with what it mended


def test_a_whole_epoch_goes_and_later_ones_move_down():
    def label(message):
        return "Copy", int(message.value[1])

    setup = Setup(mutant(FORGETFUL, FORGETFUL.factory, label=label), 3)
    schedule = [
        Request("n1", "r1", "v1"),
        Deliver("n1", "n2", "Copy", 1),
        Request("n3", "r2", "v2"),
        Crash("n2"),
        Restart("n2"),
        Deliver("n3", "n2", "Copy", 2),
        Deliver("n1", "n3", "Copy", 1),
    ]
    s = shrinker(setup, [*schedule[:6]])
    leave_out_epochs(s)  # both are needed
    assert len(s.best.actions) == 6
    s = shrinker(setup, [Request("n3", "r3", "v3"), Deliver("n3", "n2", "Copy", 3), *FORGET])
    leave_out_epochs(s)
    assert s.best.actions == FORGET
    assert s.removed == {"of a whole epoch": 2}


def test_single_actions_go_until_none_is_left_that_could():
    s = shrinker(SETUP, [ELSEWHERE[0], FORGET[0], Fire("n1", "remind"), *FORGET[1:3], ELSEWHERE[1], FORGET[3]])
    leave_out_chunks(s)
    assert s.best.actions == FORGET


def test_two_that_only_together_can_go_are_found():
    site = [Request("n1", "r1", "v1"), Crash("n1"), Crash("n2"), Restart("n2"), Restart("n1"), Request("n1", "r2", "v2")]
    s = shrinker(SETUP, site)
    assert leave_out_pairs(s)
    assert s.best.actions == FORGET
    assert not leave_out_pairs(s)


CALM = Calm(("n1", "n2"), 0, 500)
FAIR = Setup(mutant(FORGETFUL, FORGETFUL.factory, calm_bound=500), 2)


def test_the_fair_phase_at_the_end_is_never_left_out():
    s = shrinker(FAIR, [FORGET[0], Fire("n1", "remind"), FORGET[1], CALM])
    leave_out_chunks(s)
    assert not leave_out_pairs(s)
    assert s.best.actions == (*FORGET[:2], CALM)


def test_where_safety_breaks_in_a_fair_phase_what_it_did_stands_there_instead_if_that_is_no_longer():
    s = shrinker(FAIR, [FORGET[0], Fire("n1", "remind"), FORGET[1], CALM])
    assert spell_out_calm(s)
    assert [type(each) for each in s.best.actions] == [Request, Crash, Restart, Request]
    assert not spell_out_calm(shrinker(FAIR, [*FORGET[:2], CALM]))  # it would be four in place of three


def test_a_smaller_cluster_is_one_that_the_scenario_has_and_the_others_close_ranks():
    s = shrinker(SETUP, [Request("n3", "r1", "v1"), Crash("n3"), Restart("n3"), Request("n3", "r2", "v2")])
    smaller_cluster(s)
    assert s.best.setup.size == 2
    assert {action.node for action in s.best.actions} == {"n2"}
    before = s.budget.runs
    smaller_cluster(s)
    assert s.budget.runs == before  # there is none of one node


def test_a_crash_inside_a_handler_becomes_a_crash_where_that_does():
    s = shrinker(SETUP, [*ELSEWHERE, Crash("n1", 0, FORGET[0], 3), FORGET[2], FORGET[3]])
    causal_slice(s)
    plainer_actions(s)
    assert s.best.actions == FORGET
    s = shrinker(SETUP, [FORGET[0], Crash("n1", 0, Request("n1", "r9", "v9"), 1), *FORGET[2:]])
    plainer_actions(s)
    assert s.best.actions == FORGET


@pytest.mark.parametrize("reduce", [coarse, fine])
def test_what_is_left_fails_in_the_same_way_when_it_is_run_strictly(reduce):
    chaos = [*ELSEWHERE, Deliver("n3", "n2", "Copy"), Cut((("n1", "n2"),)), Fire("n3", "remind"), *FORGET]
    s = shrinker(SETUP, chaos)
    reduce(s)
    again = run(s.best.setup, s.best.actions)
    assert (again.stopped, again.violation.fingerprint) == (None, s.best.violation.fingerprint)
    assert len(s.best.actions) == 4
    assert sum(s.removed.values()) == len(chaos) - 4
