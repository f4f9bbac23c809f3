import json
import os
import stat

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from toys import COLOURFUL, COLOURS, FORGETFUL, REGISTER

from splitbrain.actions import Advance, Calm, Complete, Crash, Cut, Deliver, Drop, Duplicate, Fire, Mend, Request, Restart
from splitbrain.errors import ScheduleError
from splitbrain.schedule.file import SavedSchedule, decode, encode, file_name, load, project_folders, save
from splitbrain.schedule.header import Header, new_header
from splitbrain.world.run import Setup

NODES = st.sampled_from(["n1", "n2", "n3"])
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
SMALL = st.integers(0, 9)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
LINKS = st.lists(st.tuples(NODES, NODES), max_size=3).map(tuple)
MESSAGE = (NODES, NODES, TEXT, st.none() | st.integers(-5, 1 << 70), st.integers(1, 9), SMALL)
INPUTS = st.one_of(
    st.builds(Deliver, *MESSAGE),
    st.builds(Fire, NODES, TEXT),
    st.builds(Request, NODES, TEXT, JSON),
    st.builds(Restart, NODES),
    st.builds(Complete, NODES),
)
ACTIONS = st.one_of(
    INPUTS,
    st.builds(Drop, *MESSAGE),
    st.builds(Duplicate, *MESSAGE),
    st.builds(Cut, LINKS),
    st.builds(Mend, LINKS),
    st.builds(Advance),
    st.builds(Calm, st.lists(NODES, unique=True).map(tuple), st.integers(0, 1 << 53), SMALL),
    st.builds(Crash, NODES, SMALL, st.none() | INPUTS, SMALL),
)
HEADERS = st.builds(
    Header,
    scenario=TEXT,
    size=st.integers(1, 9),
    bug=st.none() | TEXT,
    options=st.dictionaries(TEXT, JSON, max_size=3),
    seed=st.integers(0, 1 << 53),
    expect=st.sampled_from(["fixed", "violation"]),
    fingerprint=st.none() | TEXT,
    found=TEXT,
)
SCHEDULES = st.builds(SavedSchedule, HEADERS, st.lists(ACTIONS, max_size=6).map(tuple))

HEADER = Header(scenario="toys:FORGETFUL", size=2)
SAVED = SavedSchedule(HEADER, (Request("n1", "r1", "v1"), Crash("n1"), Restart("n1"), Request("n1", "r2", "v2")))


@settings(max_examples=150, deadline=None, database=None, derandomize=True)
@given(SCHEDULES)
def test_what_is_saved_is_what_is_loaded_and_saving_it_again_gives_the_same_bytes(saved):
    content = encode(saved)
    again = decode(content)
    assert again == saved
    assert encode(again) == content


def test_a_file_is_a_header_and_one_readable_action_a_line():
    assert encode(SAVED).decode() == (
        '{"format": "splitbrain-schedule", "version": 1, "scenario": "toys:FORGETFUL", "size": 2, "expect": "fixed"}\n'
        '{"do": "request", "node": "n1", "id": "r1", "command": "v1"}\n'
        '{"do": "crash", "node": "n1"}\n'
        '{"do": "restart", "node": "n1"}\n'
        '{"do": "request", "node": "n1", "id": "r2", "command": "v2"}\n'
    )


def test_a_message_is_named_by_its_link_kind_epoch_and_ordinal_without_what_goes_without_saying():
    saved = SavedSchedule(HEADER, (Deliver("n1", "n2", "Copy", 3), Crash("n2", 0, Deliver("n1", "n2", "Copy", None, 2))))
    assert encode(saved).decode().splitlines()[1:] == [
        '{"do": "deliver", "from": "n1", "to": "n2", "kind": "Copy", "epoch": 3}',
        '{"do": "crash", "node": "n2", "during": {"do": "deliver", "from": "n1", "to": "n2", "kind": "Copy", "ordinal": 2}}',
    ]


def test_equal_schedules_are_equal_bytes_whatever_the_order_of_the_keys_in_a_command():
    one, other = ({"a": 1, "b": {"c": 2, "d": 3}}, {"b": {"d": 3, "c": 2}, "a": 1})
    assert encode(SavedSchedule(HEADER, (Request("n1", "r", one),))) == encode(SavedSchedule(HEADER, (Request("n1", "r", other),)))


def test_a_schedule_can_be_edited_with_comments_blank_lines_spaces_and_the_line_ends_of_any_editor():
    lines = encode(SAVED).decode().splitlines()
    edited = "\r\n".join(["# found on a Monday", lines[0], "", *(f"  {line}  " for line in lines[1:]), "# the end"])
    assert decode(b"\xef\xbb\xbf" + edited.encode()) == SAVED


