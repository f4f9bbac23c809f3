"""Whether a scenario can be hunted at all, in words."""

from dataclasses import replace

from examined import HEALTHY, SICK

from splitbrain.elsewhere.confirmation import Confirmation
from splitbrain.report.terminal.examination.soundness import contract, determinism


def said(part):
    return " ".join(part.lines)


def test_all_who_agree_are_named():
    part = determinism(HEALTHY)
    assert part.verdict == "ok"
    assert "twice in this process, in three other processes under other hash seeds, on the trio host and under Python" in said(part)
    assert "3.12.1 and 3.13.0" in said(part)


def test_who_could_not_be_asked_is_named_with_the_reason():
    part = determinism(replace(HEALTHY, confirmation=Confirmation("it is nowhere", "trio", "it is busy"), unasked="it is broken"))
    assert part.verdict == "unknown"
    assert "Other processes could not be asked: it is nowhere." in said(part)
    assert "The trio host could not be asked: it is busy." in said(part)
    assert "Other Pythons (3.12.1, 3.13.0) could not be asked: it is broken." in said(part)


def test_where_there_is_no_other_python_that_is_said():
    assert "No other Python that has splitbrain was there" in said(determinism(replace(HEALTHY, pythons=())))


def test_a_difference_is_told_with_both_sides_and_its_cause():
    part = determinism(SICK)
    assert part.verdict == "PROBLEM"
    assert "here Sent(step=5" in said(part)
    assert "The likely cause: iteration over a set" in said(part)


def test_each_breach_of_the_contract_is_a_line_and_notes_stand_behind():
    assert [line[:12] for line in contract(SICK).lines] == ["2 problems:", "- a node rai", "- a node sta"]
    assert contract(HEALTHY).lines[-1].endswith("makes it forget everything.")
