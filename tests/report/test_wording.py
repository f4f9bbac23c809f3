"""Events and observations in words."""

from __future__ import annotations

import re
from typing import get_args

import pytest
from scripted import Note

from splitbrain import observations
from splitbrain.actions import Fire
from splitbrain.events import (
    Acted,
    CalmBegan,
    CalmEnded,
    Crashed,
    Declared,
    Erased,
    Event,
    Exited,
    Failed,
    Observed,
    Operated,
    Replied,
    Requested,
    Sent,
    Started,
    Synced,
    TimerCancelled,
    TimerSet,
    Wrote,
)
from splitbrain.node import Refused
from splitbrain.observations import (
    Accepted,
    AcceptorStarted,
    Appended,
    Applied,
    Committed,
    Decided,
    EnteredTerm,
    Executed,
    Installed,
    Led,
    Observation,
    Promised,
    Proposed,
    Ready,
    Recovered,
    Recovering,
    SteppedDown,
    Tracked,
    Truncated,
    Voted,
    Voters,
)
from splitbrain.report.wording import brief, clause, notation, question, words
from splitbrain_protocols.paxos.messages import Ballot
from splitbrain_protocols.raft.core.messages import Entry, RequestVoteReply

B = Ballot(2, "n1")
SAID = [
    (Decided("v"), "decides v", "decides v"),
    (Decided("v", 3), "decides v in slot 3", "decides v in slot 3"),
    (Applied(1, 2, "v"), "applies v, entry 1 of term 2", "applies 1:t2 v"),
    (Applied(1, None, "v"), "applies v, entry 1", "applies 1 v"),
    (EnteredTerm(2), "enters term 2", "enters t2"),
    (Voted(2, "n3"), "votes for n3 in term 2", "votes n3 t2"),
    (Led(2), "leads term 2", "leads t2"),
    (SteppedDown(2), "steps down as leader of term 2", "steps down"),
    (Appended(1, 2, "v"), "has v of term 2 as entry 1 of its log", "appends 1:t2 v"),
    (Appended(1, 2, None), "has no-op of term 2 as entry 1 of its log", "appends 1:t2 no-op"),
    (Truncated(4), "removes its entries from 4 on", "removes from 4 on"),
    (Committed(3, 2), "commits up to entry 3, in term 2", "commits 3"),
    (Committed(3, None), "commits up to entry 3", "commits 3"),
    (
        Tracked("n2", 1, 3),
        "takes n2 to match up to entry 1, and sends it entries from 3 on",
        "n2 matches to 1, next 3",
    ),
    (Recovered(0, None, ()), "finds on its disk: term 0, an empty log", "finds an empty disk"),
    (
        Recovered(2, "n3", ((1, "a"), (2, "b"))),
        "finds on its disk: term 2, voted for n3, log 1:t1 a 2:t2 b",
        "finds t2 voted n3, log 1:t1 a 2:t2 b",
    ),
    (Recovering(), "is no full member until it has recovered, and counts as down", "recovers, counts as down"),
    (Ready(), "has recovered, and is a full member", "has recovered"),
    (AcceptorStarted(None, None, None), "finds nothing on its disk", "finds an empty disk"),
    (
        AcceptorStarted(B, B, "v"),
        "finds on its disk: promised ballot 2.n1, accepted v at ballot 2.n1",
        "finds promise b2.n1, v at b2.n1",
    ),
    (Promised(B), "promises ballot 2.n1", "promises b2.n1"),
    (Proposed(B, "v"), "proposes v at ballot 2.n1", "proposes v b2.n1"),
    (Accepted((2, "n1"), "v"), "accepts v at ballot 2.n1", "accepts v b2.n1"),
    (Promised(B, 7), "promises ballot 2.n1 in slot 7", "promises b2.n1 in slot 7"),
    (Proposed(B, "v", ("k", 1)), "proposes v at ballot 2.n1 in slot [k, 1]", "proposes v b2.n1 in slot [k, 1]"),
    (Accepted(B, "v", 0), "accepts v at ballot 2.n1 in slot 0", "accepts v b2.n1 in slot 0"),
    (
        AcceptorStarted(B, None, None, 2),
        "finds on its disk: promised ballot 2.n1, nothing accepted in slot 2",
        "finds promise b2.n1 in slot 2",
    ),
    (
        Executed(3, 2, ("put", "x", 1), "s1.1"),
        "carries out s1.1 (put x 1), entry 3 of term 2",
        "carries out s1.1 3:t2 put x 1",
    ),
    (Installed(5, 2), "has a snapshot up to entry 5 of term 2", "snapshot 5:t2"),
    (Voters((("n1", "n2"),)), "counts the votes of n1 n2", "voters n1 n2"),
    (
        Voters((("n1", "n2"), ("n2", "n3")), 4),
        "counts the votes of n1 n2 and of n2 n3, entry 4",
        "voters n1 n2 and of n2 n3",
    ),
    (
        Recovered(2, None, ((2, "b"),), 5, 1),
        "finds on its disk: term 2, a snapshot up to 5:t1, log 6:t2 b",
        "finds t2, a snapshot up to 5:t1, log 6:t2 b",
    ),
]
HAPPENED = [
    (Acted(1, 0, Fire("n1", "election")), "fire n1 election"),
    (Declared(0, ("n1", "n2"), ((1, 1), (2, 2))), "the scenario says that n1, n2 vote"),
    (Declared(0, ("n1", "n2"), (), ("n3",)), "the scenario says that n1, n2 vote and that clients ask n3"),
    (Declared(0, (), (), ()), "the scenario says that clients ask nobody"),
    (Started(0, "n1", 1), "n1 starts"),
    (Started(4, "n1", 2), "n1 starts again"),
    (Crashed(1, "n1", 0, 0), "n1 loses its power"),
    (Crashed(1, "n1", 0, 2), "n1 loses its power and 2 unsynced writes"),
    (
        Sent(1, "n1", "n2", "RequestVoteReply", 2, 1, RequestVoteReply(2, False)),
        "n1 sends n2 RequestVoteReply 2 (no vote granted)",
    ),
    (TimerSet(1, "n1", "election", 150, 300), "n1 sets its timer 'election' to 150-300 ms"),
    (TimerCancelled(1, "n1", "election"), "n1 cancels its timer 'election'"),
    (Wrote(1, "n1", ("log", 1), Entry(2, "v")), "n1 writes [log, 1] = Entry(2, v)"),
    (Erased(1, "n1", "term"), "n1 erases term"),
    (Synced(1, "n1", None), "n1's disk has synced"),
    (Requested(1, "n1", "r1", "v1", False), "a client asks n1 for v1 (r1)"),
    (Requested(1, "n1", "calm-1", "v1", True), "the fair phase's client asks n1 for v1 (calm-1)"),
    (Requested(1, "n2", "s1.1", ("put", "x", 3), False, "s1"), "s1 asks n2 for put x 3 (s1.1)"),
    (Requested(2, "n3", "s1.1", ["put", "x", 3], False, "s1", None, 2), "s1 asks n3 again for s1.1 (put x 3)"),
    (Requested(2, "n3", "s2.1", {"get": 1}, False, "s2", "s1"), "s2 goes on for s1, and asks n3 for {get: 1} (s2.1)"),
    (
        Requested(2, "n3", "calm-1000.1", ("get", ("x", 1)), True, "calm-1000"),
        "the fair phase's client calm-1000 asks n3 for get [x, 1] (calm-1000.1)",
    ),
    (Replied(1, "n1", "r1", 3), "n1 answers r1 with 3"),
    (Replied(1, "n1", "r1", Refused()), "n1 refuses r1"),
    (Replied(1, "n1", "r1", Refused("n2")), "n1 refuses r1, and names n2"),
    (Observed(1, "n1", Led(2)), "n1 leads term 2"),
    (CalmBegan(1, ("n1", "n2"), 500), "faults stop; n1, n2 must make progress within 500 ms"),
    (CalmEnded(1, ("n1", "n2"), 480), "the fair phase is over, 480 ms later"),
    (Failed(1, "n1", "raised", "KeyError: 'x'"), "n1 raised: KeyError: 'x'"),
    (Exited(1, "n1", "SystemExit: 3"), "n1 ends itself: SystemExit: 3"),
    (Sent(1, "n1", "n1", "Vote", None, 1, Note("yes")), "n1 sends itself Vote (text yes)"),
    (Operated(1, "n1", "compact", None), "somebody tells n1 to compact"),
    (Operated(1, "n1", "transfer", "n2"), "somebody tells n1 to transfer n2"),
]


