"""What an examination found, as people read it."""

import os
from collections import Counter
from dataclasses import replace

import pytest
from examined import FILE, HEALTHY, SICK

from splitbrain.doctor.examination.examination import Examination
from splitbrain.report.terminal.examination.page import examination_text


@pytest.mark.parametrize(("name", "found"), [("healthy", HEALTHY), ("sick", SICK)])
def test_the_report_reads_well(golden, monkeypatch, name, found):
    monkeypatch.chdir(os.path.dirname(FILE))
    golden(f"doctor-{name}", examination_text(found, "module:NAME"))


@pytest.mark.parametrize("width", [60, 100])
def test_it_fits_a_terminal_but_for_places(width):
    text = examination_text(SICK, "module:NAME", width)
    assert all(len(line) <= width or "gappy.py:" in line for line in text.splitlines())


def test_where_no_node_can_be_made_that_is_all():
    found = Examination(HEALTHY.scenario, 0, None, Counter(), ("the factory cannot make node n1: KeyError: 1",))
    text = examination_text(found, "module:NAME")
    assert text.startswith("register: NOT fit to be hunted: 1 problem\n")
    assert "cannot make node n1" in text
    assert "speed" not in text


def test_a_fit_one_is_to_be_hunted_next_and_another_one_to_be_mended_first():
    assert examination_text(HEALTHY, "raft").endswith("* hunt it: splitbrain hunt raft")
    assert examination_text(SICK, "raft").endswith("* look again: splitbrain doctor raft")
    assert not SICK.fit
    assert HEALTHY.fit
    assert not replace(HEALTHY, weakened=SICK.weakened).fit


def test_where_weaker_worlds_could_not_be_tried_the_reason_is_told():
    text = examination_text(replace(HEALTHY, weakened=None, unweakened="label raised KeyError"), "raft")
    assert "unknown  invariants   Weaker worlds could not be tried: label raised KeyError." in text
