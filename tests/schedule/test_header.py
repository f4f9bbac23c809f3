"""The first line of a schedule file."""

import json
from dataclasses import replace

import msgspec
from shrinkers import FORGET, SETUP
from toys import FORGETFUL, REGISTER

from splitbrain.schedule.file import SavedSchedule, decode, encode
from splitbrain.schedule.format import FORMAT, VERSION
from splitbrain.schedule.header import Header, about, bare_header, new_header, with_provenance
from splitbrain.world.run import Setup, run


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


def test_the_header_is_one_json_object_in_a_fixed_order():
    line = encode(SavedSchedule(new_header("toys:FORGETFUL", Setup(FORGETFUL, 2)), ())).splitlines()[0]
    keys = list(json.loads(line))
    assert keys == sorted(keys, key=list(Header.__struct_fields__).index)


def test_a_header_says_what_holds_by_default_only_where_an_editor_wants_to_see_it():
    line = msgspec.json.encode(Header(scenario="raft", size=3))
    assert json.loads(line) == {"format": FORMAT, "version": VERSION, "scenario": "raft", "size": 3, "expect": "fixed"}


def test_a_header_says_by_which_invariants_a_schedule_is_judged_where_it_is_not_by_all():
    setup = Setup(REGISTER.judged(without=("KeepsContract",)), 3)
    line = encode(SavedSchedule(new_header("toys:REGISTER", setup), ()))
    assert json.loads(line)["without"] == ["KeepsContract"]
    assert decode(line).setup().scenario == setup.scenario
    assert not {"only", "without"} & set(json.loads(encode(SavedSchedule(new_header("toys:REGISTER", Setup(REGISTER, 3)), ()))))


def test_what_is_said_of_a_header_beats_what_it_would_say_by_itself():
    assert new_header("toys:REGISTER", Setup(REGISTER, 3), git="abc-dirty", expect="violation").git == "abc-dirty"


def test_a_header_that_is_made_at_once_lacks_only_where_the_schedule_comes_from():
    bare = bare_header("toys:REGISTER", Setup(REGISTER, 3), found="by hand")
    assert (bare.splitbrain, bare.python, bare.git) == ("", "", None)
    assert with_provenance(bare) == new_header("toys:REGISTER", Setup(REGISTER, 3), found="by hand")


def test_a_header_says_that_there_is_no_action_where_there_is_none_and_else_nothing_of_them():
    found = run(SETUP, FORGET).found()
    header = bare_header("toys:FORGETFUL", SETUP)
    none = about(header, replace(found, actions=()))
    assert json.loads(encode(SavedSchedule(none, ())))["actions"] == 0
    assert "actions" not in json.loads(encode(SavedSchedule(about(none, found), FORGET)).splitlines()[0])
