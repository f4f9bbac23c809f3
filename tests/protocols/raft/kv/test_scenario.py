"""The store, hunted: clients do all that they can do, and find nothing."""

import pytest

from splitbrain.actions import Calm, Deliver, Fire, Request
from splitbrain.catalogue.scenarios import find_scenario
from splitbrain.events import Observed, Replied
from splitbrain.exhibit import mutant
from splitbrain.node import Refused, Reply
from splitbrain.observations import Applied, Executed
from splitbrain.search.hunt import hunt
from splitbrain.world.run import Setup, run
from splitbrain.world.world import World
from splitbrain_protocols.raft.kv.node import KeyValue
from splitbrain_protocols.raft.kv.scenario import RAFT_KV
from splitbrain_protocols.raft.scenario import RAFT


def test_it_is_found_by_its_name():
    assert find_scenario("raft-kv")[1] is RAFT_KV


def test_it_is_held_to_all_that_raft_is_held_to_and_to_what_clients_see():
    names = [name for name, _ in RAFT_KV.judges]
    assert RAFT_KV.invariants[: len(RAFT.invariants)] == RAFT.invariants
    assert names[-3:] == ["ClientsAnswered", "Linearizable", "ExactlyOnce"]
    assert set(RAFT_KV.options) == {*RAFT.options, "machine"}


@pytest.fixture(scope="module")
def hunted():
    return hunt(RAFT_KV, seed=1, steps=60_000)


def test_a_hunt_finds_nothing(hunted):
    assert (hunted.outcome, hunted.found) == ("clean", None)


def test_clients_ask_and_ask_again_and_what_they_ask_takes_effect(hunted):
    assert all(hunted.coverage[kind] > 300 for kind in ("request", "resend", "Executed"))


class Mute(KeyValue):
    """Does all that it should, but answers nobody once there was a second election."""

    def start(self):
        return self._silent(super().start())

    def receive(self, sender, message):
        return self._silent(super().receive(sender, message))

    def timeout(self, timer):
        return self._silent(super().timeout(timer))

    def request(self, request, command):
        return self._silent(super().request(request, command))

    def _silent(self, effects):
        for effect in effects:
            if not isinstance(effect, Reply) or isinstance(effect.result, Refused) or self.current_term < 2:
                yield effect


def test_one_that_answers_no_more_is_found_by_that_alone():
    mute = mutant(RAFT_KV, Mute)
    assert hunt(mute, seed=1, steps=10_000).found.violation.invariant == "ClientsAnswered"
    assert hunt(mute.judged(without=("ClientsAnswered",)), seed=1, steps=10_000).outcome == "clean"


def elect(candidate, *voters, term=1):
    """It stands for election, and has these votes."""
    asks = [Deliver(candidate, voter, "RequestVote", term) for voter in voters]
    return [Fire(candidate, "election"), *asks, *(Deliver(voter, candidate, "RequestVoteReply", term) for voter in voters)]


def test_a_value_that_was_put_is_read_by_another_session_from_the_next_leader():
    put, get = Request("n1", "s1.1", ("put", "x", 1), "s1"), Request("n2", "s2.1", ("get", "x"), "s2")
    schedule = [
        *elect("n1", "n2"),
        put,
        *[Deliver("n1", "n2", "AppendEntries", 1, 2), Deliver("n2", "n1", "AppendEntriesReply", 1)],
        *elect("n2", "n3", term=2),
        get,
        # The first request of the second leader finds that n3 lacks the entry before: it goes one back, and sends both.
        *[Deliver("n2", "n3", "AppendEntries", 2), Deliver("n3", "n2", "AppendEntriesReply", 2)],
        *[Deliver("n2", "n3", "AppendEntries", 2, 3), Deliver("n3", "n2", "AppendEntriesReply", 2, 2)],
    ]
    events = run(Setup(RAFT_KV, 3), schedule, keep=True).events
    assert [(event.request, event.result) for event in events if type(event) is Replied] == [("s1.1", True), ("s2.1", 1)]


def test_in_a_fair_phase_its_client_is_answered_and_what_it_asked_takes_effect_on_all_nodes():
    with World(RAFT_KV, 3, keep=True) as world:
        world.apply(Calm(("n1", "n2", "n3"), 7, 5_000))
        assert world.violation is None
        answered = [operation for operation in world.history if operation.returned is not None]
        effects = [each for each in world.events if type(each) is Observed and isinstance(each.observation, Applied)]
    assert answered
    assert {event.node for event in effects if isinstance(event.observation, Executed)} == {"n1", "n2", "n3"}
