"""Jepsen's histories: maps a line or in a vector, tags, nemeses, order; and what is none."""

import pytest

from splitbrain.errors import HistoryError
from splitbrain.linearizability.files import jepsen

LINES = """\
{:process 0, :type :invoke, :f :write, :value 1}
{:process :nemesis, :type :info, :f :start, :value "Cut off [:n1 #{:n2}]"}
{:process 0, :type :ok, :f :write, :value 1}
{:process 1, :type :invoke, :f :read, :value nil}
{:process 1, :type :ok, :f :read, :value 1}
"""


def entries(text):
    (told,) = jepsen.read(text, "h.edn")
    return told.entries


def test_a_map_a_line_and_a_vector_of_maps_are_the_same():
    one, two = entries(LINES), entries(f"[{LINES.strip()}]")
    assert [entry.line for entry in one] == [
        {"client": 0, "op": "write", "value": 1, "found": 1},
        {"client": 1, "op": "read", "found": 1},
    ]
    assert one == two == entries(f"({LINES.strip()})")


def test_records_are_their_maps_and_the_index_may_have_gaps():
    text = """#jepsen.history.Op{:index 0, :time 3291485317, :type :invoke, :process 2, :f :read, :value ["x" nil]}
#jepsen.history.Op{:index 5, :time 3296209422, :type :ok, :process 2, :f :read, :value ["x" 7]}"""
    (entry,) = entries(text)
    assert entry.line == {"client": 2, "op": "read", "key": "x", "found": 7}


def test_times_need_not_rise_but_indices_must():
    late = "{:process 0, :type :invoke, :f :read, :value nil, :time 5}\n{:process 0, :type :ok, :f :read, :value 1, :time 4}"
    assert len(entries(late)) == 1
    with pytest.raises(HistoryError, match=r"h\.edn, line 2: :index 4 stands behind :index 5; .*sort them by :index"):
        entries(late.replace(":time", ":index"))


def test_a_map_may_have_a_key_of_its_own():
    (entry,) = entries(
        '{:process 0, :type :invoke, :f :get, :key "7", :value nil}\n{:process 0, :type :ok, :f :get, :key "7", :value ""}'
    )
    assert entry.line == {"client": 0, "op": "get", "key": "7", "found": ""}


def test_an_empty_history_has_no_operation():
    assert entries("") == entries("[]") == entries("; nothing was asked\n") == ()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("{:process 0, :type :invoke}", "line 1: a map without :f;"),
        ("{:type :invoke, :f :read}", "line 1: a map without :process;"),
        ('{:process "0", :type :invoke, :f :read}', "line 1: :process '0'; it is the number of a client, or :nemesis"),
        ('{:process 0, :type "invoke", :f :read}', "line 1: :type 'invoke'; it is a keyword"),
        ("\n[1 2]", "line 2: 1; a history is maps"),
        ("7", "line 1: 7; a history is maps"),
        ("{:process 0,\n :type", "line 1: .* is never closed; "),
    ],
)
def test_what_is_no_history_is_told_with_its_line(text, found):
    with pytest.raises(HistoryError, match=f"h.edn, {found}"):
        entries(text)
