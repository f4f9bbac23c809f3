"""Bad input, each with what was found, why it cannot be, and what to do."""

import os
import re

import pytest

from splitbrain.actions import Crash, Request, Restart
from splitbrain.errors import ScenarioError, ScheduleError
from splitbrain.schedule.file import SavedSchedule, encode, load, save
from splitbrain.schedule.header import Header
from splitbrain.schedule.replay import replay

HEAD = '{"format": "splitbrain-schedule", "version": 1, "scenario": "toys:REGISTER", "size": 2}\n'
FIRE = '{"do": "fire", "node": "n1", "timer": "remind"}\n'


def written(tmp_path, content):
    path = tmp_path / "bad.schedule.jsonl"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize(
    ("content", "line", "complaint"),
    [
        # Truncated
        (
            HEAD + FIRE[:-10],
            2,
            "the file ends in the middle of this line, so a part of it is lost; restore the file, or delete the line",
        ),
        (HEAD[:30], 1, "the file ends in the middle of this line"),
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
        (HEAD + '{"do": "advance", "by": 3}\n', 2, r"unknown field `by` \(a advance has no fields\)"),
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
        # Not JSON
        (HEAD + FIRE + "fire n1 remind\n" + FIRE, 3, "fire n1 remind is not JSON .*; mend the line, or delete it"),
        (HEAD + FIRE.rstrip() + FIRE, 2, "is not JSON"),
        (HEAD + '{"do": "request", "node": "n1", "id": "r", "command": NaN}\n', 2, "is not JSON"),
        (HEAD + "{}" * 1000 + "\n", 2, r"\{\}\{\}.*\.\.\. is not JSON"),
        (HEAD + "[" * 100_000 + "\n", 2, r"\[\[\[.* is nested too deeply"),
        (HEAD + FIRE + "<<<<<<< HEAD\n", 3, "<<<<<<< HEAD is not JSON"),
        (HEAD.encode() + FIRE.replace("remind", "é").encode("latin-1"), 2, "byte 0xe9 is not UTF-8, .*; save the file as UTF-8"),
        (HEAD.encode("utf-16"), 1, "byte 0xff is not UTF-8"),
        (HEAD.encode() + b"\0" * 100 + b"\n", 2, "is not JSON"),
        # Oversized
        (HEAD + '{"do": "fire", "node": "n1", "timer": "' + "x" * (1 << 20) + '"}\n', 2, "is longer than 1 MB, and no action is"),
    ],
)
def test_a_mangled_schedule_file_is_refused_with_its_name_and_line(tmp_path, content, line, complaint):
    path = written(tmp_path, content)
    with pytest.raises(ScheduleError) as refusal:
        load(path)
    message = str(refusal.value)
    assert re.match(rf"{re.escape(str(path))}, line {line}\b.*{complaint}", message, re.DOTALL), message
    assert len(message) < 700


@pytest.mark.parametrize("content", ["", "\n\n", "# nothing\n"])
def test_an_empty_file_is_refused(tmp_path, content):
    with pytest.raises(
        ScheduleError, match=r"bad.schedule.jsonl is empty, but a schedule begins with a header line; restore the file, or"
    ):
        load(written(tmp_path, content))


def test_an_oversized_file_is_refused_before_it_is_decoded(tmp_path):
    with pytest.raises(ScheduleError, match="is larger than 16 MB, and no schedule is; check the path"):
        load(written(tmp_path, b"\xff" * ((16 << 20) + 1)))


def test_a_file_that_is_not_there_or_is_a_folder_is_refused(tmp_path):
    with pytest.raises(ScheduleError, match="cannot be read: No such file or directory; check the path"):
        load(tmp_path / "none.schedule.jsonl")
    with pytest.raises(ScheduleError, match="cannot be read: Is a directory"):
        load(tmp_path)


def test_a_truncated_file_is_refused_at_every_byte_that_does_not_end_a_line(tmp_path):
    content = (HEAD + FIRE).encode()
    for length in range(1, len(content)):
        if length in (len(HEAD) - 1, len(HEAD), len(content) - 1):
            continue  # a whole line, with or without its end
        with pytest.raises(ScheduleError, match=r"line [12]: the file ends in the middle of this line"):
            load(written(tmp_path, content[:length]))


