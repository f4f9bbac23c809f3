"""What `show --history --json` prints, as a history file; and what is none."""

import json

import pytest

from splitbrain.errors import HistoryError
from splitbrain.linearizability.files import jsonl
from splitbrain.node import Refused
from splitbrain.report.objects.clients import listed
from splitbrain.trace.history import History


def made():
    history = History()
    history.ask(1, "n1", "s1.1", ("put", "x", 1), "s1")
    history.ask(2, "n2", "s2.1", ("get", "x"), "s2")
    history.reply(3, "n2", "s2.1", 1)
    history.ask(4, "n1", "s2.2", ("get", "x"), "s2")
    history.reply(5, "n1", "s2.2", Refused())
    history.ask(6, "n1", "r1", "v1")
    return json.loads(json.dumps({"message": None, "operations": listed(history)}))


def test_operations_are_those_of_the_run_but_for_what_was_refused():
    (told,) = jsonl.read(json.dumps(made()), "h.json")
    assert [(each.id, each.client, each.called, each.returned, each.at, each.back) for each in told.entries] == [
        ("s1.1", "s1", 0, None, 1, None), ("s2.1", "s2", 1, 2, 2, 3), ("r1", "r1", 5, None, 6, None),
    ]  # fmt: skip
    assert [each.said for each in told.entries] == [(("put", "x", 1), None), (("get", "x"), 1), ("v1", None)]
    assert (told.unit, told.timed) == ("step", False)


def test_several_a_line_each_are_several_histories():
    assert [told.source for told in jsonl.read(f"{json.dumps(made())}\n{json.dumps(made())}", "h")] == ["h, line 1", "h, line 2"]


def test_one_that_was_made_pretty_is_the_same():
    assert jsonl.read(json.dumps(made(), indent=2), "h") == jsonl.read(json.dumps(made()), "h")


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"returned": None}, "it is answered, called at 1 and returned at None"),
        ({"returned": 0}, "it is answered, called at 1 and returned at 0"),
        ({"called": "soon"}, "its `id` is no text, or `called` or `step` no whole number"),
        ({"outcome": "unknown"}, "it is unknown, called at 1 and returned at 2"),
    ],
)
def test_what_somebody_has_edited_is_refused(change, found):
    history = made()
    history["operations"][1] |= change
    with pytest.raises(HistoryError, match=f"h, operation 2: {found}; .*print it again"):
        jsonl.read(json.dumps(history), "h")
    del history["operations"][0]["command"]
    with pytest.raises(HistoryError, match="h, operation 1: it has no `command`"):
        jsonl.read(json.dumps(history), "h")
    with pytest.raises(HistoryError, match="h, operation 1: it is no object"):
        jsonl.read('{"operations": [3]}', "h")


def test_a_schedule_is_told_what_shows_its_history():
    schedule = '{"format":"splitbrain-schedule","version":1,"scenario":"raft","size":3}\n{"do":"restart","node":"n2"}\n'
    with pytest.raises(HistoryError, match=r"h, line 1: it is a schedule, .*`splitbrain show FILE --history --json` prints"):
        jsonl.read(schedule, "h")
