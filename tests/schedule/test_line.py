"""One line of a schedule file."""

import re

import pytest
from msgspec import structs

from splitbrain.actions import Connect, Crash, Deliver, Disconnect, Request, Resend
from splitbrain.errors import ScheduleError
from splitbrain.schedule.file import SavedSchedule, decode, encode
from splitbrain.schedule.header import Header

HEADER = Header(scenario="toys:FORGETFUL", size=2)
HEAD = '{"format": "splitbrain-schedule", "version": 1, "scenario": "toys:REGISTER", "size": 2}\n'
FIRE = '{"do": "fire", "node": "n1", "timer": "remind"}\n'


def asks(operation, more=""):
    """What session s1 asks, as a line."""
    return f'{{"do": "request", "node": "n1", "id": "{operation}", "command": ["get", "x"], "session": "s1"{more}}}\n'


def test_what_sessions_ask_comes_back_and_what_asks_without_one_is_written_as_ever():
    actions = (
        Request("n1", "r1", "v1"),
        Request("n1", "s1.1", ["get", "x"], "s1"),
        Crash("n2", 0, Resend("n2", "s1.1"), 3),
        Request("n3", "s6.2", None, "s6", "s1"),
    )
    lines = [
        '{"do": "request", "node": "n1", "id": "r1", "command": "v1"}',
        '{"do": "request", "node": "n1", "id": "s1.1", "command": ["get", "x"], "session": "s1"}',
        '{"do": "crash", "node": "n2", "during": {"do": "resend", "node": "n2", "id": "s1.1"}, "after": 3}',
        '{"do": "request", "node": "n3", "id": "s6.2", "command": null, "session": "s6", "replaces": "s1"}',
    ]
    content = encode(SavedSchedule(HEADER, actions))
    assert content.decode().splitlines()[1:] == lines
    assert decode(content).actions == actions


def test_connections_are_written_by_their_ends():
    actions = (Disconnect("n1", "n2"), Connect("n2", "n1"), Crash("n2", 0, Deliver("n1", "n2", "disconnected"), 1, 2))
    lines = [
        '{"do": "disconnect", "one": "n1", "other": "n2"}',
        '{"do": "connect", "one": "n2", "other": "n1"}',
        (
            '{"do": "crash", "node": "n2", '
            '"during": {"do": "deliver", "from": "n1", "to": "n2", "kind": "disconnected"}, "after": 1, "arrive": 2}'
        ),
    ]
    content = encode(SavedSchedule(HEADER, actions))
    assert content.decode().splitlines()[1:] == lines
    assert decode(content).actions == actions


def test_a_record_s_fields_stand_in_the_order_of_a_mapping_s_keys_so_that_it_comes_back_as_the_same_bytes():
    record = structs.replace(HEADER, expect="fixed")  # any record: it becomes a mapping
    saved = SavedSchedule(structs.replace(HEADER, options={"o": record}), (Request("n1", "r1", record),))
    assert encode(decode(encode(saved))) == encode(saved)


def test_a_message_is_named_by_its_link_kind_epoch_and_ordinal_without_what_goes_without_saying():
    saved = SavedSchedule(HEADER, (Deliver("n1", "n2", "Copy", 3), Crash("n2", 0, Deliver("n1", "n2", "Copy", None, 2))))
    assert encode(saved).decode().splitlines()[1:] == [
        '{"do": "deliver", "from": "n1", "to": "n2", "kind": "Copy", "epoch": 3}',
        '{"do": "crash", "node": "n2", "during": {"do": "deliver", "from": "n1", "to": "n2", "kind": "Copy", "ordinal": 2}}',
    ]


