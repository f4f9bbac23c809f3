"""Explanations in words: golden sections of the museum's schedules, and what holds of every one."""

import pytest
from couriers import CLOAKROOM, COURIER, FreesAtEnd, KeepsHalf
from ledgers import LEDGER, KeepsLeading
from museum_runs import SLUGS, marked, of_the_museum, saved_run
from relay import TWICE, OneDecision, relay
from rich.cells import cell_len
from scripted import Note, scripted
from voters import VOTERS, SaysThenStores

from splitbrain.actions import Connect, Crash, Deliver, Disconnect, Fire, Operate, Request, Restart
from splitbrain.counterexample.explanation import explain
from splitbrain.exhibit import mutant
from splitbrain.invariant import Invariant, Witness
from splitbrain.node import Exit, Observe, Send, SetTimer, Sync, Write
from splitbrain.observations import Ready, Recovering
from splitbrain.report.lanes import rows
from splitbrain.report.terminal.screen import ascii_only, counterexample_text
from splitbrain.report.why import why
from splitbrain.schedule.file import SavedSchedule
from splitbrain.schedule.header import Header
from splitbrain.world.run import Setup, run

INSTRUCTIVE = (
    "ack-before-durable",
    "commit-quorum-half",
    "figure-8",
    "nack-no-backoff",
    "pax-accept-keeps-promise",
    "pax-duelling-proposers",
    "vote-dup",
    "vote-not-durable",
    "vote-overstrict",
)


def screen(slug, width=100):
    explanation, done = of_the_museum(slug)
    return counterexample_text(saved_run(slug)[0], done, None, width, explanation=explanation)


@pytest.mark.parametrize("slug", marked(INSTRUCTIVE))
def test_why_of_the_museum(golden, slug):
    golden(f"why-{slug}", screen(slug))


@pytest.mark.parametrize("width", [60, 140])
@pytest.mark.parametrize("slug", SLUGS)
def test_no_line_is_wider_than_the_terminal(slug, width):
    assert max(map(cell_len, screen(slug, width).splitlines())) <= width


@pytest.mark.parametrize("slug", SLUGS)
def test_an_explanation_is_short(slug):
    _, done = of_the_museum(slug)
    with_it, without = screen(slug), counterexample_text(saved_run(slug)[0], done, None, 100)
    assert len(with_it.splitlines()) - len(without.splitlines()) <= 20


def test_the_picture_is_the_same_with_it_and_without():
    _, done = of_the_museum("figure-8")
    without = counterexample_text(saved_run("figure-8")[0], done, None, 100)
    assert screen("figure-8").startswith(without)


def test_a_terminal_without_unicode_gets_the_same_words():
    plain = ascii_only(screen("figure-8"))
    assert "12 n2 votes n3 t3 > 13 n3 leads t3" in plain
    assert "?" not in plain


def test_what_went_wrong_with_a_witness_is_one_paragraph():
    class Clumsy(OneDecision):
        def witnesses(self, violation, events):
            raise LookupError("no such vote")

    scenario = relay(Clumsy)
    done = run(Setup(scenario, 3), TWICE, keep=True)
    saved = SavedSchedule(Header(scenario="a:B", size=3), TWICE)
    text = counterexample_text(saved, done, None, 100, explanation=explain(done))
    assert "Clumsy is broken" in text
    assert "Not explained: Clumsy.witnesses() raised LookupError: no such vote" in text
    assert "How: " in text


def test_a_witness_of_ones_own_is_told():
    class Telling(OneDecision):
        def witnesses(self, violation, events):
            return (Witness("n3 was told twice", ("n3",), (3, 6)),)

    done = run(Setup(relay(Telling), 3), TWICE, keep=True)
    assert ("Why", "n3 was told twice") in why(
        explain(done), done, rows(("n1", "n2", "n3"), done.events, done.actions, done.violation)
    )


