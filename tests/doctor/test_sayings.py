"""Things are said when an invariant can make use of them."""

import msgspec
import pytest

from splitbrain.doctor.sayings import out_of_order
from splitbrain.events import Crashed, Observed, Replied, Sent, Started, Synced, Wrote
from splitbrain.observations import (
    Accepted,
    AcceptorStarted,
    Appended,
    Committed,
    Decided,
    EnteredTerm,
    Installed,
    Observation,
    Promised,
    Recovered,
)
from splitbrain_invariants import COMMON, PAXOS_SAFETY, RAFT_SAFETY

RAFT = [each() for each in RAFT_SAFETY]
PAXOS = [each() for each in PAXOS_SAFETY]
UP, SYNC, DOWN = Started(0, "n1", 1), Synced(1, "n1", None), Crashed(2, "n1", 0, 0)


def wrote(value):
    return Wrote(1, "n1", "log", value)


def said(what):
    return Observed(1, "n1", what)


TERM, SENT = said(EnteredTerm(1)), Sent(1, "n1", "n2", "AppendEntriesReply", 1, 1, None)
ONE, TWO = said(Appended(1, 1, "v1")), said(Appended(2, 1, "v2"))


class Entry(msgspec.Struct, frozen=True):
    term: int
    command: object


def problems(*events, judges=RAFT):
    return list(out_of_order([UP, *events], judges))


@pytest.mark.parametrize(
    "value",
    ["v1", [(1, "v1")], {1: Entry(1, "v1")}, (Entry(1, "v1"),), b'[[1,"v1"]]', '[[1,"v1"]]'],
    ids=["itself", "pairs", "entries", "records", "bytes", "text"],
)
def test_an_entry_that_is_said_when_its_sync_is_over_is_told_and_what_to_do(value):
    (problem,) = problems(wrote(value), SYNC, ONE)
    assert problem.startswith("n1 says Appended(index=1, term=1, ...) when the Sync that made the entry durable is over, but ")
    assert problem.endswith("say Appended before the Sync, with the Write")


@pytest.mark.parametrize(
    "events",
    [
        (ONE, wrote(["v1"]), SYNC),
        (wrote(["v1"]), ONE, SYNC),
        (wrote("a term"), SYNC, ONE, wrote(["v1"]), SYNC),  # the entry is written afterwards
        (wrote("a term"), SYNC, ONE),  # it is not written at all
        (wrote(["v1"]), ONE),
        (ONE, wrote(["v1"]), SYNC, TWO, wrote(["v1", "v2"]), SYNC),
        (ONE, wrote(["v1"]), SYNC, said(Appended(1, 2, "v1"))),  # again, after a truncation: it will be written
        (wrote(["v1"]), SYNC, DOWN, Started(3, "n1", 2), ONE),  # another life
        (wrote([None]), SYNC, said(Appended(1, 1, None))),  # nothing to tell it by
        (wrote(["v1"]), SYNC, ONE, TERM, SYNC, SENT),  # one more sync comes before anything leaves the node
        (wrote(["v1"]), SYNC, ONE, DOWN),  # it might have come
    ],
)
def test_an_entry_that_is_said_before_its_sync_is_in_order_and_so_is_what_nobody_can_tell(events):
    assert problems(*events) == []


@pytest.mark.parametrize("leaving", [SENT, Replied(1, "n1", "r1", "done"), said(Committed(1, 1))])
def test_what_leaves_the_node_before_the_next_sync_could_tell_of_it(leaving):
    (problem,) = problems(wrote(["v1"]), SYNC, ONE, leaving, SYNC)
    assert "when the Sync that made the entry durable is over" in problem


def test_who_has_no_invariant_that_goes_by_it_may_say_it_when_it_likes():
    assert problems(wrote("v1"), SYNC, ONE, judges=[each() for each in COMMON]) == []


FOUND, AGAIN = said(Recovered(0, None, ())), Started(3, "n1", 2)


def test_what_a_start_found_on_its_disk_is_said_first_of_all():
    assert problems(FOUND, TERM, DOWN, AGAIN, FOUND, TERM) == []
    (problem,) = problems(FOUND, TERM, DOWN, AGAIN, TERM, FOUND)
    assert problem.startswith("start of n1 says EnteredTerm before Recovered, by which invariants learn what it found on its disk")
    assert problem.endswith("yield Observe(Recovered(...)) first of all in every start, the first one too")


def test_a_start_that_never_says_it_is_told_where_another_one_of_that_node_does():
    (problem,) = problems(TERM, said(Committed(1, 1)), DOWN, AGAIN, FOUND)
    assert problem.startswith("start of n1 says EnteredTerm and never Recovered")
    assert problems(TERM, DOWN, AGAIN, TERM) == []
    assert problems(FOUND, DOWN, AGAIN) == []


class Booted(Observation, frozen=True, tag=True):
    who: str


def test_what_no_invariant_takes_for_the_state_of_that_node_may_come_before_it():
    own = said(Booted("n1"))
    assert problems(own, FOUND, TERM, DOWN, AGAIN, own, said(Decided("x")), FOUND, TERM) == []
    for early in (TERM, said(Installed(1, 1))):
        (problem,) = problems(FOUND, DOWN, AGAIN, own, early, FOUND)
        assert problem.startswith(f"start of n1 says {type(early.observation).__name__} before Recovered, by which")


def test_an_acceptor_that_may_no_longer_take_part_need_not_say_that_it_started():
    begins, promises = said(AcceptorStarted(None, None, None)), said(Promised(1))
    assert problems(begins, promises, DOWN, AGAIN, said(Decided("x")), judges=PAXOS) == []
    (problem,) = problems(begins, DOWN, AGAIN, said(Accepted(1, "x")), judges=PAXOS)
    assert problem.startswith("start of n1 says Accepted and never AcceptorStarted")
