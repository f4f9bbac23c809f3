"""What has happened may not change afterwards."""

import pytest
from scripted import Note

from splitbrain.doctor.aliasing import Audit
from splitbrain.events import Failed, Observed, Replied, Requested, Sent, Started, Wrote


@pytest.fixture
def complaints():
    return []


def test_a_trace_that_stays_as_it_was_is_no_reason_to_complain(complaints):
    audit = Audit(complaints.append, None)
    events = [Started(0, "n1", 1), Sent(1, "n1", "n2", "Note", None, 1, Note("x"))]
    audit.look(events)
    audit.look_back()
    assert complaints == []


@pytest.mark.parametrize(
    ("event", "what"),
    [
        (lambda thing: Sent(1, "n1", "n2", "Vote", 1, 1, thing), "a Vote message that was sent"),
        (lambda thing: Wrote(1, "n1", ("log", 3), thing), r"the value that was written under ('log', 3)"),
        (lambda thing: Observed(1, "n1", thing), "a list that was observed"),
        (lambda thing: Replied(1, "n1", "r1", thing), "a reply or a command of a client"),
        (lambda thing: Requested(1, "n1", "r1", thing, False), "a reply or a command of a client"),
    ],
    ids=["sent", "written", "observed", "replied", "requested"],
)
def test_what_is_changed_after_it_happened_is_named(complaints, event, what):
    thing = ["one"]
    audit = Audit(complaints.append, None)
    audit.look([event(thing)])
    thing.append("more")
    audit.look_back()
    (complaint,) = complaints
    assert complaint == f"{what} was changed later: a node must not change what it sent, wrote, said or received; copy it"


def test_each_event_is_looked_at_once_however_often_the_trace_is(complaints):
    audit = Audit(complaints.append, None)
    events = [Failed(1, "n1", "hung", "no end")]
    audit.look(events)
    events.append(Failed(2, "n2", "raised", "KeyError"))
    audit.look(events)
    assert complaints == ["a node never stopped: no end", "a node raised an exception: KeyError"]


def test_what_cannot_be_encoded_is_told_once_and_without_the_step(complaints):
    audit = Audit(complaints.append, None)
    audit.look([Observed(7, "n1", object())])
    audit.look_back()
    (complaint,) = complaints
    assert complaint.startswith("Observed holds what has no canonical encoding")


def test_a_show_that_raises_is_told_and_one_that_shows_is_used(complaints):
    Audit(complaints.append, lambda thing: {}[thing]).look([Observed(7, "n1", object())])
    assert "raised KeyError" in complaints.pop()
    Audit(complaints.append, lambda thing: "shown").look([Observed(7, "n1", object())])
    assert complaints == []
