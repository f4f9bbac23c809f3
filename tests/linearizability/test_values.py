"""Which values are the same, and how they are shown."""

from enum import Enum

import msgspec
import pytest

from splitbrain.errors import ScenarioError
from splitbrain.linearizability.values import as_asked, canonical, shown, spoken


class Colour(Enum):
    RED = 1


class Point(msgspec.Struct, frozen=True):
    at: object


class Thing:
    __hash__ = None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, 1.0),
        ([1, [2]], (1, (2,))),
        ({"a": 1, "b": [2]}, {"b": [2], "a": 1}),
        (float("nan"), float("nan")),
        ({1, 2}, frozenset({2, 1})),
        (Colour.RED, Colour.RED),
        (Point([1]), Point((1,))),
    ],
    ids=str,
)
def test_values_that_a_user_calls_the_same_are(one, other):
    assert canonical(one) == canonical(other)
    assert hash(canonical(one)) == hash(canonical(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, True),
        (0, False),
        (1.0, True),
        ([1], [True]),
        ({"a": 1}, {"a": True}),
        ("1", 1),
        (None, False),
        ([], {}),
        ([], None),
        ({}, set()),
        ("a", b"a"),
        (True, [bool, "true"]),
        (Colour.RED, 1),
    ],
    ids=str,
)
def test_others_are_not(one, other):
    assert canonical(one) != canonical(other)


def test_what_can_be_neither_hashed_nor_looked_into_is_refused():
    with pytest.raises(ScenarioError, match="a Thing cannot be compared"):
        canonical([Thing()])


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "None"),
        (4, "4"),
        ("four", "four"),
        ("", "''"),
        ("a\nb", r"'a\nb'"),
        ([1, "a"], "[1, a]"),
        ((1,), "[1]"),
        ({"a": [1]}, "{a: [1]}"),
        ({"b", "a"}, "{a, b}"),
        (Thing(), "a Thing"),
        ("a" * 61, "a" * 59 + "…"),
    ],
)
def test_a_value_is_shown_on_one_line_the_same_in_every_process(value, text):
    assert shown(value) == text


def test_a_command_is_spoken_without_a_key_that_is_none():
    assert spoken(("put", "x", [1, None])) == "put x [1, None]"
    assert spoken(["get", None]) == "get"
    assert spoken(("enqueue",)) == "enqueue"
    assert spoken("deposit") == "deposit"
    assert spoken(()) == "[]"


@pytest.mark.parametrize(
    "key", ["x", 1, True, None, 1.5, float("nan"), ["a", 1], ("a", [True]), {"a": [1]}, {1, 2}, Point([1]), Colour.RED], ids=str
)
@pytest.mark.parametrize("around", [("get",), ("cas", Thing())], ids=["get", "cas"])
def test_a_key_is_told_as_it_was_asked(key, around):
    assert as_asked(canonical(key), (*around, key, 7)) is key
    assert as_asked(canonical(key), [*around, key]) is key
    assert as_asked(canonical(key), {"op": around[-1], "key": key}) is key


def test_a_key_that_no_part_of_the_command_is_stays_what_its_model_made_of_it():
    assert as_asked(("shard", 3), ("get", "x")) == ("shard", 3)
    assert as_asked(("shard", 3), Point("x")) == ("shard", 3)
