"""Traces: their canonical encoding, their digest, and their first difference."""

import os
import subprocess
import sys

import pytest
from relay import ASK, relay
from scripted import Note, scripted

from splitbrain.actions import Request
from splitbrain.doctor.conformance import ConformanceError, conformance
from splitbrain.errors import EncodingError, ScenarioError
from splitbrain.events import Observed, Sent, Wrote
from splitbrain.node import Observe
from splitbrain.observations import Decided
from splitbrain.trace.encoding import digest, encode, first_difference
from splitbrain.world.run import Setup, run


def trace(*actions):
    return run(Setup(relay(), 3), actions, keep=True).events


NAN = float("nan")
ASK_AGAIN = Request("n1", "r2", "x")


def test_equal_runs_have_equal_digests_and_others_do_not():
    one, same = trace(ASK), trace(ASK)
    assert digest(one) == digest(same)
    others = [trace(), trace(ASK, ASK_AGAIN), trace(Request("n1", "r1", "y")), one[:-1], one[::-1]]
    assert len({digest(each) for each in [one, *others]}) == 6


def test_a_digest_tells_things_of_different_types_apart():
    class Other(Decided, frozen=True, tag=True):
        pass

    assert digest([Observed(1, "n1", Decided("x"))]) != digest([Observed(1, "n1", Other("x"))])


def test_a_digest_does_not_depend_on_the_order_in_which_a_dict_or_a_set_was_filled():
    assert digest([Observed(1, "n1", {"a": 1, "b": 2})]) == digest([Observed(1, "n1", {"b": 2, "a": 1})])
    assert digest([Observed(1, "n1", frozenset("abcdef"))]) == digest([Observed(1, "n1", frozenset("fedcba"))])


def test_an_event_is_one_line_of_json():
    (line,) = encode([Observed(1, "n1", "x")])
    assert line == b'{"type":"Observed","step":1,"node":"n1","observation":"x"}'
    (line,) = encode([Observed(1, "n1", Decided("x"))])
    assert line.startswith(b'{"type":"Observed","step":1,"node":"n1","observation":{')
    assert line.endswith(b"}0 Decided( )")  # and the types that JSON does not tell


class Opaque:
    def __init__(self, inside):
        self.inside = inside


def test_what_has_no_canonical_encoding_is_refused_with_the_step_and_the_way_out():
    event = Observed(7, "n1", Opaque(1))
    with pytest.raises(
        EncodingError, match=r"step 7, n1: Observed holds what has no canonical encoding .*Opaque.*give the scenario `show=`"
    ):
        digest([event])
    assert digest([event], lambda value: value.inside) == digest([Observed(7, "n1", Opaque(1))], lambda value: value.inside)
    assert digest([event], lambda value: value.inside) != digest([Observed(7, "n1", Opaque(2))], lambda value: value.inside)


def test_a_show_that_shows_nothing_is_refused_too():
    with pytest.raises(EncodingError, match="returned it unchanged"):
        digest([Observed(7, "n1", Opaque(1))], lambda value: value)


def test_the_first_difference_of_two_traces_is_an_index_of_both():
    one, other = trace(ASK, ASK_AGAIN), trace(ASK, Request("n1", "r2", "y"))
    place = first_difference(one, other)
    assert one[:place] == other[:place]
    assert one[place] != other[place]
    assert first_difference(one, one) is None
    assert first_difference(one, one[:3]) == 3
    assert first_difference([], []) is None


def bad_show(value):
    raise KeyError("no such thing")


def test_a_show_that_raises_is_told_with_its_name():
    with pytest.raises(
        ScenarioError, match=r"show\(Opaque\) raised KeyError: .*the scenario's `show` \([\w.]*test_encoding\.bad_show\)"
    ):
        encode([Observed(1, "n1", Opaque(1))], bad_show)
    with pytest.raises(ConformanceError, match=r"\* show\(Opaque\) raised KeyError"):
        conformance(scripted(start=lambda node: [Observe(Opaque(1))], show=bad_show, sizes=(1,)))


def test_mappings_with_other_keys_than_text_are_encoded_in_an_order_of_their_own():
    for one, other in (
        ({2: 3, 1: 4}, {1: 4, 2: 3}),
        ({("a", 1): Note("x"), None: 0}, {None: 0, ("a", 1): Note("x")}),
        (Note({3: {2: 1, 1: 2}}), Note({3: {1: 2, 2: 1}})),
        ({1, "x", None}, {None, "x", 1}),
    ):
        assert digest([Observed(1, "n1", one)]) == digest([Observed(1, "n1", other)])
    lines = [encode([Observed(1, "n1", each)])[0] for each in ({1: 2}, {"1": 2}, {1: 3}, {2: 1}, [[1, 2]], {1: {1: 2}}, {(1,): 2})]
    assert len(set(lines)) == len(lines)
    shown = [encode([Observed(1, "n1", {1: Opaque(each)})], lambda value: {2: value.inside})[0] for each in (3, 3, 4)]
    assert shown[0] == shown[1] != shown[2]
    with pytest.raises(EncodingError, match=r"Opaque in \[1\]\); use msgspec structs"):
        encode([Observed(1, "n1", {1: Opaque(1)})])


def test_what_equals_nothing_cannot_be_observed_for_no_invariant_could_compare_it():
    for observation, what in ((Decided([1, NAN]), r"nan in \.value\[1\] of a Decided"), (NAN, "nan of a float")):
        with pytest.raises(
            EncodingError, match=rf"step 7, n1: Observed holds {what}, which equals nothing, not even .*; observe None"
        ):
            encode([Observed(7, "n1", observation)])
    with pytest.raises(ConformanceError, match=r"\* Observed holds nan in \.value of a Decided, which equals nothing"):
        conformance(scripted(start=lambda node: [Observe(Decided(NAN))], sizes=(1,)))


def test_what_equals_nothing_may_be_sent_and_written_and_is_told_from_none_and_infinity():
    values = [None, NAN, float("inf"), "nan"]
    for event in (lambda value: Sent(3, "n2", "n1", "Note", None, 1, Note([1, value])), lambda value: Wrote(4, "n1", "due", value)):
        assert len({digest([event(value)]) for value in values}) == len(values)
        assert digest([event(NAN)]) == digest([event(float("nan"))])


def test_what_is_nested_too_deeply_or_in_itself_is_refused_in_words():
    loop = []
    loop.append(loop)
    deep = []
    for _ in range(100_000):
        deep = [deep]
    for value in (loop, deep, Note(loop), {1: loop}):
        with pytest.raises(EncodingError, match=r"\(it is nested too deeply, or in itself\)"):
            encode([Observed(1, "n1", value)])


def test_infinity_is_not_none_and_a_number_beyond_64_bits_is_itself():
    values = [None, float("inf"), float("-inf"), 2**70, 2**70 + 1, float(2**70)]
    assert len({digest([Observed(1, "n1", Decided(each))]) for each in values}) == len(values)


def test_a_digest_is_the_same_in_any_process():
    program = (
        "from splitbrain.events import Observed; from splitbrain.trace.encoding import digest; "
        "print(digest([Observed(1, 'n1', [frozenset('abcdef'), {3: frozenset('xyz'), 'k': {('a', 1)}}, b'x'])]))"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", program], env=os.environ | {"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(said) == 1