@pytest.mark.parametrize(
    ("content", "line", "complaint"),
    [
        # The header
        (FIRE, 1, "this is .* not the header of a schedule .*; restore the line, or check the path"),
        ("[]\n", 1, "not the header of a schedule"),
        ("null\n", 1, "not the header of a schedule"),
        ('{"format": "seeds", "version": 1}\n', 1, 'this says it is "seeds", not the header of a schedule'),
        (
            HEAD.replace("1,", "2,"),
            1,
            "the file is version 2 of the format, and splitbrain .* reads version 1; install a newer splitbrain",
        ),
        (HEAD.replace("1,", "0,"), 1, "version 0 of the format.*; restore the header"),
        (HEAD.replace("1,", "true,"), 1, "version true of the format"),
        (HEAD.replace('"version": 1, ', ""), 1, "version null of the format"),
        (
            HEAD.replace('"size": 2', '"size": "2"'),
            1,
            "the header does not hold: Expected `int`, got `str` in `size`; its fields are format,",
        ),
        (HEAD.replace('"size"', '"sizes"'), 1, "the header does not hold: Object contains unknown field `sizes`"),
        (HEAD.replace(', "size": 2', ""), 1, "Object missing required field `size`"),
        (HEAD.replace("}", ', "expect": "fxied"}'), 1, "Invalid enum value 'fxied' in `expect`"),
        (HEAD.replace("}", ', "options": []}'), 1, "Expected `object`, got `array` in `options`"),
        # Actions
        (HEAD + '{"do": "fier", "node": "n1"}\n', 2, "there is no \"fier\"; did you mean 'fire'\\?; mend the line, or delete it"),
        (HEAD + '{"do": "explode"}\n', 2, 'there is no "explode"; there are deliver, drop, duplicate, '),
        (HEAD + '{"do": 3}\n', 2, "there is no 3"),
        (HEAD + "\n# ok\n" + '{"node": "n1"}\n', 4, 'it says nothing to "do"'),
        (HEAD + "[1]\n", 2, 'it says nothing to "do"'),
        (HEAD + FIRE.replace('"n1"', "1"), 2, r"Expected `str`, got `int` in `node` \(a fire has node, timer\)"),
        (HEAD + FIRE.replace("timer", "time"), 2, r"Object contains unknown field `time` \(a fire has node, timer\)"),
        (HEAD + '{"do": "fire", "node": "n1"}\n', 2, "Object missing required field `timer`"),
        (HEAD + '{"do": "advance", "by": 3}\n', 2, r"unknown field `by` \(an advance has no fields\)"),
        (HEAD + '{"do": "cut", "links": [["n1"]]}\n', 2, r"Expected `array` of length 2 in `links\[0\]`"),
        (HEAD + '{"do": "crash", "node": "n1", "keep": -1}\n', 2, "'keep' is -1, but it counts from 0"),
        (
            HEAD + '{"do": "deliver", "from": "n1", "to": "n2", "kind": "Copy", "ordinal": 0}\n',
            2,
            "'ordinal' is 0, but it counts from 1",
        ),
        (
            HEAD + '{"do":"crash","node":"n1","during":{"do":"deliver","from":"n1","to":"n2","kind":"C","copy":-1}}\n',
            2,
            "'copy' is -1, but it counts from 0",
        ),
        (
            HEAD + '{"do": "crash", "node": "n1", "during": {"do": "crash", "node": "n1"}}\n',
            2,
            "Invalid value 'crash' in `during.do`",
        ),
        # Connections
        (HEAD + '{"do": "disconnect", "one": "n1"}\n', 2, r"missing required field `other` \(a disconnect has one, other\)"),
        (HEAD + '{"do": "connect", "nodes": ["n1", "n2"]}\n', 2, r"unknown field `nodes` \(a connect has one, other\)"),
        (HEAD + '{"do": "connect", "one": "n1", "other": 2}\n', 2, "Expected `str`, got `int` in `other`"),
        (HEAD + '{"do": "disconect", "one": "n1", "other": "n2"}\n', 2, "did you mean 'disconnect'"),
        (
            HEAD + '{"do": "connect", "one": "n1", "other": "n1"}\n',
            2,
            'it names "n1" twice, but a connection is one of two nodes; mend the line, or delete it',
        ),
        # Sessions
        (
            HEAD + asks("s1.x"),
            2,
            '\'id\' is "s1.x", but session "s1" calls its operations "s1.1", and so on, numbers of at most 18 ',
        ),
        (HEAD + asks(f"s1.{'9' * 30}"), 2, "and so on, numbers of at most 18 digits; mend the line"),
        (HEAD + asks("s1.01"), 2, "and so on, numbers of at most 18 digits; mend the line"),
        (HEAD + asks("s2.1"), 2, '\'id\' is "s2.1", but session "s1" calls its operations "s1.1"'),
        (HEAD + asks("s1.0"), 2, "'id' is \"s1.0\""),
        (HEAD + asks("s1.1", ', "replaces": "s1"'), 2, 'session "s1" cannot replace itself; mend the line, or delete it'),
        (HEAD + asks("s1.1", ', "replaces": 2'), 2, r"Expected `str \| null`, got `int` in `replaces`"),
        (
            HEAD + '{"do": "request", "node": "n1", "id": "r1", "command": 1, "replaces": "s2"}\n',
            2,
            'it replaces session "s2", but is of no session itself; mend',
        ),
        (
            HEAD + '{"do": "resend", "node": "n1", "id": "r1"}\n',
            2,
            '\'id\' is "r1", but only sessions ask again, and they call their operations "s1.1", "s1.2", ..., numbers of at most',
        ),
        (HEAD + f'{{"do": "crash", "node": "n1", "during": {asks("s2.1").strip()}}}\n', 2, '\'id\' is "s2.1", but session "s1"'),
        (
            HEAD + '{"do": "resend", "node": "n1", "id": "s1.1", "command": 3}\n',
            2,
            r"unknown field `command` \(a resend has node, id\)",
        ),
    ],
)
def test_a_line_that_does_not_hold_is_refused_with_its_number(content, line, complaint):
    with pytest.raises(ScheduleError) as refusal:
        decode(content.encode(), "bad.schedule.jsonl")
    message = str(refusal.value)
    assert re.match(rf"bad.schedule.jsonl, line {line}: .*{complaint}", message, re.DOTALL), message
    assert len(message) < 700


NESTED = []
for _ in range(5_000):
    NESTED = [NESTED]


@pytest.mark.parametrize(
    "command",
    [object(), {1: 2}, "\ud800", {"deep": {3, "x", None}}, float("nan"), [float("inf")], "x" * (1 << 19)],
    ids=lambda command: type(command).__name__,
)
def test_a_command_or_an_option_that_has_no_json_is_refused_and_named(command):
    advice = "cannot be saved as JSON .*let the scenario's commands and options be plain data"
    with pytest.raises(ScheduleError, match=rf"action 1 \(request n1 r1 .*{advice}"):
        encode(SavedSchedule(HEADER, (Request("n1", "r1", command),)))
    with pytest.raises(ScheduleError, match=rf"the header {advice}"):
        encode(SavedSchedule(structs.replace(HEADER, options={"mode": command}), ()))


def test_a_command_that_is_nested_too_deeply_even_to_be_shown_is_refused_too():
    with pytest.raises(ScheduleError, match=r"action 1 cannot be saved as JSON \(something nested more than 100 deep\); let the"):
        encode(SavedSchedule(HEADER, (Request("n1", "r1", NESTED),)))
