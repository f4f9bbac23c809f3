"""What a model makes of a file's entries."""

import pytest

from splitbrain.errors import HistoryError
from splitbrain.linearizability.files.told import Entry, Told, operations, wrong
from splitbrain.linearizability.model import Model
from splitbrain.linearizability.models import MODELS

REGISTER = MODELS["register"]


def told(*lines, **how):
    entries = [
        Entry(
            "7",
            {"op": "get", "key": "x"} | line,
            called=place,
            returned=None if line.get("lost") else place + 0.5,
            at=place,
            back=place,
        )
        for place, line in enumerate(lines, 1)
    ]
    return Told("h.jsonl", tuple(entries), **how)


def test_an_operation_has_the_client_as_its_session_and_its_line_as_its_step():
    (operation,) = operations(told({"found": 3}), REGISTER())
    assert (operation.id, operation.session, operation.command, operation.result) == ("7.1", "client 7", ("get", "x"), 3)
    assert (operation.called, operation.returned, operation.step, operation.replied) == (1, 1.5, 1, 1)
    assert operation.outcome == "answered"


def test_of_what_nobody_knows_the_outcome_there_is_no_result():
    (operation,) = operations(told({"op": "put", "value": 1, "lost": True}), REGISTER())
    assert (operation.outcome, operation.result, operation.returned) == ("unknown", None, None)


def test_a_read_of_nil_says_nothing_where_nil_cannot_be_what_was_there_at_first():
    history = told({"op": "read", "found": None}, nil=True)
    assert operations(history, REGISTER(initial=0)) == []
    assert len(operations(history, REGISTER())) == 1
    assert len(operations(told({"op": "read", "found": None}), REGISTER(initial=0))) == 1


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ({}, "it has no `found`; a 'get' that returned has found something, or null"),
        ({"op": "read"}, "it has no `found`; a 'read' that returned"),
        ({"op": "contains", "value": 1}, "it has no `found`; a 'contains' that returned"),
        ({"op": "put"}, "it has no 'value'; a 'put' cannot be judged without it"),
        ({"op": "cas", "old": 1, "value": 2, "ok": "no"}, "`ok` is 'no', which is neither true nor false"),
        ({"op": "leap"}, "a register knows get, put, cas and delete, and not .*leap.*; .*name the model that knows it"),
    ],
)
def test_a_line_that_the_model_does_not_know_is_told(line, found):
    with pytest.raises(HistoryError, match=rf"h\.jsonl, line 1: {found}"):
        operations(told(line), REGISTER())
    with pytest.raises(HistoryError, match=r"h\.jsonl, operation 1: "):
        operations(told(line, unit="operation"), REGISTER())


@pytest.mark.parametrize("said", [{}, {"found": None}, {"ok": None}])
def test_whether_a_set_contains_a_value_is_said_where_it_was_answered(said):
    line = {"op": "contains", "value": 1} | said
    with pytest.raises(HistoryError, match="line 1: it has no `found`; a 'contains' that returned has found true or false; write"):
        operations(told(line), MODELS["set"]())
    assert operations(told(line | {"lost": True}), MODELS["set"]())[0].outcome == "unknown"
    for name in ("found", "ok"):
        assert operations(told({"op": "contains", "value": 1, name: False}), MODELS["set"]())[0].result is False


class Clumsy(Model):
    initial = 0

    def read(self, line):
        return line["found"].no_such_thing


def test_a_model_that_goes_wrong_itself_is_blamed():
    with pytest.raises(
        HistoryError, match=r"line 1: Clumsy raised AttributeError: .*test_told\.py.*must return \(command, result\)"
    ):
        operations(told({"found": 3}), Clumsy())


def test_an_error_has_three_beats():
    with pytest.raises(HistoryError, match=r"^f, line 3: this; that$"):
        wrong("f", 3, "this", "that")


@pytest.mark.parametrize(
    ("model", "line"),
    [
        ("set", {"op": "read", "found": 3}),
        ("set", {"op": "read", "found": None}),
        ("counter", {"op": "read", "found": True}),
        ("counter", {"op": "read", "found": None}),
    ],
)
def test_what_the_model_could_answer_in_no_state_is_refused_and_of_an_outcome_that_nobody_knows_nothing_is(model, line):
    with pytest.raises(HistoryError, match=rf"h\.jsonl, line 1: .* was answered .*, but a {model} answers .*; name the model"):
        operations(told(line), MODELS[model]())
    assert len(operations(told(line | {"lost": True}), MODELS[model]())) == 1


@pytest.mark.parametrize(
    ("model", "line"),
    [
        ("set", {"op": "read", "found": (1, 1)}),  # no set, but what a broken one may well say
        ("set", {"op": "contains", "value": 1, "ok": False}),
        ("counter", {"op": "read", "found": 2.5}),
        ("kv-append", {"op": "get", "found": None}),
        ("kv-append", {"op": "get", "found": 3}),  # a service that answers so is broken, and not its history
        ("queue", {"op": "dequeue", "found": [1]}),
        ("lock", {"op": "acquire"}),
    ],
)
def test_an_answer_that_is_wrong_and_no_more_is_judged(model, line):
    assert len(operations(told(line), MODELS[model]())) == 1


def test_a_read_of_nil_that_says_nothing_is_no_misfit():
    assert operations(told({"op": "read", "found": None}, nil=True), MODELS["counter"]()) == []


def test_what_a_file_has_as_a_node_said_it_is_not_read_and_keeps_its_name():
    entry = Entry("s2", {"op": "inc"}, 3, 4, 7, 9, said=(("inc", "x"), 1), id="s2.3")
    (operation,) = operations(Told("h", (entry,), unit="step"), Silent())
    assert (operation.id, operation.session, operation.command, operation.result) == ("s2.3", "s2", ("inc", "x"), 1)


class Silent(Model):
    """It reads no lines."""

    initial = 0

    def step(self, state, command, result):
        return state + 1
