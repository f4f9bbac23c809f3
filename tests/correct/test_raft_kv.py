"""The key-value store as an async trio node: its clients find nothing wrong with it, and with one mistake put in they do."""

import pytest
from correct.raft_kv_async import ASYNC_KV, READS_ASIDE

from splitbrain.actions import Advance, Crash, Request, Resend, Restart
from splitbrain.events import Observed
from splitbrain.observations import Applied, Committed, Executed, Led
from splitbrain.search.hunt import hunt
from splitbrain.world.world import World
from splitbrain_protocols.raft.kv.scenario import RAFT_KV

SHARES, STEPS = 4, 160_000


@pytest.mark.slow
@pytest.mark.parametrize("share", range(SHARES))
def test_a_hunt_finds_nothing_in_the_store(share):
    hunted = hunt(ASYNC_KV, seed=100 + share, steps=STEPS // SHARES)
    assert (hunted.outcome, hunted.found) == ("clean", None)


def test_it_is_held_to_all_that_the_store_is_held_to_and_does_what_that_does():
    assert ASYNC_KV.host == "trio"
    assert ASYNC_KV.invariants == RAFT_KV.invariants
    seen = hunt(ASYNC_KV, seed=1, steps=8_000).coverage
    assert all(seen[kind.__name__] > 20 for kind in (Led, Committed, Applied, Executed))
    assert all(seen[kind] > 20 for kind in ("request", "resend"))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_reads_that_a_leader_answers_aside_are_found_to_be_stale(seed):
    hunted = hunt(READS_ASIDE, seed=seed, steps=100_000)
    assert hunted.outcome == "violation"
    assert hunted.found.violation.invariant in ("Linearizable", "ExactlyOnce")


def test_what_took_effect_in_a_power_cut_before_it_was_answered_does_not_take_effect_again():
    put, get = Request("n1", "s1.1", ("put", "x", 1), "s1"), Request("n1", "s2.1", ("get", "x"), "s2")
    executed = 5  # effects: written, said to be appended, synced, said to be committed, and executed
    with World(ASYNC_KV, 1, options=ASYNC_KV.first_options, host="trio", keep=True) as world:
        for action in (Advance(), Crash("n1", during=put, after=executed), Restart("n1"), Advance(), Resend("n1", "s1.1"), get):
            world.apply(action)
        said = [event.observation for event in world.events if type(event) is Observed and isinstance(event.observation, Applied)]
        assert [operation.result for operation in world.history] == [True, 1]
    assert [type(each) for each in said] == [Executed, Executed, Applied, Executed]  # its log, once more after the restart
    assert [each.index for each in said] == [1, 1, 2, 3]
