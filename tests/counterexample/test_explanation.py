"""Explanations as data: chains of causes, where they meet, and what a user's witnesses may do."""

from dataclasses import replace

import pytest
from museum_runs import SLUGS, of_the_museum
from relay import AGAIN, ASK, N1, N2, N3, PASS, TELL, TWICE, OneDecision, relay
from scripted import Note, scripted
from told import Cells
from toys import FORGETFUL

from splitbrain.actions import Crash, Deliver, Drop, Duplicate, Fire, Request, Resend, Restart
from splitbrain.catalogue.museum import bugs
from splitbrain.counterexample.explanation import explain
from splitbrain.events import Observed, Requested
from splitbrain.invariant import Witness
from splitbrain.node import Reply, Send
from splitbrain.world.run import Setup, run
from splitbrain_invariants import ElectionSafety, Linearizable


def explained(scenario, *actions, size=3):
    return explain(run(Setup(scenario, size), actions, keep=True))


# Chains


def test_a_chain_goes_from_what_nobody_had_sent_along_messages_to_the_conflict():
    explanation = explained(relay(OneDecision), ASK, PASS, AGAIN, TELL, Deliver(N2, N3, "Note", copy=1))
    assert explanation.chains == ((1, 2, 4), (2, 3, 5))  # the second begins where it parts from the first
    assert explanation.meeting.node == N3
    assert (explanation.meeting.first, explanation.meeting.then) == (4, 5)


def test_a_restart_is_caused_by_the_crash_before_it():
    explanation = explained(FORGETFUL, Request(N1, "r1", "a"), Crash(N1), Restart(N1), Request(N1, "r2", "b"), size=2)
    assert explanation.chains == ((1,), (4,))
    assert explanation.meeting.between == (2, 3)
    explanation, _ = of_the_museum("pax-promise-not-durable")
    assert explanation.chains == ((1,), (2, 3))


def test_chains_of_disjoint_quorums_do_not_meet():
    scenario = replace(bugs()["vote-dup"].scenario, invariants=(ElectionSafety,))
    actions = []
    for candidate, voter in ((N1, N3), (N2, "n4")):  # each is elected by its own vote, and by one that arrives twice
        reply = (voter, candidate, "RequestVoteReply", 1, 1)
        actions += [Fire(candidate, "election"), Deliver(candidate, voter, "RequestVote", 1, 1)]
        actions += [Duplicate(*reply), Deliver(*reply), Deliver(*reply, 1)]
    explanation = explain(run(Setup(scenario, 4), tuple(actions), keep=True))
    assert explanation.chains == ((1, 2, 3, 5), (6, 7, 8, 10))
    assert explanation.meeting is None


def test_a_chain_that_is_the_beginning_of_another_is_not_told_twice():
    explanation, _ = of_the_museum("term-not-durable")
    assert explanation.chains == ((1, 2),)


def asks_another(node, name, command):
    """A node reads what it knows, nothing, and asks n2 before it says that it has written."""
    if command[0] == "get":
        return [Reply(name, 0)]
    return [Send(N2, Note(name))]


def passes_on(node, sender, message):
    return [Send(sender, message)] if node.me == N2 else [Reply(message.text, True)]


AMNESIAC = scripted(request=asks_another, receive=passes_on, invariants=(Linearizable(Cells()),), calm_bound=300)
PUT, GET = Request(N1, "s1.1", ["put", "x", 1], "s1"), Request(N3, "s2.1", ["get", "x"], "s2")


def test_to_a_call_that_an_answer_contradicts_leads_what_led_to_its_own_answer():
    asked, answered = Deliver(N1, N2, "Note"), Deliver(N2, N1, "Note")
    explanation = explained(AMNESIAC, PUT, asked, answered, GET)
    assert explanation.chains == ((1, 2, 3), (4,))
    lost = (PUT, Drop(N1, N2, "Note"), Resend(N1, "s1.1"), Deliver(N1, N2, "Note", None, 2), answered, GET)
    assert explained(AMNESIAC, *lost).chains == ((3, 4, 5), (6,))


def test_a_call_without_an_answer_is_the_chain_itself():
    known = replace(AMNESIAC, factory=lambda me, peers, disk: Knows(me))
    explanation = explained(known, PUT, GET, Request(N1, "s2.2", ["get", "x"], "s2"))
    assert explanation.chains == ((2,), (3,))


