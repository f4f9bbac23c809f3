"""Who is in a trace, where an event stands, and which two things conflict."""

import pytest
from handwritten import cut, trace, up

from splitbrain.events import Crashed, Observed
from splitbrain.invariant import Violation
from splitbrain.observations import Led, Voters
from splitbrain_invariants.witnesses.trace import cluster, configurations, conflict, place

EVENTS = trace(("n1", Led(1)), ("n2", Led(1)), cut("n3"), up("n3"))


def test_the_cluster_is_who_started_at_first():
    assert cluster(EVENTS) == ["n1", "n2", "n3"]


def test_by_what_nodes_count_is_what_they_said_last():
    known = configurations(trace(("n1", Led(1)), ("n1", Voters((("n1", "n2"),), 3)), ("n2", Led(2))))
    assert known.of("n1") == ((("n1", "n2"),),)
    assert known.of("n2") == ((("n1", "n2", "n3"),),)


def test_an_event_is_found_by_what_it_is_not_by_what_it_equals():
    assert place(EVENTS, EVENTS[4]) == 4
    assert place(EVENTS, Observed(2, "n2", Led(1))) == len(EVENTS)


def test_two_things_said_conflict():
    assert conflict(Violation("X", "", (EVENTS[3], EVENTS[4]))) == (EVENTS[3], EVENTS[4])


def test_nothing_else_is_a_conflict():
    with pytest.raises(AssertionError):
        conflict(Violation("X", "", (EVENTS[3], Crashed(9, "n1", 0, 0))))
