"""Registers, and texts that grow."""

import pytest

from splitbrain.linearizability.model import UNKNOWN
from splitbrain.linearizability.models import KvAppend, Register


def after(model, *asked):
    """The state after commands and their results; None from the first that cannot be on."""
    state = model.initial
    for command, result in asked:
        state = None if state is None else model.step(state, command, result)
    return state


@pytest.mark.parametrize(
    "asked",
    [
        [(("get", "x"), None)],
        [(("put", "x", 1), True), (("get", "x"), 1)],
        [(("put", "x", 1), None), (("get", "x"), 1.0)],
        [(("put", "x", 1), True), (("put", "x", 2), True), (("get", "x"), 2)],
        [(("put", "x", 1), True), (("delete", "x"), True), (("get", "x"), None)],
        [(("cas", "x", None, 1), True), (("get", "x"), 1)],
        [(("cas", "x", 2, 1), False), (("get", "x"), None)],
        [(("put", "x", 1), True), (("cas", "x", 1, 2), UNKNOWN), (("get", "x"), 2)],
        [(("put", "x", 1), True), (("cas", "x", 3, 2), UNKNOWN), (("get", "x"), 1)],
        [(["put", "x", [1, {"a": [2]}]], True), (("get", "x"), (1, {"a": (2,)}))],
        [(("get", "x"), UNKNOWN), (("get", "x"), None)],
    ],
)
def test_what_a_register_may_answer(asked):
    assert after(Register(), *asked) is not None


@pytest.mark.parametrize(
    "asked",
    [
        [(("get", "x"), 1)],
        [(("put", "x", 1), True), (("get", "x"), None)],
        [(("put", "x", 1), True), (("get", "x"), True)],
        [(("put", "x", 1), True), (("delete", "x"), True), (("get", "x"), 1)],
        [(("cas", "x", None, 1), False)],
        [(("cas", "x", 2, 1), True)],
        [(("put", "x", 1), True), (("cas", "x", True, 2), True)],
    ],
)
def test_what_a_register_may_not_answer(asked):
    assert after(Register(), *asked) is None


def test_a_register_begins_as_is_said():
    assert after(Register(initial=7), (("get", "x"), 7)) is not None
    assert after(Register(initial=7), (("get", "x"), None)) is None


@pytest.mark.parametrize("model", [Register(), KvAppend()])
def test_each_key_is_one_of_its_own(model):
    assert model.key(("get", "x")) == model.key(("put", "x", "1")) != model.key(("get", "y"))
    assert model.key(["get", ["x", 1]]) == model.key(("get", ("x", 1)))


def test_of_a_register_gets_and_puts_fit_zones():
    model = Register()
    assert model.zone(("get", "x"), 1) == ("read", 1)
    assert model.zone(("put", "x", 1), True) == ("write", 1)
    assert model.zone(("cas", "x", 1, 2), True) is None
    assert model.zone(("delete", "x"), True) is None


@pytest.mark.parametrize(
    ("command", "result", "writes", "others"),
    [
        (
            ("get", "x"),
            1,
            [("put", "x", 1), ("cas", "x", 5, 1)],
            [("put", "x", 2), ("cas", "x", 1, 5), ("delete", "x"), ("get", "x")],
        ),
        (("get", "x"), None, [("delete", "x"), ("put", "x", None)], [("put", "x", 2)]),
        (("cas", "x", 1, 2), True, [("put", "x", 1)], [("put", "x", 2)]),
    ],
)
def test_what_a_register_holds_was_left_there(command, result, writes, others):
    [(is_near, helps)] = Register().wants(command, result)
    assert [helps(each) for each in writes + others] == [True] * len(writes) + [False] * len(others)
    assert is_near((result if command[0] == "get" else command[2],))
    assert not is_near((99,))
    assert not Register().wants(("cas", "x", 1, 2), False)


@pytest.mark.parametrize(
    "asked",
    [
        [(("get", "x"), "")],
        [(("get", "x"), None)],
        [(("append", "x", "a"), True), (("append", "x", "b"), None), (("get", "x"), "ab")],
        [(("append", "x", "a"), True), (("put", "x", "b"), True), (("append", "x", "c"), True), (("get", "x"), "bc")],
    ],
)
def test_what_a_text_that_grows_may_answer(asked):
    assert after(KvAppend(), *asked) is not None


@pytest.mark.parametrize(
    "asked",
    [
        [(("append", "x", "a"), True), (("append", "x", "b"), True), (("get", "x"), "ba")],
        [(("append", "x", "a"), True), (("get", "x"), None)],
        [(("append", "x", "a"), True), (("put", "x", "b"), True), (("get", "x"), "ab")],
    ],
)
def test_what_a_text_that_grows_may_not_answer(asked):
    assert after(KvAppend(), *asked) is None


def test_a_text_grows_into_what_begins_with_it_or_is_put_there():
    (is_near, helps), (is_there, ends) = KvAppend().wants(("get", "x"), "abc")
    assert [is_near(text) for text in ("", "ab", "abc", "b", "abcd")] == [True, True, True, False, False]
    assert [helps(("put", "x", text)) for text in ("a", "b")] == [True, False]
    assert not helps(("append", "x", "c"))
    assert [is_there(text) for text in ("", "ab", "abc")] == [False, False, True]
    assert [ends(command) for command in (("append", "x", "bc"), ("put", "x", "abc"), ("append", "x", "b"))] == [True, True, False]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ({"op": "get", "key": "x", "found": 1}, (("get", "x"), 1)),
        ({"op": "read", "found": 1}, (("get", None), 1)),
        ({"op": "get", "key": "x"}, (("get", "x"), None)),
        ({"op": "put", "key": "x", "value": 1}, (("put", "x", 1), True)),
        ({"op": "write", "value": 1}, (("put", None, 1), True)),
        ({"op": "cas", "key": "x", "old": 1, "value": 2, "ok": False}, (("cas", "x", 1, 2), False)),
        ({"op": "cas", "key": "x", "old": 1, "value": 2}, (("cas", "x", 1, 2), True)),
        ({"op": "delete", "key": "x"}, (("delete", "x"), True)),
    ],
)
def test_lines_of_registers(line, expected):
    assert Register().read(line) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ({"op": "get", "key": "x", "found": "a"}, (("get", "x"), "a")),
        ({"op": "append", "key": "x", "value": "a"}, (("append", "x", "a"), True)),
        ({"op": "put", "key": "x", "value": "a"}, (("put", "x", "a"), True)),
    ],
)
def test_lines_of_texts_that_grow(line, expected):
    assert KvAppend().read(line) == expected


@pytest.mark.parametrize("command", [("increment", "x"), ("get",), "get", ("put", "x"), 7, None, ("append", "x", 1), ()])
def test_what_cannot_be_asked_is_said_and_is_no_wrong_answer(command):
    with pytest.raises(ValueError, match="a register knows get, put, cas and delete, and not"):
        Register().step((None,), command, UNKNOWN)
    with pytest.raises(ValueError, match="a kv-append knows get, append and put of texts, and not"):
        KvAppend().step("", command, UNKNOWN)


@pytest.mark.parametrize("command", ["get", ("get",), 7])
def test_what_has_no_key_is_said(command):
    with pytest.raises(ValueError, match="a register knows"):
        Register().key(command)


def test_a_line_that_is_not_known_is_said():
    with pytest.raises(ValueError, match="a register knows get, put, cas and delete, and not append"):
        Register().read({"op": "append", "key": "x", "value": "a"})
    with pytest.raises(ValueError, match="and not cas"):
        KvAppend().read({"op": "cas", "key": "x", "old": "a", "value": "b"})
