"""Progress as clients see it: fair phases in which somebody is answered, those in which nobody is, and what is said of them."""

from dataclasses import replace

import pytest
from handwritten import NODES, fair, fold
from scripted import scripted

from splitbrain.events import CalmBegan, CalmEnded, Replied, Requested
from splitbrain.node import Refused, Reply
from splitbrain.observations import Applied
from splitbrain.search.hunt import hunt
from splitbrain_invariants import ClientsAnswered

BEGIN, END = CalmBegan(90, NODES, 5_000), CalmEnded(90, NODES, 5_000)


def asks(node, number, calm=True):
    return Requested(90, node, f"calm-1.{number}", "x", calm, "calm-1")


def answers(node, number, result="done"):
    return Replied(90, node, f"calm-1.{number}", result)


REFUSED = [asks("n1", 1), answers("n1", 1, Refused("n2"))]

KEPT = {
    "its client is answered": [BEGIN, asks("n1", 1), answers("n1", 1), END],
    "an answer may be nothing": [BEGIN, asks("n1", 1), answers("n1", 1, None), END],
    "it is answered where it asks again": [BEGIN, *REFUSED, asks("n2", 1), answers("n2", 1), END],
    "more is refused before and after": [BEGIN, *REFUSED, asks("n2", 2), answers("n2", 2), asks("n2", 3), END],
    "it had given up what was answered": [BEGIN, asks("n1", 1), asks("n2", 2), answers("n1", 1), END],
    "there was nobody to ask": [BEGIN, END],
    "there was nothing to ask": [BEGIN, CalmEnded(90, NODES, 5_000, content=True)],
    "others asked, before": [asks("n1", 1, calm=False), BEGIN, END],
}
BROKEN = {
    "nobody answers": [BEGIN, asks("n1", 1), END],
    "all is refused": [BEGIN, *REFUSED, END],
    "only what was asked before is answered": [asks("n1", 1, calm=False), BEGIN, asks("n1", 2), answers("n1", 1), END],
    "what is asked is applied by all": [BEGIN, asks("n1", 1), *((node, Applied(1, 1, "x")) for node in NODES), END],
    "it was answered in a fair phase before": [BEGIN, asks("n1", 1), answers("n1", 1), END, BEGIN, asks("n1", 2), END],
    "a late answer comes to what an earlier one asked": [
        *[BEGIN, asks("n1", 1), answers("n1", 1), END],
        *[BEGIN, asks("n1", 2), answers("n1", 1), END],
    ],
}


@pytest.mark.parametrize("happenings", KEPT.values(), ids=KEPT)
def test_is_kept_when(happenings):
    assert fold(ClientsAnswered, happenings)[0] is None


@pytest.mark.parametrize("happenings", BROKEN.values(), ids=BROKEN)
def test_is_broken_when(happenings):
    violation, _ = fold(ClientsAnswered, happenings)
    assert violation.fingerprint == "ClientsAnswered(CalmBegan, CalmEnded)"
    assert violation.evidence == (BEGIN, END)


def test_a_fair_phase_may_end_early_as_soon_as_somebody_was_answered():
    one = ClientsAnswered()
    seen = [one.satisfied()]
    for event in (BEGIN, *REFUSED, asks("n2", 1), answers("n2", 1), BEGIN, asks("n1", 2)):
        one.observe(event)
        seen.append(one.satisfied())
    # Where nobody asks, there is nothing to wait for.
    assert seen == [False, True, False, False, False, True, True, False]


def test_it_says_who_refused_and_who_kept_silent():
    violation, _ = fold(ClientsAnswered, [BEGIN, *REFUSED, asks("n1", 1), asks("n2", 1), asks("n2", 2), END])
    assert violation.summary == (
        "after 5000 fair ms none of the 2 operations asked for in them was answered; "
        "n1 was asked 2 times, refused 1 and kept silent about 1; n2 was asked 2 times, kept silent about 2"
    )


def test_witnesses_tell_how_the_last_operations_went_and_who_sent_nothing():
    assert fair(ClientsAnswered) == [
        "c, 'v': asked of n1 (step 1), without an answer",
        "in the fair phase n1, n2 and n3 sent nothing, and nobody sent anything to n1, n2 and n3",
    ]


class Once:
    """It answers in its first life; afterwards it refuses, or says nothing."""

    refuses = False

    def __init__(self, me, peers, disk):
        self.me = me
        self.first = True

    def start(self):
        return ()

    receive = timeout = start

    def request(self, name, command):
        if self.first:
            self.first = self.me != "n1"
            return [Reply(name, command)]
        return [Reply(name, Refused())] if self.refuses else ()


class Refuses(Once):
    """It refuses what comes after its first answer."""

    refuses = True


SILENT = scripted(invariants=(ClientsAnswered,), calm_bound=2_000, sizes=(1,), sessions=2)


@pytest.mark.parametrize("factory", [Once, Refuses])
@pytest.mark.parametrize("sessions", [0, 2])
@pytest.mark.parametrize("host", ["direct", "trio"])
def test_a_service_that_goes_mute_is_found_by_its_answers_alone_and_one_that_does_not_is_not(factory, sessions, host):
    hunted = hunt(replace(SILENT, factory=factory, sessions=sessions), seed=1, runs=40, host=host)
    assert (hunted.outcome, hunted.found.violation.invariant) == ("violation", "ClientsAnswered")
    right = replace(SILENT, factory=scripted(request=lambda _, name, command: [Reply(name, command)]).factory, sessions=sessions)
    hunted = hunt(right, seed=1, runs=40, host=host)
    assert hunted.outcome == "clean"
    assert hunted.coverage["calm"] > 0
