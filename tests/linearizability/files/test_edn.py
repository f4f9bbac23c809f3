"""EDN: each kind of thing, the line on which it stands, and what is none."""

import pytest

from splitbrain.linearizability.files.edn import EdnError, Map, things


def read(text):
    return [thing for _, thing in things(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("nil true false", [None, True, False]),
        ("1 -2 +3 4N 0", [1, -2, 3, 4, 0]),
        ("1.5 -2e3 1.5M 1E-2", [1.5, -2000.0, 1.5, 0.01]),
        (":read :a/b", [":read", ":a/b"]),
        ("foo my-ns/bar", ["foo", "my-ns/bar"]),
        (r'"a\n\"b\"\\ \u0041"', ['a\n"b"\\ A']),
        (r"\a \newline \u0041 \space", ["a", "\n", "A", " "]),
        ("[1 2, (3 nil)]", [(1, 2, (3, None))]),
        ("#{1 2 2}", [frozenset({1, 2})]),
        ("{:a 1, :b [2]}", [{":a": 1, ":b": (2,)}]),
        ('#jepsen.history.Op{:a 1} #inst "2020"', [{":a": 1}, "2020"]),
        ("1 #_ 2 3 #_[4 5] 6", [1, 3, 6]),
        ("[1 #_2 3 #_4]", [(1, 3)]),
        ("[#_ #_ 1 2 3]", [(3,)]),
        ("; a comment\n1 ; another\n2", [1, 2]),
        ("", []),
    ],
)
def test_each_kind_of_thing_is_read(text, expected):
    assert read(text) == expected


def test_a_keyword_is_no_string_of_that_name():
    assert read(':a "a"') == [":a", "a"]


def test_things_and_the_maps_within_them_know_their_lines():
    (first, vector), (last, _) = things('[{:a 1}\n {:b "two\nlines"}\n {:c 3}]\n7')
    assert (first, last) == (1, 5)
    assert [each.line for each in vector if isinstance(each, Map)] == [1, 2, 4]


@pytest.mark.parametrize(
    ("text", "line", "found"),
    [
        ("\n[1 2", 2, "never closed"),
        ("1\n]", 2, "closes nothing"),
        ("(1]", 1, "does not close"),
        ("{:a 1\n :b}", 1, "a key without a value"),
        ("{:a 1 :a 2}", 1, "one key twice"),
        ('\n\n"open', 3, "is no EDN"),
        ("1x", 1, "no number"),
        ("# ", 1, "is no EDN"),
        (f"1\n{'9' * 5000}", 2, r"an integer of 5,000 digits, 99999999\.\.\., which is too long"),
        ("\n" + "[" * 5000 + "]" * 5000, 2, "nested more than 100 deep"),
        ("{:a " * 101 + "1" + "}" * 101, 1, "nested more than 100 deep"),
        ("#{" * 101 + "1" + "}" * 101, 1, "nested more than 100 deep"),
    ],
)
def test_what_is_none_is_told_with_its_line(text, line, found):
    with pytest.raises(EdnError, match=found) as raised:
        read(text)
    assert raised.value.line == line
