import os
import re
import stat

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from toys import COLOURFUL, COLOURS, REGISTER

from splitbrain.actions import Advance, Calm, Complete, Crash, Cut, Deliver, Drop, Duplicate, Fire, Mend, Request, Restart
from splitbrain.catalogue.scenarios import find_scenario
from splitbrain.errors import ScheduleError
from splitbrain.schedule.file import SavedSchedule, decode, encode, file_name, load, project_folders, save
from splitbrain.schedule.format import FILE_AT_MOST
from splitbrain.schedule.header import Header
from splitbrain.world.run import Setup

NODES = st.sampled_from(["n1", "n2", "n3"])
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
SMALL = st.integers(0, 9)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
LINKS = st.lists(st.tuples(NODES, NODES), min_size=1, max_size=3).map(tuple)
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
    st.builds(Calm, st.lists(NODES, min_size=1).map(tuple), st.integers(0, 1 << 53), SMALL),
    st.builds(Crash, NODES, SMALL),
    st.builds(Crash, NODES, SMALL, INPUTS, SMALL),
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


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None, derandomize=True)
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


def test_equal_schedules_are_equal_bytes_whatever_the_order_of_the_keys_in_a_command():
    one, other = ({"a": 1, "b": {"c": 2, "d": 3}}, {"b": {"d": 3, "c": 2}, "a": 1})
    assert encode(SavedSchedule(HEADER, (Request("n1", "r", one),))) == encode(SavedSchedule(HEADER, (Request("n1", "r", other),)))


def test_a_schedule_can_be_edited_with_comments_blank_lines_spaces_and_the_line_ends_of_any_editor():
    lines = encode(SAVED).decode().splitlines()
    edited = "\r\n".join(["# found on a Monday", lines[0], "", *(f"  {line}  " for line in lines[1:]), "# the end"])
    assert decode(b"\xef\xbb\xbf" + edited.encode()) == SAVED


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
        from splitbrain.invariant import KeepsContract
        from splitbrain.scenario import Scenario
        def node(me, peers, disk, pair): ...
        S = Scenario(name="s", factory=node, invariants=(KeepsContract,), options={"pair": ((1, 2), (1, 3))})
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
    path = written(tmp_path, b"\xff")
    with path.open("r+b") as file:
        file.truncate(FILE_AT_MOST + 1)  # a hole, which takes no room
    with pytest.raises(ScheduleError, match="is larger than 128 MB, and no schedule is; check the path"):
        load(path)


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


def test_what_cannot_be_saved_leaves_the_old_file_as_it_was(tmp_path):
    path = tmp_path / "a.schedule.jsonl"
    save(path, SAVED)
    for actions in ((Request("n1", "r1", float("inf")),), (Crash("n1", keep=-1),), (Cut(()),), (Crash("n1", after=2),)):
        with pytest.raises(ScheduleError):
            save(path, SavedSchedule(HEADER, actions))
    assert load(path) == SAVED
    assert [each.name for each in tmp_path.iterdir()] == ["a.schedule.jsonl"]


def test_true_and_one_and_1_0_are_three_commands_in_a_file(tmp_path):
    path = tmp_path / "a.schedule.jsonl"
    values = (1, True, 1.0, "1", None, 0, False, -0.0, 2**70)
    save(path, SavedSchedule(HEADER, tuple(Request("n1", f"r{place}", value) for place, value in enumerate(values))))
    assert [repr(action.command) for action in load(path).actions] == [repr(value) for value in values]


def test_a_text_that_two_commands_have_is_refused_with_the_file_unless_the_request_is_numbered(pytester):
    pytester.makepyfile(
        twins="""
        from splitbrain.invariant import KeepsContract
        from splitbrain.scenario import Scenario
        def node(me, peers, disk): ...
        TWINS = Scenario(name="twins", factory=node, invariants=(KeepsContract,), commands=lambda n: ((1, 2), [1, 2])[n % 2])
        """
    )
    header = Header(scenario="twins:TWINS", size=3)
    path = pytester.path / "a.schedule.jsonl"
    scenario = find_scenario("twins:TWINS")[1]
    for name, command in (("r1", [1, 2]), ("r2", (1, 2)), ("calm-8", (1, 2))):
        save(path, SavedSchedule(header, (Request("n1", name, command),)))
        assert load(path).schedule(scenario) == (Request("n1", name, command),)
    save(path, SavedSchedule(header, (Request("n1", "mine", [1, 2]),)))
    with pytest.raises(
        ScheduleError, match=rf"{re.escape(str(path))}: scenario 'twins': its commands \[1, 2\] and \(1, 2\) are both"
    ):
        load(path).schedule(scenario)