class Knows:
    """n3 reads 1, and all others 0; nobody answers a write."""

    def __init__(self, me):
        self.me = me

    def start(self):
        return ()

    def request(self, name, command):
        return [Reply(name, int(self.me == N3))] if command[0] == "get" else ()

    receive = timeout = start


@pytest.mark.parametrize("slug", SLUGS)
def test_every_step_of_a_chain_but_its_first_has_a_cause_in_it_and_it_ends_at_the_conflict(slug):
    explanation, done = of_the_museum(slug)
    ends = {event.step for event in done.violation.evidence}
    ends |= {done.history.named(event.request).replied for event in done.violation.evidence if type(event) is Requested}
    for chain in explanation.chains:
        assert list(chain) == sorted(chain)
        assert chain[-1] in ends
        assert isinstance(done.actions[explanation.chains[0][0] - 1], (Request, Resend, Fire, Crash))


@pytest.mark.slow
def test_of_a_fair_phase_it_is_told_what_was_sent_over_and_over():
    explanation, _ = of_the_museum("nack-no-backoff")
    assert explanation.chains == ()
    one, other = explanation.repeated
    assert (one.last.kind, other.last.kind) == ("AppendEntries", "AppendEntriesReply")
    assert one.count > 1000
    assert one.receivers == (other.last.sender,)


def test_an_explanation_is_the_same_again():
    for slug in ("figure-8", "vote-overstrict"):
        explanation, done = of_the_museum(slug)
        assert explain(done) == explanation


# Witnesses of one's own


def test_an_invariant_of_ones_own_bears_witness_with_all_that_it_has_seen():
    class Telling(OneDecision):
        def witnesses(self, violation, events):
            assert events[-1] is violation.evidence[1]
            assert self.first is violation.evidence[0]
            return (Witness(f"{len(events)} events", ("n3",), (3, 6)),)

    explanation = explained(relay(Telling), *TWICE)
    assert explanation.trouble is None
    assert [each.nodes for each in explanation.witnesses] == [("n3",)]


def test_of_two_invariants_of_one_name_the_broken_one_is_asked():
    class Never(OneDecision):
        def observe(self, event):
            return None

        def witnesses(self, violation, events):
            raise AssertionError

    Never.__name__ = "OneDecision"
    assert explained(relay(Never, OneDecision), *TWICE).trouble is None


@pytest.mark.parametrize(
    ("answer", "complaint"),
    [
        (lambda: 1 / 0, "Clumsy.witnesses() raised ZeroDivisionError"),
        (lambda: ["n1 did it"], "Clumsy.witnesses() returned ['n1 did it'], which is no tuple of Witness"),
        (lambda: None, "Clumsy.witnesses() returned None"),
    ],
)
def test_witnesses_that_go_wrong_cost_the_explanation_nothing_else(answer, complaint):
    class Clumsy(OneDecision):
        def witnesses(self, violation, events):
            return answer()

    explanation = explained(relay(Clumsy), *TWICE)
    assert complaint in explanation.trouble
    assert explanation.witnesses == ()
    assert explanation.chains
    assert explanation.nearest is not None


def test_evidence_that_is_not_of_the_trace_or_none_at_all_is_no_obstacle():
    class Vague(OneDecision):
        def observe(self, event):
            return self.violation("something", *self.evidence)

    for evidence in ((), (Observed(99, "n7", "x"),), (Observed(-1, "n1", "x"),)):
        Vague.evidence = evidence
        explanation = explained(relay(Vague), ASK, PASS, TELL)
        assert explanation.trouble is None
        assert explanation.chains == ()


def test_an_invariant_that_looks_at_more_than_events_is_told_so():
    class Moody(OneDecision):
        calls = 0

        def observe(self, event):
            Moody.calls += 1
            return self.violation("once in a while", event) if Moody.calls == 1 else None

    explanation = explained(relay(Moody), ASK, PASS, TELL)
    assert "does not break again" in explanation.trouble


def test_a_run_that_breaks_nothing_has_no_explanation():
    assert explained(relay(OneDecision), ASK) is None
