"""What a hunt is worth, in words."""

import os
from dataclasses import replace

import msgspec
from examined import FILE, HEALTHY, SICK, SYNC, UNNOTICED

from splitbrain.doctor.examination.escapes import Escape
from splitbrain.doctor.examination.exercise import Exercise
from splitbrain.doctor.examination.lines import Gap
from splitbrain.doctor.examination.speed import Speed
from splitbrain.doctor.weakenings.records import Notice, Weakened
from splitbrain.report.terminal.examination.quality import escapes, exercise, invariants, speed


def said(part):
    return " ".join(part.lines)


def test_escapes_are_places_with_what_is_asked_and_many_are_counted():
    assert escapes(()).verdict == "ok"
    many = tuple(Escape("clock", "time.time", FILE, line, "node", 2) for line in range(1, 21))
    part = escapes(many)
    assert part.verdict == "warning"
    assert "they ask a real clock:" in part.lines[0]
    assert part.lines[1].endswith("gappy.py:1, in node: time.time, 2 times")
    assert part.lines[-1] == " ... and 8 more places"


def test_a_place_is_told_as_one_would_type_it(monkeypatch):
    monkeypatch.chdir(os.path.dirname(FILE))
    assert " gappy.py:50, in Gappy.receive: time.time, 312 times" in escapes(SICK.escapes).lines


def test_speed_is_a_rate_and_shares_and_what_is_slow_is_named():
    part = speed(SICK.speed, None)
    assert "2,000 steps a second of CPU; 50.0 ms a run, of 100 steps; from 40 runs." in said(part)
    assert "92% in the nodes, 2% in the invariants and 6% in the harness" in said(part)
    assert "Gappy.receive (" in said(part)
    assert "7.5 s were spent waiting" in said(part)
    assert part.next.startswith("make the nodes faster")
    assert speed(HEALTHY.speed, None).next == ""


def test_where_too_little_happened_nothing_is_said_of_speed():
    assert speed(Speed(0, 0, 0.0), None).verdict == "unknown"
    assert "could not go on: label raised" in said(speed(HEALTHY.speed, "label raised"))


def test_functions_that_nobody_called_share_a_row_and_long_lists_are_cut():
    gaps = [Gap(FILE, line, line + 1, f"Node.f{line}", True, "def") for line in range(1, 30, 2)]
    gaps += [Gap(FILE, line, line, "Node.g", False, f"x = {line}") for line in range(50, 70)]
    part = exercise(Exercise((), tuple(gaps), 0.5))
    assert part.verdict == "ok"
    assert any(line.endswith("gappy.py:1  never called: Node.f1 and 14 more") for line in part.lines)
    assert part.lines[-1] == "   ... and 9 more"


def test_what_never_happened_is_a_warning_with_what_to_do():
    part = exercise(SICK.exercise)
    assert part.verdict == "warning"
    assert "71% of the node's own lines ran." in said(part)
    assert exercise(msgspec.structs.replace(SICK.exercise, idle=(), lines=())).next == ""


def test_hollow_invariants_are_a_problem_unnoticed_worlds_a_warning():
    assert invariants(SICK.weakened).verdict == "PROBLEM"
    assert invariants(HEALTHY.weakened).verdict == "ok"
    some = replace(HEALTHY.weakened, rows=(SYNC, UNNOTICED))
    assert invariants(some).verdict == "warning"
    broken = Weakened("x", (SYNC,), ("Agreement",), broken=(Notice("Agreement", 3, "n1 and n2 decided differently"),))
    assert "Agreement breaks in the world as it is" in said(invariants(broken))
