"""Values in words."""

from collections import namedtuple
from dataclasses import dataclass

import pytest

from splitbrain.report.values import ballot, clip_middle, counted, gist
from splitbrain.trace.readable import clip, fields, value
from splitbrain_protocols.paxos.messages import Ballot, Promise, Proposal
from splitbrain_protocols.raft.core.messages import AppendEntries, Entry, RequestVoteReply

B = Ballot(2, "n1")


@dataclass
class Point:
    x: int
    y: object


Pair = namedtuple("Pair", "left right")


class Opaque:
    pass


class Loud:
    def __repr__(self):
        return "loud\n"


@pytest.mark.parametrize(
    ("thing", "shown"),
    [
        ("v1", "v1"),
        ("", "''"),
        ("a\nb", r"'a\nb'"),
        (None, "None"),
        (True, "True"),
        (b"x", "b'x'"),
        ((1, "a"), "[1, a]"),
        ({"k": [1]}, "{k: [1]}"),
        ({"b", "a", "c"}, "{a, b, c}"),
        (Point(1, "a"), "Point(1, a)"),
        (Pair(1, 2), "Pair(1, 2)"),
        (Opaque(), "a Opaque"),
        (Loud(), r"'loud\n'"),
        ([[[[["deep"]]]]], "[[[[…]]]]"),
        ("x" * 99, "x" * 59 + "…"),
    ],
    # No repr of a set or an object: it differs between processes, and pytest-xdist compares the names of tests.
    ids=lambda each: each if isinstance(each, str) else type(each).__name__,
)
def test_a_value_stands_on_one_line_and_is_the_same_in_every_process(thing, shown):
    assert value(thing) == shown


def test_a_long_list_loses_its_middle():
    text = clip_middle(" ".join(f"v{number}" for number in range(100)), 30)
    assert text == "v0 v1 v2 v3 v4 … v97 v98 v99"


def test_a_message_is_told_by_what_it_carries_beyond_its_name():
    assert gist(RequestVoteReply(3, True), 3) == "vote granted"
    assert gist(AppendEntries(3, 1, 1, (), 0), 3) == "no entries, prev log index 1, prev log term 1, leader commit 0"
    assert gist(AppendEntries(3, 0, 0, (Entry(1, "v"),), 0), 3).endswith("entries [(1 v)], leader commit 0")
    assert gist(AppendEntries(3, 0, 0, (Entry(1, None),), 0), 3).endswith("entries [(1 no-op)], leader commit 0")
    assert gist(Promise(B, None), 2) == "no accepted"
    assert gist(Promise(B, Proposal(Ballot(1, "n2"), None)), 2) == "accepted (1.n2 None)"  # a value, and no log's entry
    assert gist(Promise(B, Proposal(Ballot(1, "n2"), "v")), 2) == "accepted (1.n2 v)"
    assert gist("plain") == "plain"
    assert gist(None) == ""


def test_a_text_that_is_too_long_ends_with_an_ellipsis():
    assert clip("abcdef", 6) == "abcdef"
    assert clip("abcdef", 4) == "abc…"


@pytest.mark.parametrize(("number", "told"), [(0, "0 writes"), (1, "1 write"), (2_000, "2,000 writes")])
def test_things_are_counted_in_the_singular_or_the_plural(number, told):
    assert counted(number, "write") == told


@pytest.mark.parametrize(
    ("thing", "told"), [(B, "2.n1"), ((3, "n2"), "3.n2"), (7, "7"), ((), "[]"), ((1, None), "[1, None]")], ids=str
)
def test_a_ballot_of_any_type_is_told_with_dots_where_it_has_parts(thing, told):
    assert ballot(thing) == told


def test_the_fields_of_a_record_are_known_in_their_order_and_nothing_else_has_any():
    assert fields(Point(1, "a")) == [("x", 1), ("y", "a")]
    assert fields(Pair(1, 2)) == [("left", 1), ("right", 2)]
    assert fields(B) == [("round", 2), ("proposer", "n1")]
    assert fields(Point) is fields((1, 2)) is fields("plain") is None
