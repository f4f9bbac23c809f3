"""Invariants: what sees which event, and what is told of one that goes wrong."""

import pytest
from blame import blamed, says, says_async
from scripted import Note, scripted

from splitbrain.actions import Calm, Request
from splitbrain.errors import ScenarioError
from splitbrain.events import Failed, Observed, Requested, Started
from splitbrain.invariant import Invariant, Monitor, Violation
from splitbrain.node import Reply
from splitbrain.search.hunt import hunt
from splitbrain.world.run import Setup, run

ASK = Request("n1", "r1", "x")


class Hears(Invariant):
    """Hears what it watches.

    That is not in the sentence.
    """

    def __init__(self, *watches, breaks=()):
        self.watches, self.breaks, self.heard = watches, breaks, []

    def observe(self, event):
        self.heard.append(event)
        return self.violation("heard it", event) if event in self.breaks else None


TOLD, FAILED, UP = Observed(1, "n1", Note("x")), Failed(2, "n1", "hung", "no end"), Started(3, "n2", 2)


def test_an_invariant_hears_the_events_and_observations_that_it_watches_and_one_that_watches_nothing_all():
    everything, notes, words, failures = Hears(), Hears(Note), Hears(Observed), Hears(Failed)
    monitor = Monitor(tuple(lambda each=each: each for each in (everything, notes, words, failures)))
    for event in (TOLD, UP):
        assert monitor.observe(event) is None
    assert everything.heard == [TOLD, UP]
    assert notes.heard == words.heard == [TOLD]
    assert failures.heard == []


def test_what_nobody_watches_need_not_be_built():
    monitor = Monitor((lambda: Hears(Note),))
    assert [kind for kind in (Note, Failed, Observed, Started) if monitor.wants(kind)] == [Note]
    assert Monitor((Hears,)).wants(Started)


def test_of_two_invariants_that_break_at_once_the_first_is_blamed_and_the_monitor_knows_which_object_it_is():
    first, second = Hears(breaks=(TOLD,)), Hears(breaks=(TOLD,))
    monitor = Monitor((lambda: first, lambda: second))
    assert monitor.observe(TOLD) is monitor.violation
    assert monitor.broken is first
    assert second.heard == []


def test_a_node_that_fails_breaks_its_contract_whatever_else_is_checked():
    violation = scripted().monitor().observe(FAILED)
    assert (violation.invariant, violation.summary) == ("KeepsContract", "n1 hung: no end")


def test_a_fingerprint_has_kinds_and_no_names_terms_or_times():
    assert Violation("Mine", "it broke", (TOLD, FAILED, UP)).fingerprint == "Mine(Note, hung, Started)"


def test_only_what_must_happen_eventually_is_waited_for():
    class Later(Hears):
        kind = "eventually"

        def satisfied(self):
            return bool(self.heard)

    later = Later(Note)
    monitor = Monitor((lambda: later, Hears))
    assert (monitor.awaits(), monitor.satisfied()) == (True, False)
    monitor.observe(TOLD)
    assert (monitor.awaits(), monitor.satisfied()) == (False, True)
    safety = Monitor((Hears,))
    assert (safety.awaits(), safety.satisfied()) == (False, False)


def test_one_that_gives_up_says_why_and_others_always_know():
    class Unsure(Hears):
        def undecided(self):
            return None if self.heard else "it has heard nothing"

    monitor = Monitor((Hears, lambda: Unsure(Note)))
    assert monitor.undecided() == {"Unsure": "it has heard nothing"}
    monitor.observe(TOLD)
    assert monitor.undecided() == {}


def test_a_run_says_who_does_not_know_whether_it_breaks_it_and_says_nothing_where_something_broke():
    class Unsure(Hears):
        def undecided(self):
            return "it never knows"

    never = run(Setup(scripted(invariants=(lambda: Unsure(Note),)), 3), (ASK,))
    assert never.undecided == {"Unsure": "it never knows"}
    broken = scripted(request=lambda *_: [3], invariants=(lambda: Unsure(Note),))
    assert (run(Setup(broken, 3), (ASK,)).undecided, run(Setup(scripted(), 3), (ASK,)).undecided) == ({}, {})


def test_a_search_counts_the_runs_of_which_one_does_not_know():
    class Unsure(Hears):
        def undecided(self):
            return "it never knows"

    hunted = hunt(scripted(invariants=(lambda: Unsure(Note),), request=says), seed=1, runs=5)
    assert (hunted.outcome, hunted.inconclusive, hunted.unsettled) == ("vacuous", {"Unsure": 5}, ("Unsure",))


def test_a_search_of_which_no_run_puts_one_to_the_test_is_vacuous():
    class Easy(Hears):
        tried = False

        def untested(self):
            return None if self.tried else "it is easily pleased"

    class Sometimes(Easy):
        """Where there was something to hear."""

        def untested(self):
            return None if self.heard else "there was nothing to hear"

    easy = scripted(invariants=(lambda: Easy(Note),), request=says)
    assert run(Setup(easy, 3), (ASK,)).untested == {"Easy": "it is easily pleased"}
    hunted = hunt(easy, seed=1, runs=5)
    assert (hunted.outcome, hunted.untested, hunted.untried) == ("vacuous", {"Easy": 5}, ("Easy",))
    assert hunted.excuses == {"Easy": "it is easily pleased"}
    hunted = hunt(scripted(invariants=(lambda: Sometimes(Note),), request=says), seed=1, runs=5)
    assert (hunted.outcome, hunted.untried) == ("clean", ())
    broken = scripted(request=lambda *_: [3], invariants=(lambda: Easy(Note),))
    assert run(Setup(broken, 3), (ASK,)).untested == {}


def test_an_invariant_that_cannot_say_whether_it_knows_is_told():
    class Lost(Hears):
        def undecided(self):
            raise KeyError("where")

    with pytest.raises(ScenarioError, match=r"Lost\.undecided\(\) raised KeyError: 'where' .*; return a text or None"):
        Monitor((Lost,)).undecided()


def test_one_that_knows_who_is_to_blame_says_so_itself():
    class Blames(Hears):
        def observe(self, event):
            raise ScenarioError("the model is wrong")

    blamed(r"the model is wrong", scripted(request=says, invariants=(Blames,)), ASK)


def test_an_invariant_in_one_sentence_is_its_docstring_s_first_line_or_its_name():
    class Silent(Invariant):
        __doc__ = None

    assert (Hears.sentence(), Silent.sentence()) == ("Hears what it watches.", "Silent")


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

    def wants():
        return Wants()

    class Forgets(Raises):
        watches = Note

    blamed(r"the invariant wants cannot be made: TypeError.* makes a new one when it is called", scripted(invariants=(wants,)))
    blamed(r"the invariant Forgets watches <class .*, which is no tuple of types; .* watches = \(", scripted(invariants=(Forgets,)))


@pytest.mark.parametrize("name", ["observe", "satisfied", "undecided"])
def test_one_that_leaves_the_program_is_told_as_one_that_raises(name):
    def leaves(*_):
        raise SystemExit(0)

    leaver = type("Leaver", (Hears,), {name: leaves, "kind": "eventually", "satisfied": leaves if name == "satisfied" else bool})
    monitor = Monitor((lambda: leaver(Note),))
    calls = {"observe": lambda: monitor.observe(Observed(1, "n1", Note("x"))), "satisfied": monitor.awaits}
    with pytest.raises(ScenarioError, match=rf"Leaver\.{name}\(.*\) raised SystemExit: 0 \(at .*test_invariant"):
        calls.get(name, monitor.undecided)()
