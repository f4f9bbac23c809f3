"""Roles: which nodes have a fault budget of their own, and what it counts."""

import pytest
from scripted import scripted

from splitbrain.budget import FaultBudget
from splitbrain.declared.roles import quotas_of, roles_of, widest
from splitbrain.errors import ScenarioError
from splitbrain.observations import Ready

NONE, MINORITY, ANY = (FaultBudget(crashes=word) for word in ("none", "minority", "any"))


def last(size):
    return (size - 1,)


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"roles": ("witness",)}, r"roles=\('witness',\) is a tuple, not a dict; write for instance roles=\{'witness': \(2,\)\}"),
        ({"roles": {"the witness": last}}, "role 'the witness' is no name that reports could use; call it by one word"),
        ({"roles": {3: last}}, "role 3 is no name that reports could use"),
        ({"roles": {"witness": 2}}, r"roles\['witness'\]=2 is an int, not positions from 0, .*; write roles=\{'witness': \(2,\)\}"),
        (
            {"roles": {"witness": (3,)}},
            r"roles\['witness'\]=\(3,\), but a cluster of 3 has no node at position 3; name positions that",
        ),
        ({"roles": {"witness": (True,)}}, r"a cluster of 3 has no node at position True"),
        ({"roles": {"witness": lambda _: (5,)}}, r"roles\['witness'\]\(3\) returned \(5,\), but a cluster of 3 has no node at"),
        (
            {"roles": {"witness": lambda _: 1 // 0}},
            r"roles\['witness'\]\(3\) raised ZeroDivisionError: .*; it must return positions",
        ),
        ({"roles": {"one": (0,), "two": (1, 0)}}, "of 3 nodes, position 0 is in the roles 'one' and 'two', but a node goes by one"),
        ({"roles": {"witness": last}, "budgets": NONE}, r"is a FaultBudget, not a dict; write budgets=\{'witness': FaultBudget\("),
        ({"roles": {"witness": last}, "budgets": {"wit": NONE}}, "budgets has 'wit', but there are witness; say in roles which"),
        ({"budgets": {"wit": NONE}}, "budgets has 'wit', but there are no roles at all; say in roles"),
        (
            {"roles": {"witness": last}, "budgets": {"witness": "none"}},
            r"budgets\['witness'\]='none' is a str, not a FaultBudget; write FaultBudget\(crashes='none'\)",
        ),
        (
            {"roles": {"witness": last}, "budgets": {"witness": FaultBudget(drop=False)}},
            r"budgets\['witness'\] has drop=False, but what becomes of messages goes by the link and not by the node; leave it out",
        ),
        ({"ready": "Ready"}, "ready='Ready' is a str, not a type of observation; write ready=Ready"),
        ({"ready": Ready()}, r"ready=Ready\(\) is a Ready, not a type of observation; write ready=Ready"),
    ],
)
def test_what_cannot_be_is_told_where_it_is_written(fields, complaint):
    with pytest.raises(ValueError, match=rf"^[Ss]cenario 'scripted': .*{complaint}"):
        scripted(**{"sizes": (3,), **fields})


def test_a_role_s_budget_may_keep_from_links_what_the_scenario_s_keeps_from_them_too():
    same = FaultBudget(drop=False, crashes="none")
    for changes in ({"budget": FaultBudget(drop=False)}, {"links": "streams"}):
        assert scripted(roles={"witness": (0,)}, budgets={"witness": same}, **changes).budgets["witness"].crashes == "none"


def test_a_role_that_another_size_has_not_is_the_scenarios_fault():
    with pytest.raises(ScenarioError, match="a cluster of 2 has no node at position 2"):
        quotas_of(scripted(sizes=(3,), roles={"witness": (2,)}), 2)


def test_positions_that_hold_for_all_sizes_may_be_given_as_they_are():
    scenario = scripted(roles={"first": (0,), "others": lambda size: range(1, size - 1)}, sizes=(3, 5))
    assert roles_of(scenario, 5) == {"n1": "first", "n2": "others", "n3": "others", "n4": "others"}


def test_a_budget_of_a_role_counts_within_it_and_the_scenarios_own_counts_everybody():
    scenario = scripted(
        sizes=(6,),
        roles={"witness": (5,), "learner": (3, 4), "first": (0,)},
        budgets={"witness": NONE, "learner": MINORITY},
        budget=MINORITY,
    )
    told = {quota.role: (quota.nodes, len(quota.among), quota.most) for quota in quotas_of(scenario, 6)}
    assert told == {None: (("n1", "n2", "n3"), 6, 2), "learner": (("n4", "n5"), 2, 0), "witness": (("n6",), 1, 0)}
    assert [quota.rule for quota in quotas_of(scenario, 6)][:2] == [
        "at most 2 of 6 nodes may be down at a time",
        "at most 0 of 1 in the role 'witness' may be down at a time",
    ]


def test_without_roles_all_go_by_the_scenarios_budget_and_where_all_have_roles_nobody_does():
    assert [(quota.role, quota.nodes) for quota in quotas_of(scripted(), 2)] == [(None, ("n1", "n2"))]
    everybody = scripted(roles={"all": range}, budgets={"all": NONE})
    assert [(quota.role, quota.nodes) for quota in quotas_of(everybody, 2)] == [("all", ("n1", "n2"))]


def test_what_is_drawn_from_is_what_may_happen_to_anybody():
    def drawn(budget, own, size=3):
        return widest(scripted(sizes=(size,), roles={"witness": last}, budgets={"witness": own}, budget=budget), size)

    assert drawn(MINORITY, NONE).crashes == "minority"
    assert drawn(NONE, MINORITY).crashes == "none"  # a minority of one is nobody
    assert drawn(MINORITY, ANY).crashes == "any"
    assert not drawn(FaultBudget(crashes="none", mid_handler=True), FaultBudget(mid_handler=False)).mid_handler
    still = FaultBudget(partition=False, disconnect=False)
    assert drawn(FaultBudget(), still).partition
    assert not drawn(FaultBudget(), still, size=2).partition  # nobody is left from whom one could be cut off
    assert drawn(FaultBudget(), FaultBudget(slow_disks=True)).slow_disks
    assert not drawn(FaultBudget(drop=False), FaultBudget()).drop  # links go by the scenario's own
    scenario = scripted(roles={"witness": last})
    assert widest(scenario, 3) is scenario.budget