SAVED = SavedSchedule(Header(scenario="toys:REGISTER", size=2), (Crash("n1"), Restart("n1")))


def test_a_disk_that_takes_no_more_is_told_as_such_and_leaves_nothing_behind(tmp_path):
    resource = pytest.importorskip("resource")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, limits[1]))
    try:
        with pytest.raises(ScheduleError, match=r"a.schedule.jsonl cannot be written: File too large; make room"):
            save(tmp_path / "a.schedule.jsonl", SAVED)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert list(tmp_path.iterdir()) == []


def test_an_output_folder_that_cannot_be_made_is_told_as_such(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(
        ScheduleError, match=r"cannot be written: (Not a directory|File exists); make room, or give the right to write there, or"
    ):
        save(tmp_path / "file" / "a.schedule.jsonl", SAVED)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_output_folder_is_told_as_such(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(ScheduleError, match="cannot be written: Permission denied"):
        save(tmp_path / "a.schedule.jsonl", SAVED)


@pytest.mark.parametrize("command", [object(), {1: 2}, "\ud800", {"deep": {3, "x", None}}])
def test_a_command_that_has_no_json_is_refused_and_named(command):
    with pytest.raises(
        ScheduleError, match=r"action 1 \(request n1 r1 .*cannot be saved as JSON .*let the scenario's commands and options be"
    ):
        encode(SavedSchedule(SAVED.header, (Request("n1", "r1", command),)))


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"size": 0}, '"size" is 0, but a cluster has 1 to 99 nodes; mend the header'),
        ({"size": -3}, '"size" is -3'),
        ({"size": 10**9}, '"size" is 1000000000'),
        ({"options": {"patient": 20}}, "scenario 'register' has no option 'patient'; it has patience; mend the header"),
        (
            {"options": {"patience": 7}},
            r"option 'patience' is 7, which scenario 'register' never draws \(it has 20, 50\); mend the header, or",
        ),
        ({"options": {"patience": True}}, "option 'patience' is true"),
        ({"options": {"patience": "20"}}, "option 'patience' is \"20\""),
    ],
)
def test_a_header_that_its_scenario_does_not_know_is_refused(tmp_path, fields, complaint):
    path = tmp_path / "a.schedule.jsonl"
    save(path, SavedSchedule(Header(**({"scenario": "toys:REGISTER", "size": 2} | fields)), ()))
    with pytest.raises(ScheduleError, match=f"a.schedule.jsonl: {complaint}"):
        load(path).setup()


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"scenario": "no_such:S"}, "there is no module 'no_such'"),
        ({"scenario": "toys:S"}, "has no 'S'"),
        ({"scenario": "os:system"}, "is an object of type .*, not a Scenario"),
        ({"bug": "figure-9"}, "there is no exhibit 'figure-9'.*did you mean figure-8"),
    ],
)
def test_a_scenario_that_cannot_be_found_is_refused(fields, complaint):
    with pytest.raises(ScenarioError, match=complaint):
        replay(SavedSchedule(Header(**({"scenario": "toys:REGISTER", "size": 2} | fields)), ()))


def test_a_factory_that_raises_is_told_with_its_scenario_and_how_it_is_called(pytester):
    pytester.makepyfile(
        fussy="""
        from splitbrain.scenario import Scenario
        class Node:
            def __init__(self, me): ...
        FUSSY = Scenario(name="fussy", factory=Node, invariants=())
        """
    )
    with pytest.raises(
        ScenarioError, match=r"scenario 'fussy': the factory cannot make node n1: TypeError.*factory\(me, peers, disk"
    ):
        replay(SavedSchedule(Header(scenario="fussy:FUSSY", size=2), ()))


def test_an_action_on_a_node_that_the_cluster_does_not_have_is_where_a_strict_replay_diverges():
    outcome = replay(SavedSchedule(SAVED.header, (Crash("n9"),)))
    assert (outcome.outcome, outcome.at) == ("DIVERGED", 1)
    assert "there is no node 'n9' in a cluster of 2" in outcome.message
