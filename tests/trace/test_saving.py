"""What a schedule file can hold: one JSON text a value, or a reason why there is none."""

from collections import OrderedDict, deque, namedtuple
from dataclasses import dataclass
from enum import Enum

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scripted import Note

from splitbrain.schedule.format import LINE_AT_MOST
from splitbrain.trace.saving import DEEPEST, LONGEST, NoText, flaw, names, parts, same, text, text_or_none

Pair = namedtuple("Pair", "left right")


class Colour(Enum):
    RED = "red"


@dataclass
class Put:
    key: str
    value: object = None


def nested(depth, inside=0):
    for _ in range(depth):
        inside = [inside]
    return inside


PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8")),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=3), inner, max_size=3)
    ),
    max_leaves=6,
)


@settings(max_examples=300, deadline=None, database=None, derandomize=True)
@given(PLAIN)
def test_plain_data_has_a_text_and_is_the_same_when_it_is_read_again(value):
    assert same(msgspec.json.decode(text(value)), value)
    assert flaw(value) is None


@pytest.mark.parametrize(
    "value", [2**70, -(2**70), 10**4000, 0.1, -0.0, 1e300, True, None, "é\u2028\0", {"": {}}, nested(DEEPEST - 1)]
)
def test_what_is_odd_but_plain_is_carried_exactly_too(value):
    assert same(msgspec.json.decode(text(value)), value)


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (float("inf"), "inf, for which JSON has no number"),
        ([1, {"due": (0, float("-inf"))}], "-inf in [1]['due'][1], for which JSON has no number"),
        (Note(float("nan")), "nan in .text, for which JSON has no number"),
        (Put("k", [None, float("nan")]), "nan in .value[1], for which JSON has no number"),
        ({1: 2}, "the key 1, where JSON's keys are text"),
        ({"deep": {(1, 2): 3}}, "the key (1, 2) in ['deep'], where JSON's keys are text"),
        ({"deep": {3, "x", None}}, "an object of type builtins.dict"),
        (object(), "an object of type builtins.object"),
        ([deque()], "an object of type collections.deque in [0]"),
        ("\ud800", "'\\ud800', which is half a character"),
        ({"\ud800": 1}, "the key '\\ud800', where JSON's keys are text"),
        (10**4300, "a whole number of 14,285 bits"),
        (nested(DEEPEST + 1), f"something nested more than {DEEPEST} deep"),
        (nested(5_000), f"something nested more than {DEEPEST} deep"),
        ("x" * LONGEST, f"a value of {LONGEST + 2:,} bytes, where a line of a file has room for {LONGEST:,}"),
    ],
    ids=lambda part: "..." if not isinstance(part, str) else part[:30],
)
def test_what_a_file_cannot_hold_has_no_text_and_is_told_with_its_place(value, why):
    with pytest.raises(NoText) as refusal:
        text(value)
    assert str(refusal.value) == why
    assert text_or_none(value) is None


def test_a_text_is_never_too_long_for_a_line_however_it_is_spaced():
    longest = [1] * ((LONGEST - 2) // 2)
    assert LONGEST - 3 <= len(text(longest)) <= LONGEST
    assert len(msgspec.json.format(text(longest), indent=0)) < LINE_AT_MOST - 10_000


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, True),
        (1, 1.0),
        (0.0, -0.0),
        ((1, 2), [1, 2]),
        ([True], [1]),
        ({"a": 1}, {"a": 1.0}),
        ({1: 2}, {"1": 2}),
        ({"a": 1}, OrderedDict(a=1)),
        (Note(1), Note(True)),
        (Note(1), {"text": 1}),
        (Put("k", (1,)), Put("k", [1])),
        (Pair(1, 2), (1, 2)),
        (Colour.RED, "red"),
        (b"a", "YQ=="),
        ([1], [1, 2]),
        ({1}, {2}),
    ],
)
def test_values_of_other_types_are_not_the_same_though_they_may_be_equal(one, other):
    assert not same(one, other)
    assert same(one, one)
    assert same(other, other)


def test_the_order_in_which_a_mapping_was_filled_makes_no_other_value():
    assert same({"a": 1, "b": [2]}, {"b": [2], "a": 1})


def test_the_parts_of_a_value_are_known_by_their_places():
    assert list(parts({"b": 1, "a": 2})) == [("['a']", 2), ("['b']", 1)]
    assert list(parts([5, 6])) == [("[0]", 5), ("[1]", 6)]
    assert list(parts(Pair(1, 2))) == [(".left", 1), (".right", 2)]
    assert list(parts(Put("k", 1))) == [(".key", "k"), (".value", 1)]
    assert list(parts(Colour.RED)) == [(".value", "red")]
    assert list(parts({7})) == [("[...]", 7)]
    assert [parts(each) for each in ("text", b"bytes", 1, 1.0, None, object())] == [None] * 6
    assert (names(Note()), names(Put), names(1)) == (("text",), None, None)
