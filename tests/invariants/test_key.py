"""Which values are the same, and what they are looked up by."""

from collections import OrderedDict, namedtuple
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, IntEnum

import msgspec
import pytest

from splitbrain_invariants.key import key, lower, number, same

NAN = float("nan")
Pair = namedtuple("Pair", ["left", "right"])


class Colour(Enum):
    RED = "red"


class Level(IntEnum):
    LOW = 1


class Put(msgspec.Struct, frozen=True):
    name: str
    value: object


class Remove(msgspec.Struct, frozen=True):
    name: str
    value: object


class Mutable(msgspec.Struct):
    value: object


@dataclass
class Record:
    value: object


class Plain:
    def __init__(self, value):
        self.value = value

    def __eq__(self, other):
        return self.value == other.value

    __hash__ = None


SAME = [
    ("a", "a"),
    (NAN, float("nan")),
    (float("inf"), float("inf")),
    (Decimal("nan"), Decimal("nan")),
    ({"a": [NAN]}, {"a": [float("nan")]}),
    ((1, 2), [1, 2]),
    ((1, (2, "x")), [1, [2, "x"]]),
    (Pair(1, 2), (1, 2)),
    ({"a": 1, "b": (2,)}, OrderedDict([("b", [2]), ("a", 1)])),
    ({1: "a", (1, 2): "b"}, {(1, 2): "b", 1: "a"}),
    ({1, "a", None, (2,)}, frozenset([(2,), None, "a", 1])),
    (bytearray(b"x"), b"x"),
    (Colour.RED, "red"),
    (Level.LOW, 1),
    (Put("a", [1]), Put("a", (1,))),
    (Mutable({1: 2}), Mutable({1: 2})),
    (Record([1]), Record([1])),
    (Plain([1]), Plain([1])),
    (2**70, 2**70),
]
DIFFERENT = [
    (1, True),
    (1, 1.0),
    (True, 1.0),
    (0, False),
    (0.0, -0.0),
    (0, None),
    ("1", 1),
    ("x", b"x"),
    ([1], b"[1]"),
    ([1], "[1]"),
    (b"x", [120]),
    ((1,), 1),
    ((1, 2), {1, 2}),
    ([1], [True]),
    ([1], [1.0]),
    ({"a": 1}, {"a": True}),
    ({1: "a"}, {True: "a"}),
    ({1: "a"}, {"1": "a"}),
    ({"a": 1}, [["a", 1]]),
    ({1}, {True}),
    (Put("a", 1), Put("a", True)),
    (Put("a", 1), Remove("a", 1)),
    (Put("a", 1), ("a", 1)),
    (Record(1), Record(1.0)),
    (Decimal(1), 1),
    ("", ()),
    ((), {}),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_are_the_same(one, other):
    assert same(one, other)
    assert same([one], (other,))
    assert {key(one): "found"}[key(other)] == "found"
    assert hash(key(one)) == hash(key(other))


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_are_different(one, other):
    assert not same(one, other)
    assert not same(other, one)
    assert not same({"k": one}, {"k": other})


@pytest.mark.parametrize("value", [None, 1, "a", b"a", (1, "n1")])
def test_plain_values_are_their_own_keys(value):
    assert key(value) == value
    assert type(key(value)) is type(value)


def test_text_is_looked_up_by_itself():
    # It is what the default workload asks for.
    text = "v1"
    assert key(text) is text


@pytest.mark.parametrize(("one", "other"), [(1, 1.0), (True, 1), ((1, "n1"), [1, "n1"]), ([1, ["n1"]], (1, ("n1",)))], ids=repr)
def test_ballots_of_which_neither_is_lower_are_one(one, other):
    assert number(one) == number(other)
    assert not lower(one, other)
    assert not lower(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [(1, 2), ((1, "n1"), (1, "n2")), ([1, "n1"], (2, "n1")), ((1, ["n1"]), [1, ("n2",)]), ((1, "n10"), (1, "n9")), (0.5, 1)],
    ids=repr,
)
def test_a_ballot_is_lower_in_its_own_order(one, other):
    assert lower(one, other)
    assert not lower(other, one)
    assert number(one) != number(other)


def test_a_ballot_that_has_an_order_and_a_hash_is_looked_up_by_itself():
    class Ballot(msgspec.Struct, frozen=True, order=True):
        round: int
        proposer: str

    first = Ballot(1, "n1")
    assert number(first) is first
    assert lower(first, Ballot(1, "n2"))
