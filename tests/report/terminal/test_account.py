"""What a search that found nothing tells of itself."""

import re
from collections import Counter, namedtuple
from dataclasses import replace

from scripted import scripted
from searches import HEARD, hunted

from splitbrain.budget import FaultBudget
from splitbrain.events import Replied, Requested
from splitbrain.invariant import Invariant
from splitbrain.observations import Applied, Led, Tracked
from splitbrain.report.clean import CLEAN
from splitbrain.report.terminal.account import account
from splitbrain_invariants import ClientsAnswered
from splitbrain_protocols.raft.scenario import RAFT


def test_a_clean_search_says_what_it_exercised(golden):
    golden("clean", account(hunted(), RAFT, "clean"))


def test_what_became_of_what_clients_asked_is_told_where_anybody_asked():
    assert "Clients: 640 operations answered, 210 refused, 50 of unknown outcome.\n" in account(hunted(), RAFT, "clean")
    assert "Clients: 640 operations answered" in account(hunted(heard=Counter()), RAFT, "vacuous")
    one = account(hunted(operations=Counter(answered=1)), RAFT, "clean")
    assert "Clients: 1 operation answered, 0 refused, 0 of unknown outcome.\n" in one
    assert "Clients" not in account(hunted(operations=Counter(answered=0)), RAFT, "clean")


def test_what_clients_asked_for_is_told_by_kind():
    commands = Counter({("put", "answered"): 1000, ("get", "answered"): 2010, ("get", "unknown"): 7, ("get", "refused"): 3})
    text = account(hunted(commands=commands, resent=41), RAFT, "clean")
    assert (
        "Clients: 640 operations answered, 41 of them after a resend, 210 refused, 50 of unknown outcome.\n"
        "    answered/refused/unknown: get 2,010/3/7, put 1,000/0/0.\n"
    ) in text
    many = Counter({(f"kind {number}", "answered"): 100 - number for number in range(11)})
    text = account(hunted(commands=many), RAFT, "clean")
    assert "kind 7 93/0/0, 3 more kinds." in " ".join(text.split())
    assert "kind 8" not in text


def test_roles_with_a_fault_budget_of_their_own_are_told_with_what_is_not_the_same_for_all():
    roles = {"witness": (0,), "learner": (1,), "alike": ()}
    still, slow = FaultBudget(crashes="none", partition=False), FaultBudget(crashes="minority", slow_disks=True)
    scenario = scripted(roles=roles, budget=FaultBudget(crashes="minority"), sizes=(3,))
    told = "Fault budgets: witness crashes=none, partition=False; learner slow_disks=True; "
    told += "others crashes=minority, partition=True, slow_disks=False.\n"
    budgets = {"witness": still, "learner": slow, "alike": scenario.budget}
    for search, outcome in ((hunted(), "clean"), (hunted(heard=Counter()), "vacuous")):
        text = account(search, replace(scenario, budgets=budgets), outcome)
        assert told in text.replace("\n    ", " ")
        assert "Fault budgets" not in account(search, replace(scenario, budgets={"alike": scenario.budget}), outcome)


def test_the_first_line_of_a_clean_search_alone_carries_its_mark():
    first, *others = account(hunted(), RAFT, "clean").splitlines()
    assert first.startswith(f"raft{CLEAN}1,234 runs, ")
    assert not any(CLEAN in line for line in others)
    assert CLEAN not in account(hunted(heard=Counter()), RAFT, "vacuous")


def test_a_vacuous_search_says_what_never_happened():
    text = account(hunted(heard=Counter()), RAFT, "vacuous")
    assert text.startswith("raft: VACUOUS: no invariant was broken, but there were no leaders elected and no commits, so")
    text = account(hunted(heard=Counter({Led: 5})), RAFT, "vacuous")
    assert text.startswith("raft: VACUOUS: no invariant was broken, but there were no commits, so nothing was tested.")
    assert re.search(r"\bAppliedInOrder\b.* had nothing to judge\.", " ".join(text.split()))


