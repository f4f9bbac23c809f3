"""What can change is copied; what cannot passes as it is."""

from collections import namedtuple
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

import msgspec
import pytest

from splitbrain.trace.freezing import freeze, is_frozen


class Frozen(msgspec.Struct, frozen=True):
    value: object = None


class Thawed(msgspec.Struct):
    value: object = None


@dataclass(frozen=True)
class Record:
    value: object = None


@dataclass(frozen=True)
class Longer(Record):
    other: object = field(default=None)


@dataclass
class Loose:
    value: object = None


class Loosened(Record):  # neither a dataclass itself nor slotted: it can be given attributes
    pass


class Pair(NamedTuple):
    left: object
    right: object


class Colour(Enum):
    RED = 1


class Text(str):
    pass


Point = namedtuple("Point", "x y")

IMMUTABLE = [0, "text", b"bytes", 1.5, None, True, (), (1, ("a", None)), frozenset({1, 2}), Colour.RED]
IMMUTABLE += [Frozen((1, 2)), Frozen(Frozen("x")), Record("x"), Longer(1, (2,)), Pair(1, "b"), Point(1, 2), (Record(Frozen(1)),)]
MUTABLE = [[], {}, set(), [1], bytearray(b"x"), Thawed(1), Loose(1), Loosened(1), object(), Text("x")]
MUTABLE += [(1, []), Frozen([]), Frozen((1, {})), Record([]), Longer(1, []), Pair(1, []), Point([], 1), (Thawed(),)]


@pytest.mark.parametrize("value", IMMUTABLE, ids=repr)
def test_what_can_never_change_passes_as_it_is(value):
    assert is_frozen(value)
    assert freeze(value) is value


@pytest.mark.parametrize("value", MUTABLE, ids=lambda value: type(value).__name__)
def test_what_may_change_is_copied(value):
    assert not is_frozen(value)
    assert freeze(value) is not value


def test_a_copy_is_deep():
    inner = ["x"]
    copied = freeze(Frozen((1, inner)))
    inner.append("y")
    assert copied == Frozen((1, ["x"]))


def test_a_type_is_judged_by_its_values_each_time():
    assert is_frozen(Frozen(1))
    assert not is_frozen(Frozen([]))
    assert is_frozen(Frozen((2,)))


def test_what_is_nested_too_deeply_to_be_copied_is_refused_in_words():
    deep = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(ValueError, match="a list is nested too deeply to be kept as it was; send and write flatter data"):
        freeze(deep)
