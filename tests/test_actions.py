"""Actions know their own facts: whoever draws, minimises or shows them asks them."""

from typing import get_args

import pytest

from splitbrain.actions import (
    Action,
    Advance,
    Calm,
    Complete,
    Connect,
    Crash,
    Cut,
    Deliver,
    Disconnect,
    Drop,
    Duplicate,
    Fire,
    Mend,
    Operate,
    Request,
    Resend,
    Restart,
)

VOTE = Deliver("n1", "n2", "Vote", 3, 2)
LINK = (("n1", "n2"),)

# Each kind: whom it is about, who acts, which epoch, whether it does damage, and how it is told.
FACTS = [
    (VOTE, ("n1", "n2"), "n2", 3, False, "deliver n1->n2 Vote 3 #2"),
    (Drop("n1", "n2", "Vote", 3), ("n1", "n2"), None, 3, True, "drop n1->n2 Vote 3"),
    (Duplicate("n1", "n2", "Vote", copy=1), ("n1", "n2"), None, None, True, "duplicate n1->n2 Vote copy 1"),
    (Cut(LINK), (), None, None, True, "cut n1->n2"),
    (Mend(LINK), (), None, None, False, "mend n1->n2"),
    (Disconnect("n1", "n2"), ("n1", "n2"), None, None, True, "disconnect n1 n2"),
    (Connect("n1", "n2"), ("n1", "n2"), None, None, False, "connect n1 n2"),
    (Fire("n1", "t"), ("n1",), "n1", None, False, "fire n1 t"),
    (Advance(), (), None, None, False, "advance to the next deadline"),
    (Calm(("n1", "n2"), 7, 500), (), None, None, False, "calm n1,n2 for 500 ms (seed 7)"),
    (Request("n1", "r1", "x"), ("n1",), "n1", None, False, "request n1 r1 'x'"),
    (Request("n1", "s1.1", "x", "s1"), ("n1",), "n1", None, False, "request n1 s1.1 'x'"),
    (Resend("n1", "s1.1"), ("n1",), "n1", None, False, "resend n1 s1.1"),
    (Operate("n1", "compact"), ("n1",), "n1", None, False, "operate n1 compact"),
    (Operate("n1", "transfer", "n2"), ("n1",), "n1", None, False, "operate n1 transfer 'n2'"),
    (Restart("n1"), ("n1",), "n1", None, False, "restart n1"),
    (Complete("n1"), ("n1",), "n1", None, False, "complete n1 sync"),
    (Crash("n1", 2), ("n1",), "n1", None, True, "crash n1, 2 unsynced writes survive"),
    (
        Crash("n2", 1, VOTE, 2, 3),
        ("n2",),
        "n2",
        3,
        True,
        "crash n2 after 2 effects of (deliver n1->n2 Vote 3 #2), 3 messages arrive, 1 unsynced writes survive",
    ),
    (Crash("n2", 0, VOTE, 1), ("n2",), "n2", 3, True, "crash n2 after 1 effects of (deliver n1->n2 Vote 3 #2)"),
]


@pytest.mark.parametrize(("action", "nodes", "actor", "epoch", "fault", "told"), FACTS, ids=lambda part: str(part)[:20])
def test_an_action_knows_its_own_facts(action, nodes, actor, epoch, fault, told):
    assert (action.nodes, action.actor, action.epoch, action.is_fault) == (nodes, actor, epoch, fault)
    assert str(action) == told


def test_no_kind_is_forgotten():
    assert {type(action) for action, *_ in FACTS} == set(get_args(Action))


def test_the_input_of_an_action_is_itself_but_that_of_a_crash_is_what_it_interrupts():
    crash = Crash("n2", 1, VOTE, 4, 2)
    assert VOTE.input is VOTE is crash.input
    assert Crash("n2", 1).input == Crash("n2", 1)
    assert VOTE.with_input(Fire("n2", "t")) == Fire("n2", "t")
    assert crash.with_input(Fire("n2", "t")) == Crash("n2", 1, Fire("n2", "t"), 4, 2)


@pytest.mark.parametrize(
    ("action", "renamed"),
    [
        (VOTE, Deliver("n3", "n1", "Vote", 3, 2)),
        (Drop("n1", "n9", "Vote"), None),
        (Cut((("n1", "n2"), ("n1", "n9"))), Cut((("n3", "n1"),))),
        (Mend((("n9", "n1"),)), None),
        (Request("n2", "r1", "x"), Request("n1", "r1", "x")),
        (Restart("n9"), None),
        (Advance(), Advance()),
        (Crash("n2", 1, VOTE, 4, 5), Crash("n1", 1, Deliver("n3", "n1", "Vote", 3, 2), 4, 5)),
        (Crash("n2", 1, Deliver("n9", "n2", "Vote"), 4, 5), Crash("n1", 1)),  # what it handled is about nobody there
        (Crash("n9"), None),
    ],
    ids=lambda part: str(part)[:30],
)
def test_an_action_takes_the_names_of_another_cluster_and_is_gone_with_a_node_that_has_none_there(action, renamed):
    assert action.renamed({"n1": "n3", "n2": "n1"}) == renamed


def test_a_core_whose_nodes_become_one_names_it_once():
    calm = Calm(("n1", "n2", "n3"), 5, 100).renamed({"n1": "n2", "n2": "n2", "n3": "n1"})
    assert calm == Calm(("n1", "n2"), 5, 100)


def test_a_core_stands_in_the_order_of_the_cluster_whatever_its_nodes_were_called():
    assert Calm(("n1", "n2"), 5, 100).renamed({"n1": "n10", "n2": "n9"}) == Calm(("n9", "n10"), 5, 100)


def test_a_connection_has_one_name_its_ends_in_the_order_of_the_cluster():
    names = {"n1": "n10", "n2": "n3"}
    assert Disconnect("n1", "n2").renamed(names) == Disconnect("n3", "n10")
    assert Connect("n1", "n2").renamed({"n1": "n1"}) is None
    assert Connect("n1", "n2").renamed({"n1": "n1", "n2": "n1"}) is None  # two nodes that have become one


def test_what_a_node_is_told_names_other_nodes_too_when_they_get_other_names():
    names = {"n1": "n2", "n2": "n1"}
    assert Operate("n1", "transfer", "n2").renamed(names) == Operate("n2", "transfer", "n1")
    assert Operate("n1", "add", {"nodes": ["n2", "n9"]}).renamed(names) == Operate("n2", "add", {"nodes": ["n1", "n9"]})
    assert Operate("n3", "compact").renamed(names) is None