def told(scenario, size, *schedule, width=100):
    done = run(Setup(scenario, size), schedule, keep=True)
    assert done.violation is not None, done.stopped
    saved = SavedSchedule(Header(scenario=scenario.name, size=size), done.actions)
    return counterexample_text(saved, done, None, width, explanation=explain(done))


LETTERS = [Deliver("n1", "n2", "Letter", None, ordinal) for ordinal in range(1, 7)]


@pytest.mark.parametrize("width", [60, 100])
def test_connections_that_end_and_are_opened_again_are_explained(golden, width):
    schedule = [
        Request("n1", "r1", "v1"),
        Deliver("n2", "n1", "Hello"),
        LETTERS[0],
        Disconnect("n1", "n2"),
        Connect("n1", "n2"),
        *(Deliver(*link, kind) for link in (("n2", "n1"), ("n1", "n2")) for kind in ("disconnected", "connected")),
        Deliver("n2", "n1", "Hello", None, 2),
        *LETTERS[3:],
    ]
    golden(f"connections-{width}", told(mutant(COURIER, KeepsHalf), 2, *schedule, width=width))


@pytest.mark.parametrize("width", [60, 100])
def test_what_arrived_before_the_power_went_is_explained(golden, width):
    schedule = [
        Fire("n2", "election"),
        Crash("n1", 0, Deliver("n2", "n1", "Ask"), 1, 1),
        Restart("n1"),
        Connect("n1", "n3"),
        Fire("n3", "election"),
        Deliver("n3", "n1", "Ask"),
        Deliver("n1", "n3", "Vote"),
    ]
    golden(f"arriving-{width}", told(mutant(VOTERS, SaysThenStores), 3, *schedule, width=width))


def test_an_end_that_one_node_learns_of_before_the_other_is_explained(golden):
    schedule = [
        *(Deliver(node, "n1", "Hello") for node in ("n2", "n3")),
        Request("n2", "r1", "v1"),
        Deliver("n2", "n1", "Ask"),
        Deliver("n1", "n2", "Token"),
        Disconnect("n1", "n2"),
        Deliver("n2", "n1", "disconnected"),
        Request("n3", "r2", "v2"),
        Deliver("n3", "n1", "Ask"),
        Deliver("n1", "n3", "Token"),
    ]
    golden("connections-token", told(mutant(CLOAKROOM, FreesAtEnd), 3, *schedule))


def test_what_a_node_is_told_to_do_is_explained(golden):
    schedule = [
        Operate("n1", "transfer", "n2"),
        Deliver("n1", "n2", "TimeoutNow"),
        Request("n1", "r1", "v1"),
        Request("n2", "r2", "v2"),
    ]
    golden("operated", told(mutant(LEDGER, KeepsLeading), 3, *schedule))


def recoverer(**changes):
    """n1 counts votes for itself, of itself too; where it is asked for "end", it ends itself; started again, it must recover."""

    def start(node):
        if node.disk:
            yield Observe(Recovering())
            yield SetTimer("ready", 10, 20)
        yield Write("started", True)
        yield Sync()

    def timeout(node, timer):
        yield Observe(Ready())
        yield Send(node.me, Note("aye"))

    def receive(node, sender, message):
        yield Observe(Note(f"{message.text} of {sender}"))

    def request(node, name, command):
        yield Write("asked", command)
        raise Exit(f"told to {command}")

    return scripted(
        start=start, timeout=timeout, receive=receive, request=request, links="streams", invariants=(SaysNothing,), sizes=(2,)
    )


class SaysNothing(Invariant):
    """Nobody says anything."""

    watches = (Note,)
    source = "made up"

    def observe(self, event):
        return self.violation(f"{event.node} says {event.observation.text}", event)


def test_who_ended_itself_recovered_and_sent_something_to_itself_is_told(golden):
    schedule = [
        Request("n1", "r1", "end"),
        Restart("n1"),
        Fire("n1", "ready"),
    ]
    golden("recovered", told(recoverer(), 2, *schedule))
