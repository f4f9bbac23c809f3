"""Bytes and handles in words: as the scenario shows them, and else as what they are, the same in every process."""

import ctypes

from picklers import PICKLER, Handle, Holds, show
from scripted import Note

from splitbrain.actions import Request
from splitbrain.counterexample.explanation import explain
from splitbrain.events import Observed, Sent
from splitbrain.exhibit import mutant
from splitbrain.invariant import Violation
from splitbrain.report.objects.clients import history
from splitbrain.report.objects.explanation import explained
from splitbrain.report.terminal.history import history_text
from splitbrain.report.terminal.screen import counterexample_text
from splitbrain.report.values import gist
from splitbrain.report.wording import words
from splitbrain.schedule.file import SavedSchedule
from splitbrain.schedule.header import bare_header
from splitbrain.trace.readable import in_words, readable, showing, shown, value
from splitbrain.world.run import Setup, run

PICKLED = b"\x80\x04\x95\x22\x00\x00"
TWICE = (Request("n1", "r1", "v1"), Request("n1", "r2", "v2"))


def test_bytes_are_a_text_or_few_or_told_by_their_number_and_a_digest():
    assert value(b"GET x") == "b'GET x'"
    assert value(PICKLED) == "6 bytes 035676"
    assert value(bytearray(b"\x00")) == "1 byte 00"
    assert value(PICKLED[:-1] + b"1") != value(PICKLED)
    assert value(memoryview(b"\x00\x01")) == "2 bytes 0001"
    assert value((1, PICKLED)) == "[1, 6 bytes 035676]"


def test_no_address_is_told_of_a_handle():
    pointer = ctypes.pointer(ctypes.c_int(5))
    assert value(pointer) == "a LP_c_int"
    assert value(Handle(7)) == "<Handle>"
    assert value([object()]) == "[a object]"

    class Shy:
        def __repr__(self):
            raise LookupError("nobody knows")

    assert value(Shy()) == "a Shy"


def test_what_the_scenario_shows_is_told_in_place_of_what_nobody_can_read():
    assert value(Handle(7)) == "<Handle>"
    with showing(show):
        assert value(Handle(7)) == "handle of 7"
        assert value(Note(Handle(7))) == "Note(handle of 7)"
        assert value({"of": [Handle(7)]}) == "{of: [handle of 7]}"
        assert words(Observed(1, "n1", Holds(Handle(7)))) == "n1 says Holds what=handle of 7"
        assert shown("plain") == "plain"
        assert gist(Handle(7)) == "handle of 7"
    assert value(Handle(7)) == "<Handle>"


def test_a_show_that_raises_or_is_of_no_help_changes_nothing():
    for wrong in (lambda thing: 1 // 0, lambda thing: None, lambda thing: thing):
        with showing(wrong):
            assert value(PICKLED) == "6 bytes 035676"


def test_a_message_that_is_shown_as_a_mapping_tells_its_parts_but_for_the_epoch():
    sent = Sent(1, "n1", "n2", "Put", 3, 1, Handle(1))
    with showing(lambda thing: {"op": "put", "term": 3, "sure": False, "left": None}):
        assert words(sent) == "n1 sends n2 Put 3 (no sure, no left, op put)"


def test_a_sentence_of_somebody_else_s_has_its_bytes_and_handles_in_words():
    events = [Observed(1, "n1", Holds((PICKLED, Handle(7))))]
    said = f"n1 holds {PICKLED!r} and {events[0].observation.what[1]!r}"
    assert readable(said, events) == "n1 holds 6 bytes 035676 and <Handle>"
    violation = in_words(Violation("Mine", said, tuple(events)), show=lambda thing: "x" if isinstance(thing, Handle) else None)
    assert violation.summary == "n1 holds 6 bytes 035676 and x"
    assert in_words(Violation("Mine", "nothing", tuple(events)), None).summary == "nothing"


def told(scenario):
    done = run(Setup(scenario, 2), TWICE, keep=True)
    explanation = explain(done)
    saved = SavedSchedule(bare_header("pickler", done.setup), done.actions)
    return done, explanation, saved


def test_what_a_node_says_in_pickled_bytes_can_be_read_everywhere(golden):
    done, explanation, saved = told(PICKLER)
    assert done.violation.summary == "n1 decided {op: put, term: 3, value: v1}, and n1 {op: put, term: 3, value: v2}"
    screen = counterexample_text(saved, done, None, 100, explanation=explanation)
    golden("pickled", screen)
    asked = history_text(saved, done, "x", 100)
    for text in (
        screen,
        asked,
        str(history(done)),
        str(explained(explanation, PICKLER.show)),
        *(w.phrase for w in explanation.witnesses),
    ):
        assert "\\x" not in text
        assert "0x" not in text
    assert "handle of 2" in screen
    assert history(done)["operations"][0]["result"] == {"op": "put", "term": 3, "value": "v1"}


def test_and_without_a_show_it_is_at_least_short_and_the_same_in_every_process(golden):
    done, explanation, saved = told(mutant(PICKLER, PICKLER.factory, show=None))
    golden("pickled-unshown", counterexample_text(saved, done, None, 100, explanation=explanation))
