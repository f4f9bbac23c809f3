"""Canonical bytes of values: equal for equal ones, different for whatever a node could tell apart."""

from collections import OrderedDict, namedtuple
from dataclasses import dataclass
from enum import Enum
from itertools import combinations

import msgspec
import pytest
from scripted import Note

from splitbrain.errors import ScenarioError
from splitbrain.events import Observed, Wrote
from splitbrain.trace.encoding import encode
from splitbrain.trace.values import NATIVE, Plainly, Types, culprit, hook_of, unequal

Pair = namedtuple("Pair", "left right")
Twin = namedtuple("Twin", "left right")
INF = float("inf")


class Put(msgspec.Struct, frozen=True):
    text: object = ""


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


class Flag(Enum):
    RED = "red"


@dataclass(frozen=True)
class Said:
    text: object = ""


class Opaque:
    def __init__(self, inside):
        self.inside = inside


def inside(value):
    return value.inside


def line(value, show=inside):
    return encode([Observed(1, "n1", [value])], show)[0]


DIFFERENT = [
    1,
    1.0,
    True,
    "1",
    None,
    INF,
    -INF,
    "inf",
    0.0,
    -0.0,
    b"a",
    bytearray(b"a"),
    "YQ==",
    Note(1),
    Put(1),
    Said(1),
    {"text": 1},
    Note(b"a"),
    Note("YQ=="),
    Note(Put(1)),
    Note(Note(1)),
    Note({"text": 1}),
    Colour.RED,
    Flag.RED,
    Colour.BLUE,
    "red",
    {1, 2},
    [1, 2],
    Pair(1, 2),
    Twin(1, 2),
    [Note(1), {"text": 1}],
    [{"text": 1}, Note(1)],
    [[Note(1)], {"text": 1}],
    [[{"text": 1}], Note(1)],
    [["x", b"a"], "YQ=="],
    [["x", "YQ=="], b"a"],
    {1: 2},
    {"1": 2},
    {1: Note(1)},
    {1: Put(1)},
    {"pairs": [[1, 2]]},
    {None: 1},
    {"None": 1},
    {"null": 1},
    {True: 1},
    {(1, 2): 3},
    {frozenset({1}): 3},
    {Note(1)},
    {Put(1)},
    {1, "x", None},
    [None, 1, "x"],
    {"float": "inf"},
    {"type": "float", "is": "inf"},
    [INF],
    [None],
    OrderedDict(a=1),
    {"a": 1},
    Opaque(1),
    Opaque({"a": 1}),
    Opaque(INF),
    Note(INF),
    Put(INF),
    2**70,
    {2**70: 1},
    "",
    [],
    {},
    (),
    frozenset(),
]


def test_whatever_a_node_could_tell_apart_has_other_bytes():
    seen = {}
    for value in DIFFERENT:
        seen.setdefault(line(value), []).append(value)
    twins = [each for each in seen.values() if len(each) > 1]
    assert twins == [[[], ()]]  # a list and a tuple are the same


def test_a_value_has_the_same_bytes_whatever_the_order_in_which_it_was_filled():
    for one, other in [
        ({"a": 1, "b": Note(2)}, {"b": Note(2), "a": 1}),
        ({1: 2, "x": 3}, {"x": 3, 1: 2}),
        (frozenset("abcdef"), frozenset("fedcba")),
        ({Note(1), Note(2)}, {Note(2), Note(1)}),
        ({"a": {3: 4, 1: 2}}, {"a": {1: 2, 3: 4}}),
        ((1, (2,)), [1, [2]]),
    ]:
        assert line(one) == line(other)


def test_the_quick_way_and_the_long_way_tell_the_same_values_apart():
    hook = hook_of(inside)
    long = [Plainly(hook).encode(value) for value in DIFFERENT]
    quick = [line(value) for value in DIFFERENT]
    for one, other in combinations(range(len(DIFFERENT)), 2):
        assert (long[one] == long[other]) == (quick[one] == quick[other])


def test_the_quick_way_says_nothing_of_what_is_plain_and_gives_up_on_what_is_ambiguous():
    def told(value):
        types = []
        return types if Types(hook_of(None)).tell(value, types) else None

    assert str in NATIVE
    assert told(1.5) == []
    assert told(["x", 1]) == ["(", ")"]
    assert told(Note([Put(1)])) == ["Note(", "0", "(", "0", "Put(", ")", ")", ")"]
    assert [told(each) for each in (INF, {1: 2}, {Note(1)}, [[INF]])] == [None] * 4


def test_two_values_of_one_event_are_not_mixed_up():
    assert encode([Wrote(1, "n1", b"a", "YQ==")]) != encode([Wrote(1, "n1", "YQ==", b"a")])


@pytest.mark.parametrize(
    ("value", "what"),
    [
        (float("nan"), None),
        (Note(1j), "builtins.complex in .text"),
        ({1: 1j}, "builtins.complex in [1]"),
        ({(1, 1j): 1}, "builtins.complex in [1], of a key"),
        ([1, {"x": Opaque(1)}], f"{__name__}.Opaque in [1]['x']"),
        ({1: (2, 3)}, None),
    ],
)
def test_what_has_no_bytes_is_told_with_its_place(value, what):
    assert culprit(value, None) == what


@pytest.mark.parametrize(
    ("value", "place"),
    [
        (float("nan"), "nan"),
        ({"a": [Note(float("nan"))]}, "nan in ['a'][0].text"),
        (Said((1, float("nan"))), "nan in .text[1]"),
        (Note([1, INF, None, "nan"]), None),
    ],
)
def test_what_does_not_equal_itself_is_told_with_its_place(value, place):
    assert unequal(value) == place


def test_a_show_that_leaves_the_program_is_told_as_one_that_raises():
    def leaves(_):
        raise SystemExit(0)

    with pytest.raises(ScenarioError, match=r"show\(Opaque\) raised SystemExit: 0 \(at .*test_values"):
        hook_of(leaves)(Opaque(1))
