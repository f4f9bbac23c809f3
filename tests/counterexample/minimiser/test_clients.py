"""What the minimiser does to clients; and that it is the same, in the same form, whatever was found."""

from collections import Counter
from dataclasses import replace

import pytest
from shrinkers import FORGET, SETUP, shrinker
from stores import BROKEN_FOR_FILES, ONCE, Store, broken

from splitbrain.actions import Deliver, Fire, Request, Resend
from splitbrain.counterexample.minimiser.clients import (
    leave_out_clients,
    plain_commands,
    plainer_clients,
    without_one_for_others,
)
from splitbrain.counterexample.minimiser.minimiser import minimise
from splitbrain.counterexample.minimiser.sessions import asked, operations
from splitbrain.exhibit import mutant
from splitbrain.node import Refused, Reply
from splitbrain.schedule.file import SavedSchedule, load, save
from splitbrain.schedule.header import about, bare_header
from splitbrain.schedule.replay import replay
from splitbrain.search.hunt import hunt
from splitbrain.world.run import Setup

ELECTED = (Fire("n1", "takeover"), Deliver("n1", "n2", "Claim"), Deliver("n2", "n1", "State"))
TWICE = Setup(ONCE["no-dedup"], 3)


def put(node, name, value, replaces=None):
    return Request(node, name, ["put", "x", value], name.partition(".")[0], replaces)


def get(node, name, key="x"):
    return Request(node, name, ["get", key], name.partition(".")[0])


def left(setup, *schedule, by):
    s = shrinker(setup, (*ELECTED, *schedule))
    by(s)
    return s.best.actions[len(ELECTED) :]


def test_a_whole_session_and_a_whole_operation_are_left_out_with_their_attempts():
    schedule = (
        put("n1", "s1.1", "1"),
        Resend("n2", "s1.1"),  # refused there
        get("n1", "s2.1"),
        put("n1", "s3.1", "2", "s1"),
        Resend("n1", "s3.1"),
    )
    assert left(TWICE, *schedule, by=leave_out_clients) == (put("n1", "s3.1", "2"), schedule[4])


def test_of_an_operation_that_was_refused_first_only_the_attempt_that_was_not_is_left():
    schedule = (put("n2", "s1.1", "1"), Resend("n3", "s1.1"), Resend("n1", "s1.1"), Resend("n1", "s1.1"))
    assert left(TWICE, *schedule, by=leave_out_clients) == (put("n1", "s1.1", "1"), Resend("n1", "s1.1"))


def test_operations_go_to_earlier_sessions_that_are_idle():
    stale = Setup(broken("backup-read"), 3)
    told = (Deliver("n1", "n2", "State", ordinal=2), Deliver("n2", "n1", "Copied"))
    schedule = (put("n1", "s1.1", "1"), *told, get("n3", "s2.1"))
    assert left(stale, *schedule, by=plainer_clients) == (schedule[0], *told, get("n3", "s1.2"))


def test_a_session_that_waits_is_not_idle_and_whom_it_goes_on_for_need_not_be_said():
    schedule = (get("n1", "s1.1"), put("n1", "s2.1", "1", "s1"), Resend("n1", "s2.1"))
    assert left(TWICE, *schedule, by=plainer_clients) == (schedule[0], put("n1", "s2.1", "1"), schedule[2])


def test_it_is_the_same_node_that_is_asked_again_where_that_does():
    schedule = (put("n1", "s1.1", "1"), Resend("n3", "s1.1"), Resend("n1", "s1.1"))
    assert left(TWICE, *schedule, by=plainer_clients)[:2] == (schedule[0], Resend("n1", "s1.1"))


def test_commands_are_plain_ones_of_those_that_stood_there_and_none_more_often_than_it_did():
    schedule = (
        put("n1", "s1.1", "5"),
        put("n2", "s2.1", "3"),
        put("n2", "s3.1", "2"),
        get("n2", "s4.1", "y"),
        get("n2", "s5.1", "x"),
        Resend("n1", "s1.1"),
    )
    s = shrinker(TWICE, (*ELECTED, *schedule))
    s.best = shrinker(TWICE, (*ELECTED, *schedule[:2], *schedule[3:])).best  # what is left after some passes
    plain_commands(s)
    commands = [str(request.command) for _, request in asked(s.best.actions)]
    stood = Counter(str(request.command) for _, request in asked(s.original))
    assert commands[0] == "['put', 'x', '2']"  # the first in the order of their texts that is not taken
    assert not Counter(commands) - stood


def test_an_operation_goes_where_another_one_may_ask_for_something_of_its_kind_instead():
    class Once(Store):
        """It writes what was written before, and forgets who asked."""

        def request(self, request, command):
            if command[0] == "put" and command[2] not in ("1", dict(self.data).get("x", ("0",))[0]):
                yield Reply(request, Refused())
            else:
                yield from super().request(request, [*command[:2], "2"] if command[2:] == ["1"] else command)

    picky = mutant(ONCE["no-dedup"], Once)
    schedule = (put("n1", "s1.1", "1"), put("n1", "s2.1", "2"), Resend("n1", "s2.1"))
    assert left(Setup(picky, 3), *schedule, by=without_one_for_others) == (put("n1", "s2.1", "1"), schedule[2])
    greedy = left(TWICE, *schedule, by=leave_out_clients)  # where nothing is needed, it goes alone
    assert greedy == schedule[1:]


def test_numbered_commands_are_those_of_their_places():
    store = ONCE["no-dedup"]
    numbered = mutant(store, store.factory, workload=None, sessions=3, commands=lambda number: ["put", "x", f"{number}"])
    schedule = (put("n1", "s1.1", "7"), Resend("n1", "s1.1"))
    assert left(Setup(numbered, 3), *schedule, by=plainer_clients) == (put("n1", "s1.1", "1"), schedule[1])


def test_where_there_are_no_sessions_nothing_is_done():
    s = shrinker(SETUP, FORGET)
    for each in (leave_out_clients, plainer_clients, plain_commands, without_one_for_others):
        each(s)
    assert s.best.actions == FORGET
    assert s.budget.runs == 0


@pytest.mark.parametrize("bug", ONCE)
def test_what_hunts_find_ends_as_one_operation_that_is_asked_for_again(bug):
    lengths = set()
    for seed in (1, 2, 3):
        least = minimise(hunt(ONCE[bug], seed=seed, runs=1_000).found)
        assert least.complete
        actions = least.smallest.actions
        lengths.add(len(actions))
        assert operations(actions) == {"s1": ["s1.1"]}
        assert Counter(map(type, actions))[Resend] == 1
    # An election takes three with others, and one alone; on one node a crash and a restart stand for another leader.
    assert lengths == {5}


def test_what_is_minimised_is_saved_and_breaks_the_same_when_it_is_replayed(tmp_path):
    least = minimise(hunt(broken("reply-before-commit"), seed=1, runs=1_000).found).smallest
    header = bare_header("stores:BROKEN_FOR_FILES", replace(least.setup, scenario=BROKEN_FOR_FILES), found="here")
    save(tmp_path / "found.jsonl", SavedSchedule(about(header, least), least.actions))
    again = load(tmp_path / "found.jsonl")
    assert again.actions == least.actions
    assert replay(again).violation == least.violation