def test_a_search_in_which_an_invariant_had_nothing_to_judge_names_it_and_says_how_to_go_on(golden):
    golden("idle", account(hunted(heard=HEARD - Counter({Tracked: 5, Applied: 9})), RAFT, "vacuous"))
    muted = RAFT.judged(without=("NextIndexAboveMatchIndex", "StateMachineSafety", "AppliedInOrder", "Validity"))
    assert not hunted(muted, heard=HEARD - Counter({Tracked: 5, Applied: 9})).vacuous


def hears(name, *kinds):
    return type(name, (Invariant,), {"watches": kinds, "observe": lambda self, event: None})


def test_a_search_without_an_answer_has_judged_nothing_of_what_clients_are_told(golden):
    told = scripted(invariants=(hears("Told", Requested, Replied),))
    refused = hunted(told, heard=Counter(), operations=Counter(refused=9, unknown=3))
    golden("unanswered", account(refused, told, "vacuous"))
    assert "Told: no client asked for anything." in account(hunted(told, operations=Counter()), told, "vacuous")
    both = scripted(invariants=(hears("Told", Replied), hears("Said", Led)))
    text = account(hunted(both, heard=Counter(), operations=Counter()), both, "vacuous")
    assert "Said: nobody said Led.\nTold:" in text or "Told: no client asked for anything.\nSaid: nobody said Led.\n" in text
    assert "Let the nodes say it where it becomes true, with Observe(Led(...))" in text


def test_runs_of_which_an_invariant_does_not_know_whether_they_break_it_are_told_with_why():
    doubts = {"Agreement": "it had to look at more than 400,000 orders"}
    text = account(hunted(inconclusive=Counter(Agreement=3), doubts=doubts), RAFT, "clean")
    assert (
        "Inconclusive: 3 of 1,234 runs, of which it is not known whether they break Agreement: it had to look"
        "\n    at more than 400,000 orders."
    ) in text
    assert "Inconclusive" not in account(hunted(), RAFT, "clean")


def test_a_search_of_no_run_of_which_anything_is_known_is_vacuous_and_says_how_to_go_on(golden):
    doubts = {"Agreement": "it had to look at more than 400,000 orders"}
    search = hunted(inconclusive=Counter(Agreement=1234), doubts=doubts)
    assert search.vacuous
    golden("undecided", account(search, RAFT, "vacuous"))


def test_what_was_said_by_a_namesake_is_named():
    namesake = namedtuple("Tracked", "index")
    text = account(hunted(heard=HEARD - Counter({Tracked: 5}) + Counter({namesake: 7})), RAFT, "vacuous")
    assert "NextIndexAboveMatchIndex: nobody said Tracked." in text
    assert f"What nodes said is {__name__}.Tracked, another type than splitbrain.observations.Tracked; derive it from that." in text


def test_a_clean_search_without_a_fair_phase_says_of_what_it_says_nothing():
    said = "There was no fair phase, and only one can break LogTermination"
    muted = RAFT.judged(without=("LogTermination",))
    assert said in account(hunted(), RAFT, "clean")
    assert said not in account(hunted(coverage=Counter(calm=1)), RAFT, "clean")
    assert said not in account(hunted(muted), muted, "clean")


def test_a_clean_search_with_fair_phases_of_which_nothing_is_demanded_says_so():
    told = scripted(calm_bound=500)
    assert "\nNo invariant is of kind 'eventually', so that" in account(hunted(told), told, "clean")
    for scenario in (scripted(calm_bound=500, invariants=(ClientsAnswered,)), scripted(), RAFT):
        assert "'eventually'" not in account(hunted(scenario), scenario, "clean")


def test_observations_of_ones_own_are_counted_under_their_own_names():
    assert "17 Lease" in account(hunted(), RAFT, "clean")


def test_what_happened_under_partitions_and_which_crashes_lost_writes_is_told():
    coverage = Counter({"Led": 3, "Led under partition": 2, "Lease under partition": 1, "crash": 9, "crash losing writes": 4})
    text = account(hunted(coverage=coverage), RAFT, "clean")
    for line in ("2 leaders elected under partition", "1 Lease under partition", "4 crashes that lost unsynced writes"):
        assert line in text
