"""Invocations and completions as operations: what ok, fail and info say, keys, and lines that cannot be."""

import pytest

from splitbrain.errors import HistoryError
from splitbrain.linearizability.files.pairing import Event, pair


def paired(*events, failed=()):
    made = [Event(client, kind, f, value, at) for at, (client, kind, f, value) in enumerate(events, 1)]
    return pair(made, "h.edn", failed)


def test_an_operation_is_from_its_invocation_to_its_completion_and_has_what_both_say():
    (entry,) = paired((0, "invoke", "read", None), (0, "ok", "read", 3))
    assert (entry.client, entry.called, entry.returned, entry.at, entry.back) == ("0", 0, 1, 1, 2)
    assert entry.line == {"client": 0, "op": "read", "found": 3}


def test_a_write_has_its_argument_and_a_cas_two_and_whether_it_was_done():
    write, cas = paired((0, "invoke", "write", 3), (0, "ok", "write", 3), (1, "invoke", "cas", (1, 2)), (1, "ok", "cas", (1, 2)))
    assert write.line["value"] == 3
    assert (cas.line["old"], cas.line["value"], cas.line["ok"]) == (1, 2, True)


def test_what_failed_has_not_happened_unless_that_is_an_answer():
    events = (0, "invoke", "cas", (1, 2)), (0, "fail", "cas", (1, 2))
    assert paired(*events) == []
    (entry,) = paired(*events, failed=("cas",))
    assert entry.returned == 1
    assert entry.line["ok"] is False


def test_info_and_nothing_at_all_leave_it_unknown_whether_it_has():
    info, never = paired((0, "invoke", "write", 1), (1, "invoke", "write", 2), (0, "info", "write", 1))
    assert info.returned is never.returned is None


def test_a_read_without_an_answer_says_nothing():
    assert paired((0, "invoke", "read", None), (0, "info", "read", None), (1, "invoke", "read", None)) == []


def test_a_client_of_which_nobody_knows_what_came_of_it_may_go_on():
    assert len(paired((0, "invoke", "write", 1), (0, "info", "write", 1), (0, "invoke", "write", 2), (0, "ok", "write", 2))) == 2


def test_operations_are_in_the_order_of_their_invocations():
    entries = paired((0, "invoke", "write", 1), (1, "invoke", "write", 2), (1, "ok", "write", 2), (0, "ok", "write", 1))
    assert [entry.client for entry in entries] == ["0", "1"]


def test_pairs_of_a_key_and_what_is_asked_of_it_are_told_from_a_cas_and_its_two_values():
    keyed = paired(
        (0, "invoke", "read", ("x", None)),
        (0, "ok", "read", ("x", 3)),
        (0, "invoke", "cas", ("y", (1, 2))),
        (0, "ok", "cas", ("y", (1, 2))),
    )
    assert [entry.line["key"] for entry in keyed] == ["x", "y"]
    assert keyed[0].line["found"] == 3
    assert (keyed[1].line["old"], keyed[1].line["value"]) == (1, 2)
    (bare,) = paired((0, "invoke", "cas", (1, 2)), (0, "ok", "cas", (1, 2)))
    assert "key" not in bare.line


@pytest.mark.parametrize(
    ("events", "line", "found"),
    [
        ([(0, "invoke", "read", None), (0, "invoke", "read", None)], 2, "what it invoked on line 1 has not completed"),
        ([(0, "ok", "read", 1)], 1, "which it has not invoked"),
        ([(0, "invoke", "read", None), (0, "ok", "write", 1)], 2, "has invoked :read on line 1"),
        ([(0, "begin", "read", None)], 1, "none of :invoke, :ok, :fail and :info"),
    ],
)
def test_lines_that_cannot_be_are_told(events, line, found):
    with pytest.raises(HistoryError, match=rf"h\.edn, line {line}: .*{found}.*; "):
        paired(*events)
