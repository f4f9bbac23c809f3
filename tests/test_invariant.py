"""Invariants: what sees which event, and what is told of one that goes wrong."""

import pytest
from blame import blamed, says, says_async
from scripted import Note, scripted

from splitbrain.actions import Calm, Request
from splitbrain.events import Requested
from splitbrain.invariant import Invariant
from splitbrain.node import Reply

ASK = Request("n1", "r1", "x")


class Raises(Invariant):
    """Cannot cope with what is said."""

    watches = (Note,)

    def observe(self, event):
        return {}[event.observation.text]


class RaisesOnRequests(Raises):
    """Cannot cope with what is asked."""

    watches = (Requested,)


class Answers(Raises):
    """Returns a text."""

    def observe(self, event):
        return f"{event.node} said something"


class NeverSure(Raises):
    """Cannot tell whether it is satisfied."""

    kind = "eventually"

    def observe(self, event):
        return None

    def satisfied(self):
        raise RuntimeError("how should I know")


NODES = [("direct", {"request": says}), ("trio", {"request": says}), ("trio", {"run": says_async})]


@pytest.mark.parametrize(("host", "node"), NODES)
def test_an_invariant_that_raises_is_no_failure_of_the_node_that_was_observed(host, node):
    complaint = (
        r"Raises\.observe\(Note\) raised KeyError: 'x' \(at .*test_invariant\.py:\d+\); an invariant must cope with every event"
    )
    blamed(complaint, scripted(**node, invariants=(Raises,)), ASK, host=host)


def test_an_invariant_that_raises_over_a_request_or_at_the_start_is_told_too():
    blamed(r"RaisesOnRequests\.observe\(Requested\) raised AttributeError", scripted(invariants=(RaisesOnRequests,)), ASK)
    blamed(r"Raises\.observe\(Note\) raised KeyError", scripted(start=says, invariants=(Raises,)))


@pytest.mark.parametrize(("host", "node"), NODES)
def test_an_invariant_that_returns_no_violation_is_told_what_to_return(host, node):
    complaint = r"Answers\.observe\(Note\) returned 'n1 said something', which is no Violation; return self\.violation\(summary"
    blamed(complaint, scripted(**node, invariants=(Answers,)), ASK, host=host)


def test_an_invariant_whose_satisfied_raises_is_told():
    calm = Calm(("n1", "n2", "n3"), 1, 300)
    answers = scripted(request=lambda node, request, _: [Reply(request, "yes")], invariants=(NeverSure,))
    blamed(r"NeverSure\.satisfied\(\) raised RuntimeError: how should I know", answers, calm)


def test_an_invariant_that_cannot_be_made_or_watches_no_tuple_is_told():
    class Wants(Invariant):
        def __init__(self, quorum): ...

    class Forgets(Raises):
        watches = Note

    blamed(r"the invariant Wants cannot be made: TypeError", scripted(invariants=(Wants,)))
    blamed(r"the invariant Forgets watches <class .*, which is no tuple of types; .* watches = \(", scripted(invariants=(Forgets,)))
