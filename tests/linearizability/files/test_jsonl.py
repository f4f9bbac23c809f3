"""JSON a line: an operation, or a history; and lines that cannot be."""

import json

import msgspec
import pytest

from splitbrain.errors import HistoryError
from splitbrain.linearizability.files import jsonl

GET = {"client": 0, "op": "get", "key": "x", "found": 1, "call": 3, "return": 5}


def text(*lines):
    return "\n".join(json.dumps(line) for line in lines)


def entries(*lines):
    (told,) = jsonl.read(text(*lines), "h.jsonl")
    return told.entries


def test_a_line_is_an_operation_with_its_moments():
    (entry,) = entries(GET | {"n": 7})
    assert (entry.client, entry.called, entry.returned, entry.at) == ("0", 3, 5, 1)
    assert entry.line["found"] == 1


def test_null_is_an_outcome_that_nobody_knows_and_whoever_asked_may_go_on():
    unknown, other = entries(GET | {"return": None}, GET | {"call": 4})
    assert unknown.returned is None
    assert other.returned == 5


def test_operations_come_in_the_order_of_their_calls_and_keep_the_lines_of_the_file():
    assert [entry.at for entry in entries(GET | {"call": 4, "client": 1}, GET)] == [2, 1]


def test_a_client_may_call_at_the_moment_at_which_it_was_answered():
    assert len(entries(GET, GET | {"call": 5, "return": 6})) == 2


def test_lists_are_tuples_however_deep():
    (entry,) = entries(GET | {"found": [1, [2]]})
    assert entry.line["found"] == (1, (2,))


def test_a_line_with_ops_is_a_history_of_its_own():
    one, two = jsonl.read(
        text({"name": "a", "model": "register", "initial": [0], "linearizable": True, "ops": [GET]}, {"ops": []}), "h.jsonl"
    )
    assert (one.name, one.model, one.initial, one.linearizable, one.source, one.unit) == (
        "a", "register", (0,), True, "h.jsonl, line 1", "operation",
    )  # fmt: skip
    assert (two.name, two.model, two.initial, two.linearizable, two.entries) == (None, None, msgspec.UNSET, None, ())


def test_no_line_at_all_is_an_empty_history():
    assert entries() == ()
    assert jsonl.read("\n  \n", "h.jsonl")[0].entries == ()


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("{", "no JSON"),
        ("[]", "is no object"),
        ('{"client": 0, "client": 1}', "one object has 'client' twice"),
        ('{"client": NaN}', "NaN is no number of JSON"),
        ("[" * 100_000, "nested more than 100 deep"),
        ("[" * 101 + "]" * 101, "nested more than 100 deep"),
        ('{"a": ' * 101 + "1" + "}" * 101, "nested more than 100 deep"),
        (json.dumps(GET | {"client": None}), "it has no `client`"),
        (json.dumps(GET | {"client": True}), "`client` is True"),
        (json.dumps(GET | {"op": 3}), "`op` is 3; that is a text"),
        (json.dumps(GET | {"call": "soon"}), "`call` is 'soon'; that is a number"),
        (json.dumps({name: each for name, each in GET.items() if name != "return"}), "it has no `return`; .*null"),
        (json.dumps(GET | {"return": 2}), "it returned at 2, before it was called, at 3; .*mend one of the two"),
        (json.dumps(GET | {"call": 1, "return": 4}), "client 0 calls at 3, but line 2 of its own returns at 4; "),
    ],
)
def test_lines_that_cannot_be_are_told_with_their_numbers(line, found):
    with pytest.raises(HistoryError, match=rf"h\.jsonl, line [12]: .*{found}"):
        jsonl.read(f"{text(GET)}\n{line}", "h.jsonl")


def test_histories_and_operations_do_not_mix():
    with pytest.raises(HistoryError, match=r"h\.jsonl, line 2: no list `ops`"):
        jsonl.read(text({"ops": []}, GET), "h.jsonl")


def test_an_operation_within_a_history_is_told_by_its_number_there():
    with pytest.raises(HistoryError, match=r"h\.jsonl, line 1, operation 2: it has no `op`"):
        jsonl.read(text({"ops": [GET, {"client": 3}]}), "h.jsonl")


@pytest.mark.parametrize("wrong", [{"name": 3}, {"model": []}, {"linearizable": "yes"}])
def test_what_a_history_says_of_itself_has_its_types(wrong):
    (name,) = wrong
    with pytest.raises(HistoryError, match=rf"line 1: {name} .*; it is"):
        jsonl.read(text({"ops": []} | wrong), "h.jsonl")


def test_a_value_by_itself_is_read_alike():
    assert jsonl.value("[1, [null]]") == (1, (None,))
    with pytest.raises(ValueError, match="twice"):
        jsonl.value('{"a": 1, "a": 2}')


def test_many_values_beside_each_other_are_not_deep():
    assert jsonl.value(f"[{', '.join(['[[]]'] * 200)}]") == (((),),) * 200
    assert jsonl.value("[" * 100 + "]" * 100) != ()
