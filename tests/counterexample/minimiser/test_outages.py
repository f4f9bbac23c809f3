"""Outages in place of what takes several nodes, or many messages."""

from shrinkers import shrinker
from stores import ONCE, STORE

from splitbrain.actions import Crash, Deliver, Fire, Request, Resend, Restart
from splitbrain.counterexample.minimiser.neighbourhood import search_nearby
from splitbrain.counterexample.minimiser.outages import outages
from splitbrain.exhibit import mutant
from splitbrain.world.run import Setup

PAIR = Setup(mutant(STORE, STORE.factory, sizes=(2, 1)), 2)
TAKEN_OVER = [Fire("n1", "takeover"), Deliver("n1", "n2", "Claim"), Deliver("n2", "n1", "State")]
ELECTED = Fire("n1", "takeover")
PUT = Request("n1", "s1.1", ["put", "x", "1"], "s1")
AGAIN = Resend("n1", "s1.1")


def variants(*actions, setup=PAIR):
    return [again for _, again in outages(setup, [*TAKEN_OVER, *actions])]


def outage(keep=0, asked=None, after=0):
    return [Crash("n1", keep, asked, after), Restart("n1"), ELECTED]


def test_one_node_that_starts_again_stands_for_one_that_takes_over():
    handed_over = variants(PUT, Fire("n2", "takeover"), Resend("n2", "s1.1"))[0]
    assert handed_over[:2] == [ELECTED, Deliver("n1", "n1", "Claim")]
    assert handed_over[3:] == [PUT, Crash("n1"), Restart("n1"), ELECTED, AGAIN]


def test_a_node_alone_loses_its_power_before_it_is_asked_whatever_survives_and_is_elected_anew_or_is_not():
    found = variants(PUT, AGAIN)
    for keep in (0, 1, 2):
        assert [ELECTED, PUT, Crash("n1", keep), Restart("n1"), AGAIN] in found
        assert [ELECTED, PUT, *outage(keep), AGAIN] in found
        assert [ELECTED, *outage(keep), PUT, AGAIN] in found


def test_or_while_it_is_asked_before_its_answer_has_gone():
    found = variants(PUT, AGAIN)
    assert [ELECTED, *outage(1, PUT, 2), AGAIN] in found
    assert [ELECTED, PUT, *outage(0, AGAIN, 3)] in found


def test_then_both():
    found = variants(PUT, AGAIN)
    both = [ELECTED, *outage(2, PUT, 1), *outage(1), AGAIN]
    assert both in found
    assert found.index(both) > found.index([ELECTED, PUT, *outage(0, AGAIN, 3)])


def test_outages_of_the_schedule_do_not_stand_in_their_way():
    found = variants(PUT, Crash("n2", 1), Restart("n2"), AGAIN)
    assert [ELECTED, PUT, *outage(1), AGAIN] in found
    assert [ELECTED, *outage(1, PUT, 2), AGAIN] in variants(Crash("n1", 0, PUT, 4), Restart("n1"), AGAIN)


def test_it_may_take_another_option_too():
    optional = mutant(STORE, STORE.factory, sizes=(2, 1), options={"broken": ("", "no-dedup")})
    setups = [setup for setup, _ in outages(Setup(optional, 2), [*TAKEN_OVER, PUT])]
    assert {setup.size for setup in setups} == {1}
    assert {setup.options.get("broken", "") for setup in setups} == {"", "no-dedup"}


def test_a_cluster_that_cannot_be_smaller_has_none():
    assert list(outages(Setup(PAIR.scenario, 1), [ELECTED, PUT])) == []


def test_a_take_over_from_which_nothing_can_be_left_out_becomes_an_outage():
    taken_over = [Fire("n2", "takeover"), Deliver("n2", "n3", "Claim"), Deliver("n3", "n2", "State")]
    copied = [Deliver("n1", "n2", "State", ordinal=2)]
    s = shrinker(
        Setup(ONCE["table-lost"], 3), (*TAKEN_OVER, PUT, *copied, Crash("n2"), Restart("n2"), *taken_over, Resend("n2", "s1.1"))
    )
    assert search_nearby(s)
    assert s.best.setup.size == 1
    assert len(s.best.actions) == 5
