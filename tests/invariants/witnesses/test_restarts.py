"""What a node went through between two things that it did, in words."""

from handwritten import cut, trace, up

from splitbrain.observations import AcceptorStarted, Promised, Recovered, Voted
from splitbrain_invariants.witnesses.restarts import between

VOTE = ("n1", Voted(1, "n2"))


def told(*happenings):
    """What happened to n1 between the first of these and the last."""
    events = trace(*happenings)
    return between(events, events[3], events[-1])


def test_it_may_have_run_all_the_time():
    witness = told(VOTE, cut("n2"), ("n1", Voted(1, "n3")))
    assert witness.phrase == "n1 ran all the time from step 1 to step 3: nothing had made it forget"
    assert (witness.nodes, witness.steps) == (("n1",), (1, 3))


def test_a_crash_and_what_it_left_unsynced():
    assert told(VOTE, cut("n1"), VOTE).phrase == "n1 lost its power at step 2, with nothing unsynced"
    torn = told(VOTE, cut("n1", kept=1, lost=2), up("n1"), VOTE)
    assert torn.phrase == "n1 lost its power at step 2, with 1 of 3 unsynced writes kept"
    assert torn.steps == (2,)


def test_the_last_of_several_crashes_counts():
    witness = told(VOTE, cut("n1"), up("n1"), ("n1", Recovered(1, "n2", ())), cut("n1"), up("n1"), VOTE)
    assert witness.phrase == "n1 lost its power at step 5, with nothing unsynced"


def test_what_its_disk_held_after_a_crash():
    down = (cut("n1"), up("n1"))
    after = "n1 lost its power at step 2, with nothing unsynced; at step 4 its disk held"
    assert told(VOTE, *down, ("n1", Recovered(1, None, ()))).phrase == f"{after} term 1 and no vote"
    assert told(VOTE, *down, ("n1", Recovered(2, "n3", ()))).phrase == f"{after} term 2 and its vote for n3"
    promise = ("n1", Promised((2, "n1")))
    found = told(promise, *down, ("n1", AcceptorStarted((1, "n1"), None, None)))
    assert found.phrase == f"{after} the promise of 1.n1 and nothing accepted"
    found = told(promise, *down, ("n1", AcceptorStarted(None, (1, "n1"), "a")))
    assert found.phrase == f"{after} no promise and 'a' accepted at 1.n1"
