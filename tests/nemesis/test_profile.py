"""What one walk may do, and how often: within the budget, and another each time."""

from dataclasses import replace

import pytest
from msgspec import structs

from splitbrain.budget import FaultBudget
from splitbrain.dice import Dice
from splitbrain.exhibit import mutant
from splitbrain.nemesis.profile import Faults, draw_faults, draw_profile, steady
from splitbrain_protocols.raft.scenario import RAFT

KINDS = ("drop", "duplicate", "crash", "crash_inside", "partition", "rotate")
NONE = Faults(drop=False, duplicate=False, crash=False, crash_inside=False, partition=False)


def drawn(size=5, count=300, **budget):
    """How often each kind of fault was drawn."""
    every = [draw_faults(Dice(seed), FaultBudget(**budget), size) for seed in range(count)]
    return {kind: sum(getattr(faults, kind) for faults in every) for kind in KINDS}


def test_each_kind_of_fault_has_even_odds():
    assert all(100 < count < 200 for count in drawn().values())


@pytest.mark.parametrize(
    ("budget", "size", "never"),
    [
        ({"drop": False}, 5, {"drop"}),
        ({"duplicate": False}, 5, {"duplicate"}),
        ({"mid_handler": False}, 5, {"crash_inside"}),
        ({"crashes": "none"}, 5, {"crash", "crash_inside"}),
        ({"crashes": "minority"}, 2, {"crash", "crash_inside", "rotate"}),  # none of two is a minority
        ({"partition": False}, 5, {"partition"}),
        ({}, 1, {"partition", "rotate"}),  # there is nobody to be parted from
    ],
)
def test_what_the_budget_forbids_is_not_drawn(budget, size, never):
    assert {kind for kind, count in drawn(size, **budget).items() if count == 0} == never


def profiles(faults=None, size=5, count=300, **budget):
    scenario = replace(RAFT, budget=FaultBudget(**budget))
    return [draw_profile(Dice(seed), scenario, size, faults) for seed in range(count)]


def test_faults_that_a_run_has_not_have_no_rate():
    for profile in profiles(NONE):
        assert (profile.drop, profile.duplicate, profile.twice, profile.crash, profile.crash_inside, profile.cut) == (0,) * 6


def test_where_links_are_fifo_nothing_overtakes_and_where_disks_are_fast_none_answers():
    assert {each.recent for each in profiles(reorder=False)} == {0.0}
    assert len({each.slow for each in profiles(reorder=False)}) > 2  # of links, there
    assert len({(each.recent, each.slow) for each in profiles()}) > 4
    assert {each.complete for each in profiles()} == {0.0}
    assert all(each.complete > 0 for each in profiles(slow_disks=True))


def test_no_site_loses_its_power_as_a_whole_where_only_a_minority_may_be_down():
    assert {each.together for each in profiles(crashes="minority")} == {0.0}
    assert {each.together for each in profiles(crashes="any")} == {0.0, 0.2}


def test_rates_are_of_every_order_of_magnitude():
    rates = [each.fire for each in profiles()]
    assert all(0.02 <= rate <= 1.0 for rate in rates)
    assert sum(rate < 0.14 for rate in rates) == pytest.approx(len(rates) / 2, abs=40)  # the middle, of logarithms


def test_when_quorums_rotate_mostly_a_bare_majority_has_the_cluster_to_itself_for_a_short_phase():
    awake = [5 - len(each.shy) for each in profiles(Faults(False, False, False, False, False, rotate=True))]
    assert set(awake) == {1, 2, 3, 4, 5}
    assert awake.count(3) > len(awake) / 2
    for each in profiles(Faults(False, False, False, False, False, rotate=True)):
        assert set(each.shy) <= set(each.quiet)
        assert each.phase <= 50


def test_a_steady_profile_does_all_that_the_budget_allows_and_no_more():
    allowed = steady(FaultBudget(slow_disks=True))
    assert min(allowed.duplicate, allowed.crash, allowed.complete, allowed.disconnect, allowed.connect, allowed.operate) > 0
    quiet = steady(FaultBudget(crashes="none", duplicate=False, disconnect=False))
    assert quiet.duplicate == quiet.crash == quiet.complete == quiet.disconnect == quiet.drop == quiet.cut == 0


def test_what_only_streams_or_operations_bring_is_drawn_behind_all_else_and_only_there():
    plain = mutant(RAFT, RAFT.factory)
    declared = mutant(RAFT, RAFT.factory, operations={"compact": (None,)})
    for seed in range(20):
        one, other = (draw_profile(Dice(seed), each, 3) for each in (plain, declared))
        assert one == structs.replace(other, operate=0.0)
        assert one.operate == one.disconnect == one.connect == one.soon == 0
        assert other.operate > 0
