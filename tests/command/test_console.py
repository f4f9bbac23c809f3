"""What goes to the terminal at hand."""

import io
import sys

import pytest
from museum_runs import FOLDER, saved_run

from splitbrain.command.console import show_counterexample

PATH = FOLDER / "vote-not-durable.schedule.jsonl"


def printed(monkeypatch, encoding):
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding=encoding))
    show_counterexample(*saved_run("vote-not-durable"), PATH)
    sys.stdout.flush()
    return raw.getvalue().decode(encoding)


def test_a_terminal_that_knows_unicode_gets_lanes(monkeypatch):
    assert "│" in printed(monkeypatch, "utf-8")


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_one_that_does_not_gets_the_nearest_to_it(monkeypatch, encoding):
    text = printed(monkeypatch, encoding)
    assert text.isascii()
    assert "OneVotePerTerm is broken" in text


def test_what_is_not_a_terminal_gets_no_colours(monkeypatch):
    assert "\x1b" not in printed(monkeypatch, "utf-8")
