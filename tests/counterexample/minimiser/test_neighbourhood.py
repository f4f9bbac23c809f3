"""The search nearby: what nothing can be left out of is not always what is shortest."""

from shrinkers import FORGET, shrinker
from toys import FORGETFUL

from splitbrain.actions import Crash, Deliver, Request, Restart
from splitbrain.counterexample.minimiser.neighbourhood import patience, search_nearby
from splitbrain.counterexample.minimiser.passes import fine, leave_out_pairs
from splitbrain.counterexample.minimiser.shrinker import SMALL
from splitbrain.world.run import Setup

# n2 has the value from n1, and then forgets it: five actions of which each is needed, but n1 could do that alone.
ROUNDABOUT = (Request("n1", "r1", "v1"), Deliver("n1", "n2", "Copy"), Crash("n2"), Restart("n2"), Request("n2", "r2", "v2"))


def test_a_shorter_schedule_is_found_that_leaving_out_never_leads_to():
    s = shrinker(Setup(FORGETFUL, 2), ROUNDABOUT, replays=10_000)
    fine(s)
    assert not leave_out_pairs(s)
    assert s.best.actions == ROUNDABOUT
    assert search_nearby(s)
    assert [type(each) for each in s.best.actions] == [Request, Crash, Restart, Request]


def test_where_there_is_nothing_shorter_the_search_says_so_and_ends_by_its_patience():
    s = shrinker(Setup(FORGETFUL, 2), FORGET, replays=10_000)
    assert not search_nearby(s)
    assert s.best.actions == FORGET
    assert 0 < s.budget.work <= 2 * patience(len(FORGET))


def test_there_is_more_patience_where_there_is_more_to_gain():
    assert patience(40) > 2 * patience(20) > 2 * patience(1) > 1_000 * SMALL
