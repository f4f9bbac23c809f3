"""The first line of a schedule file."""

import json

import msgspec
from toys import FORGETFUL, REGISTER

from splitbrain.schedule.file import SavedSchedule, encode
from splitbrain.schedule.format import FORMAT, VERSION
from splitbrain.schedule.header import Header, new_header
from splitbrain.world.run import Setup


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


def test_what_is_said_of_a_header_beats_what_it_would_say_by_itself():
    assert new_header("toys:REGISTER", Setup(REGISTER, 3), git="abc-dirty", expect="violation").git == "abc-dirty"
