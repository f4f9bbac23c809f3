"""The state machine by itself: what commands do, and that each operation does it once."""

import pytest

from splitbrain_protocols.raft.kv.machine import Machine, session_of


def test_an_id_says_whose_operation_it_is_and_which():
    assert session_of("s2.3") == ("s2", 3)
    assert session_of("a.b.12") == ("a.b", 12)


@pytest.mark.parametrize("request_id", ["r1", "calm-1001", "a.b", ".5", "s1.", "s1.-2", "s1.²", "s1.1x"])
def test_any_other_id_is_the_only_one_of_a_client_of_its_own(request_id):
    assert session_of(request_id) == (request_id, 1)


def performed(*commands):
    machine = Machine()
    return [machine.perform(command) for command in commands]


def test_a_get_finds_what_was_put_and_nothing_where_it_was_deleted():
    assert performed(("get", "x"), ("put", "x", 1), ("get", "x"), ("get", "y"), ("delete", "x"), ("get", "x")) == [
        *[None, True, 1],
        *[None, True, None],
    ]


def test_a_delete_of_what_is_not_there_does_nothing():
    assert performed(("delete", "x"), ("get", "x")) == [True, None]


def test_a_cas_puts_where_it_finds_what_it_expects_and_else_does_nothing():
    assert performed(("cas", "x", 1, 2), ("get", "x"), ("put", "x", 1), ("cas", "x", 1, 2), ("get", "x"), ("cas", "x", 1, 3)) == [
        *[False, None, True],
        *[True, 2, False],
    ]


def test_a_cas_that_expects_nothing_puts_where_there_is_nothing():
    assert performed(("cas", "x", None, 1), ("cas", "x", None, 2), ("get", "x")) == [True, False, 1]


def test_commands_may_have_come_through_json():
    assert performed(["put", "x", 1], ["get", "x"]) == [True, 1]


@pytest.mark.parametrize("command", ["v1", ("get",), ("append", "x", "1"), None])
def test_a_command_that_it_does_not_know_is_named_with_those_that_it_knows(command):
    with pytest.raises(ValueError, match="which knows get, put, cas and delete; ask for these"):
        performed(command)


def test_what_was_carried_out_is_known_with_the_result_that_it_had():
    machine = Machine()
    assert not machine.is_known("s1.1")
    assert machine.carry_out("s1.1", ("cas", "x", None, 1)) is True
    assert machine.is_known("s1.1")
    machine.carry_out("s2.1", ("put", "x", 2))
    assert machine.recall("s1.1", ("cas", "x", None, 1)) is True
    assert machine.values == {"x": 2}


def test_sessions_do_not_know_of_each_others_operations():
    machine = Machine()
    machine.carry_out("s1.2", ("put", "x", 1))
    assert not machine.is_known("s2.1")
    assert not machine.is_known("s1.3")


def test_what_a_session_asked_before_its_last_is_known_and_its_result_forgotten():
    machine = Machine()
    machine.carry_out("s1.1", ("put", "x", 1))
    machine.carry_out("s1.3", ("get", "x"))  # the second was refused by everybody
    assert [machine.is_known(f"s1.{number}") for number in (1, 2, 3, 4)] == [True, True, True, False]
    assert machine.recall("s1.1", ("put", "x", 1)) is None
    assert machine.recall("s1.3", ("get", "x")) == 1
