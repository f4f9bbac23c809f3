"""The pytest session that runs: what searches are told of it."""

from pathlib import Path

from splitbrain.testing.session import Session, begin, end, session


def test_the_innermost_session_is_asked_and_the_one_around_it_when_that_is_over():
    before = session()
    outer, inner = Session(Path("outer"), 1), Session(Path("inner"), 2)
    begin(outer)
    begin(inner)
    assert session() is inner
    end(inner)
    assert session() is outer
    end(outer)
    assert session() is before


def test_a_session_that_ends_before_the_one_inside_it_leaves_that_alone_and_may_end_twice():
    before = session()
    outer, inner = Session(Path("outer")), Session(Path("inner"))
    begin(outer)
    begin(inner)
    end(outer)
    end(outer)
    assert session() is inner
    end(inner)
    assert session() is before


def test_where_nothing_is_said_schedules_go_to_the_usual_place_under_a_fresh_seed():
    assert (Session().schedules, Session().seed) == (Path("tests/schedules"), None)


def test_a_report_is_as_wide_as_the_terminal_was_when_the_session_began_or_else_is_now(monkeypatch):
    monkeypatch.setenv("COLUMNS", "77")
    assert Session().columns() == 77
    assert Session(width=120).columns() == 120
