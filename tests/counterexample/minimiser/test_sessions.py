"""Schedules with sessions rewritten."""

from scripted import scripted
from stores import STORE

from splitbrain.actions import Crash, Fire, Request, Resend
from splitbrain.counterexample.minimiser.sessions import asked, asked_later, numbered, operations, renamed, strain, without
from splitbrain.world.run import Setup

PUT, GET = ["put", "x", "1"], ["get", "x"]
SCHEDULE = (
    Request("n1", "s4.1", PUT, "s4"),
    Resend("n2", "s4.1"),
    Request("n2", "s2.1", GET, "s2"),
    Request("n3", "s7.1", GET, "s7", "s4"),
    Crash("n3", 0, Resend("n3", "s7.1"), 2),
    Request("n3", "s7.2", PUT, "s7"),
    Request("n1", "r1", PUT),
)


def test_operations_are_found_by_session_and_those_of_none_are_not():
    assert operations(SCHEDULE) == {"s4": ["s4.1"], "s2": ["s2.1"], "s7": ["s7.1", "s7.2"]}
    assert [place for place, _ in asked(SCHEDULE)] == [0, 2, 3, 5]
    inside = Crash("n1", 0, SCHEDULE[0], 1)
    assert operations([inside]) == {"s4": ["s4.1"]}


def test_an_operation_goes_with_all_its_attempts_and_who_went_on_for_it_with_nobody():
    assert without(SCHEDULE, ["s4.1"]) == [
        SCHEDULE[2],
        Request("n3", "s7.1", GET, "s7"),
        *SCHEDULE[4:],
    ]
    assert without(SCHEDULE, ["s7.1"]) == [*SCHEDULE[:3], Request("n3", "s7.2", PUT, "s7", "s4"), SCHEDULE[6]]


def test_who_went_on_for_a_session_that_is_gone_goes_on_for_whom_that_one_did():
    chain = (Request("n1", "s1.1", PUT, "s1"), Request("n1", "s2.1", PUT, "s2", "s1"), Request("n1", "s3.1", PUT, "s3", "s2"))
    assert without(chain, ["s2.1"]) == [chain[0], Request("n1", "s3.1", PUT, "s3", "s1")]
    assert without(chain, ["s1.1", "s2.1"]) == [Request("n1", "s3.1", PUT, "s3")]


def test_without_its_first_attempt_an_operation_is_asked_for_where_it_was_asked_for_again():
    assert asked_later(SCHEDULE, "s4.1") == [Request("n2", "s4.1", PUT, "s4"), *SCHEDULE[2:]]
    assert asked_later(SCHEDULE, "s7.1") == [
        *SCHEDULE[:3],
        Crash("n3", 0, Request("n3", "s7.1", GET, "s7", "s4"), 2),
        *SCHEDULE[5:],
    ]
    assert asked_later(SCHEDULE, "s2.1") is None


def test_sessions_and_operations_are_named_in_the_order_in_which_they_appear():
    assert renamed(SCHEDULE) == [
        Request("n1", "s1.1", PUT, "s1"),
        Resend("n2", "s1.1"),
        Request("n2", "s2.1", GET, "s2"),
        Request("n3", "s3.1", GET, "s3", "s1"),
        Crash("n3", 0, Resend("n3", "s3.1"), 2),
        Request("n3", "s3.2", PUT, "s3"),
        SCHEDULE[6],
    ]
    assert renamed(renamed(SCHEDULE)) == renamed(SCHEDULE)


def test_an_operation_moves_to_another_session_with_its_attempts():
    moved = renamed(SCHEDULE, {"s7.1": "s2", "s7.2": "s2"})
    assert operations(moved) == {"s1": ["s1.1"], "s2": ["s2.1", "s2.2", "s2.3"]}
    assert moved[3:6] == [
        Request("n3", "s2.2", GET, "s2"),
        Crash("n3", 0, Resend("n3", "s2.2"), 2),
        Request("n3", "s2.3", PUT, "s2"),
    ]


def test_it_is_easier_to_follow_fewer_sessions_who_ask_the_same_node_for_the_same():
    setup = Setup(STORE, 3)
    one = [Request("n1", "s1.1", PUT, "s1"), Resend("n1", "s1.1"), Request("n1", "s1.2", PUT, "s1")]
    assert strain(setup, one) == 1  # one command
    assert strain(setup, [one[0], Resend("n2", "s1.1"), one[2]]) == 2
    assert strain(setup, [*one[:2], Request("n1", "s1.2", GET, "s1")]) == 2
    assert strain(setup, [*one[:2], Request("n1", "s2.1", PUT, "s2")]) == 2
    assert strain(setup, [*one[:2], Request("n1", "s2.1", PUT, "s2", "s1")]) == 3
    assert strain(setup, [Fire("n1", "takeover")]) == 0


def test_where_there_is_no_workload_the_numbered_commands_are_the_plain_ones():
    def ends(number):
        return {1: "a", 2: "b"}[number]

    setup = Setup(scripted(sessions=2, commands=ends), 1)
    plain = [Request("n1", "s1.1", "a", "s1"), Request("n1", "s1.2", "b", "s1")]
    assert strain(setup, plain) == 0
    assert strain(setup, plain[::-1]) == 20
    assert strain(setup, [*plain, Request("n1", "s1.3", "any", "s1")]) == 0  # there is none for it
    assert numbered(ends, 2) == ("b",)
    assert numbered(ends, 3) == ()
