"""What `check` says: golden screens, each of a verdict with its evidence."""

import pytest
from rich.cells import cell_len

from splitbrain.linearizability.verdict import Fault, Verdict
from splitbrain.report.judged import Judged
from splitbrain.report.terminal.judged import table_text, verdict_text
from splitbrain.trace.history import Attempt, Operation


def operation(client, number, command, called, returned, result, line):
    done = {} if returned is None else {"returned": returned, "result": result, "replied": line}
    return Operation(f"{client}.{number}", f"client {client}", command, called, [Attempt("", line)], **done)


OLD = operation(1, 3, ("put", "k2", 257), 16197, 16207, True, 258)
NEW = operation(2, 8, ("put", "k2", 262), 16356, 16807, True, 262)
READ = operation(6, 42, ("get", "k2"), 17602, 17705, 257, 277)
LOST = operation(7, 1, ("put", "k2", 9), 16000, None, None, 251)
STALE = Fault("k2", "client 6 read k2 = 257, which had been overwritten by client 2's put of 262", (OLD, NEW, READ), (257, 262), 1)


def judged(linearizable, fault=None, why=None, **how):
    return Judged((OLD, NEW, READ, LOST), "register", Verdict(linearizable, fault, why), 0.0123, **how)


@pytest.mark.parametrize("width", [100, 60])
def test_a_stale_read_on_a_time_line(golden, width):
    golden(f"check-stale-{width}", verdict_text(judged(False, STALE, timed=True), width))


def test_an_outcome_that_nobody_knows_and_lines_for_times(golden):
    golden("check-unknown", verdict_text(judged(False, Fault(None, "no order explains what was answered", (LOST, READ)))))


def test_several_histories_are_a_table(golden):
    golden(
        "check-several",
        table_text([
            judged(True, name=f"one/a history with a name that goes on{' and on' * 9}", expected=True),
            judged(False, STALE, name="two", expected=True, timed=True, unit="operation"),
            judged(None, why="the search did the work of 2,000,000 steps, its bound", name="three"),
            judged(True),
        ]),
    )  # fmt: skip


def test_all_is_well_in_one_line_and_a_bound_is_named():
    assert verdict_text(judged(True)) == (
        "Linearizable: 4 operations, 3 answered, 1 of unknown outcome, judged by register in 0.012 CPU s"
    )
    assert verdict_text(judged(None, why="a bound")).splitlines()[1] == "    a bound"
    assert "the file itself says that it is not linearizable" in verdict_text(judged(True, expected=False))


def test_what_would_have_been_right_is_told_behind_what_happened():
    fault = Fault(None, "get k2 was answered 257, which it cannot be", (READ,), instead=(262, None), only=True)
    text = " ".join(verdict_text(judged(False, fault), 140).split())
    assert "cannot be; the answer could only have been 262 or None" in text


@pytest.mark.parametrize("width", [60, 80, 140])
def test_no_line_is_wider_than_the_terminal(width):
    texts = [verdict_text(judged(False, STALE), width), table_text([judged(False, STALE, name="x" * 200), judged(True)], width)]
    assert max(cell_len(line) for text in texts for line in text.splitlines()) <= width


def test_the_evidence_is_coloured_where_that_is_wanted():
    assert "\x1b[" in verdict_text(judged(False, STALE), color=True)
    assert "\x1b[" not in verdict_text(judged(False, STALE))


def several(*each):
    return table_text([judged(linearizable, *fault, name=name, expected=expected) for name, linearizable, expected, *fault in each])


def test_of_several_the_first_that_is_not_what_the_file_says_is_shown_else_the_first_that_is_not_linearizable():
    strange = several(("a", False, False, STALE), ("b", False, True, STALE), ("c", True, False))
    assert "Not linearizable: b, 4 operations" in strange
    assert "┬ get k2" in strange
    assert "1 more like it; `--only NAME` shows another one in full" in strange
    assert "Not linearizable: a, 4 operations" in several(("a", False, False, STALE), ("b", False, None, STALE))
    assert "Linearizable: c, 4 operations" in several(("a", False, False, STALE), ("c", True, False))
    assert "more like it" not in several(("a", True, None), ("b", False, None, STALE))


def test_an_empty_history_says_that_there_was_nothing_to_judge():
    nothing = Judged((), "register", Verdict(True), 0.0)
    assert "Linearizable: 0 operations" in verdict_text(nothing)
    assert "there was nothing to judge: a history without an operation is linearizable" in verdict_text(nothing)
    table = table_text([nothing, judged(True)])
    assert "linearizable (empty)" in table
    assert "in 1 of them there was nothing to judge: no operation" in table
    assert "nothing to judge" not in table_text([judged(True), judged(True)])


def test_what_goes_before_what_the_file_says_and_what_was_passed_over_is_said():
    assert "the file itself says queue, but --model goes before" in verdict_text(judged(True, instead="queue"))
    assert "of 1 of them the file says another model" in table_text([judged(True, instead="queue"), judged(True)])
    assert "line 7 is no operation, as others' lines in a log are" in verdict_text(judged(True, skipped=(7,)))
    assert "2 lines are no operations, " in verdict_text(judged(True, skipped=(7, 9)))