@pytest.mark.parametrize(("said", "long", "short"), SAID, ids=str)
def test_an_observation_is_told_in_full_and_in_few_words(said, long, short):
    assert clause(said) == long
    assert brief(said) == short


def test_every_shipped_observation_has_its_words():
    shipped = {each for each in vars(observations).values() if isinstance(each, type) and issubclass(each, Observation)}
    assert {type(said) for said, _, _ in SAID} == shipped - {Observation}


@pytest.mark.parametrize(("event", "told"), HAPPENED, ids=str)
def test_an_event_is_told_with_its_subject(event, told):
    assert words(event) == told


def test_every_event_has_its_words():
    assert {type(event) for event, _ in HAPPENED} == set(get_args(Event))


@pytest.mark.parametrize("said", [said for said, _, _ in SAID], ids=lambda said: type(said).__name__)
def test_what_is_to_be_explained_of_an_observation_is_what_is_written_there(said):
    forms = {"t2: term 2": r"\bt\d", "1:t2 v: entry 1 is v, of term 2": r"\d:t\d", "b2.n1: ballot 2 of n1": r"\bb\d+\.n"}
    assert list(notation(said)) == [meaning for meaning, form in forms.items() if re.search(form, brief(said))]


def test_a_ballot_that_is_a_number_is_explained_as_one():
    assert notation(Promised(7)) == ("b2: ballot 2",)
    assert notation(Note("tx=t1 1:t2 b2.n1")) == ()


def test_a_command_of_none_is_a_no_op_in_a_log_and_none_elsewhere():
    assert brief(Appended(1, 1, None)) == "appends 1:t1 no-op"
    assert clause(Decided(None, 3)) == "decides no-op in slot 3"
    assert clause(Decided(None)) == "decides None"
    assert clause(Accepted(B, None)) == "accepts None at ballot 2.n1"
    assert clause(AcceptorStarted(B, B, None, 1)) == (
        "finds on its disk: promised ballot 2.n1, accepted no-op at ballot 2.n1 in slot 1"
    )


def test_of_a_long_failure_the_end_is_told_where_its_place_is():
    told = words(Failed(1, "n2", "raised", f"receive: ValueError: {'no way ' * 90}(node.py:17, in receive)"))
    assert told.startswith("n2 raised: receive: ValueError: no way")
    assert told.endswith("(node.py:17, in receive)")


def test_what_a_client_asks_for_is_in_words_without_a_key_that_nobody_named():
    assert question(("put", "x", 3)) == "put x 3"
    assert question(("get", None)) == "get"
    assert question(("put", None, None)) == "put None"
    assert question(["cas", "x", None, (1, 2)]) == "cas x None [1, 2]"
    assert question("v1") == "v1"
    assert question({"a": 1}) == "{a: 1}"
