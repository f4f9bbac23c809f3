"""Explanations in words: golden sections of the museum's schedules, and what holds of every one."""

import pytest
from museum_runs import SLUGS, marked, of_the_museum, saved_run
from relay import TWICE, OneDecision, relay
from rich.cells import cell_len

from splitbrain.counterexample.explanation import explain
from splitbrain.invariant import Witness
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