def test_a_header_says_where_the_schedule_comes_from():
    header = new_header("toys:REGISTER", Setup(REGISTER, 3, {"patience": 50}, 7), invariant="OneValue", found="by hand")
    assert (header.size, header.options, header.seed, header.invariant, header.found) == (
        3,
        {"patience": 50},
        7,
        "OneValue",
        "by hand",
    )
    assert header.splitbrain
    assert header.python.startswith(("CPython 3.", "PyPy 3."))


def test_saving_replaces_the_whole_file_and_leaves_nothing_else_behind(tmp_path):
    path = tmp_path / "new" / "folder" / "a.schedule.jsonl"
    save(path, SavedSchedule(HEADER, ()))
    save(path, SAVED)
    assert load(path) == SAVED
    assert load(path).path == path
    assert [each.name for each in path.parent.iterdir()] == ["a.schedule.jsonl"]


def test_a_saved_file_has_the_permissions_that_any_new_file_would_have(tmp_path):
    save(tmp_path / "a.schedule.jsonl", SAVED)
    (tmp_path / "plain").write_text("")
    assert stat.S_IMODE((tmp_path / "a.schedule.jsonl").stat().st_mode) == stat.S_IMODE((tmp_path / "plain").stat().st_mode)


def test_a_leftover_of_a_killed_save_is_not_in_the_way(tmp_path):
    leftover = tmp_path / f".a.schedule.jsonl.{os.getpid()}.0.tmp"
    leftover.write_text("half")
    save(tmp_path / "a.schedule.jsonl", SAVED)
    assert load(tmp_path / "a.schedule.jsonl") == SAVED
    assert leftover.read_text() == "half"


def test_a_save_that_fails_leaves_the_old_file_and_no_temporary_one(tmp_path):
    path = tmp_path / "a.schedule.jsonl"
    path.mkdir()  # a folder cannot be replaced by a file
    with pytest.raises(ScheduleError, match="cannot be written"):
        save(path, SAVED)
    assert [each.name for each in tmp_path.iterdir()] == ["a.schedule.jsonl"]


def test_the_setup_of_a_schedule_has_its_scenario_size_options_and_seed():
    setup = SavedSchedule(Header(scenario="toys:REGISTER", size=3, options={"patience": 50}, seed=9), ()).setup()
    assert setup == Setup(REGISTER, 3, {"patience": 50}, 9)


def test_a_command_that_json_cannot_hold_as_it_is_comes_back_as_the_scenario_makes_it():
    commands = (COLOURS[2], COLOURS[0], "by hand")
    actions = tuple(Request("n1", f"r{number}", command) for number, command in enumerate(commands))
    loaded = decode(encode(SavedSchedule(HEADER, (*actions, Crash("n1", 0, actions[0], 1)))))
    assert loaded.actions[0].command == ["mixed", "red"]
    assert loaded.schedule(COLOURFUL) == (*actions, Crash("n1", 0, actions[0], 1))


def test_an_option_that_json_cannot_hold_as_it_is_comes_back_as_the_scenario_has_it(pytester):
    pytester.makepyfile(
        pairs="""
        from splitbrain.scenario import Scenario
        def node(me, peers, disk, pair): ...
        S = Scenario(name="s", factory=node, invariants=(), options={"pair": ((1, 2), (1, 3))})
        """
    )
    saved = SavedSchedule(Header(scenario="pairs:S", size=3, options={"pair": [1, 3]}), ())
    assert saved.setup().options == {"pair": (1, 3)}


def test_the_name_of_a_file_tells_its_content_and_differs_when_that_differs():
    header = Header(scenario="raft", bug="figure-8", size=3, invariant="LogMatching")
    name = file_name(SavedSchedule(header, SAVED.actions))
    assert name.startswith("raft-figure-8-LogMatching-")
    assert name.endswith(".schedule.jsonl")
    assert name == file_name(SavedSchedule(header, SAVED.actions))
    assert name != file_name(SavedSchedule(header, SAVED.actions[1:]))
    assert "/" not in file_name(SavedSchedule(Header(scenario="m:S", bug="../x", size=3), ()))


def test_modules_are_looked_for_from_the_file_up_to_the_root_of_the_project(tmp_path, monkeypatch):
    monkeypatch.chdir("/")
    deep = tmp_path / "project" / "tests" / "schedules"
    deep.mkdir(parents=True)
    (tmp_path / "project" / "pyproject.toml").write_text("")
    assert project_folders(deep / "a.schedule.jsonl") == [deep, deep.parent, deep.parent.parent]


def test_the_header_is_one_json_object_in_a_fixed_order():
    line = encode(SavedSchedule(new_header("toys:FORGETFUL", Setup(FORGETFUL, 2)), ())).splitlines()[0]
    keys = list(json.loads(line))
    assert keys == sorted(keys, key=list(Header.__struct_fields__).index)
