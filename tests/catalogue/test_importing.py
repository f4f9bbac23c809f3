"""Things that a name stands for: where their modules are looked for, and what is told of those that fail."""

import json
import sys

import pytest
from own_modules import SCENARIO, module

from splitbrain.catalogue.importing import attribute_of, declared, described, importable_from, load, loaded
from splitbrain.catalogue.scenarios import find_scenario
from splitbrain.errors import ScenarioError


def test_a_module_can_be_in_further_folders_which_hide_nothing_that_is_installed(folder):
    (folder / "tests").mkdir()
    module(folder / "tests", "my_other_node", SCENARIO)
    module(folder / "tests", "colorsys", SCENARIO)
    assert find_scenario("my_other_node:MINE", [folder / "tests"])[1].name == "mine"
    with pytest.raises(ScenarioError, match="has no 'MINE'"):
        find_scenario("colorsys:MINE", [folder / "tests"])


def test_what_a_module_does_to_the_path_while_it_is_imported_stays_done(folder, monkeypatch):
    monkeypatch.setattr(sys, "path", list(sys.path))
    module(folder, "my_path", "import sys\nsys.path.insert(0, '/nowhere')\n" + SCENARIO)
    find_scenario("my_path:MINE")
    assert sys.path[0] == "/nowhere"
    assert str(folder) not in sys.path


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("\n\n1 / 0\n", r"raised ZeroDivisionError: division by zero \(at .*raises.py:3\); mend that module first"),
        ("import json\njson.loads('{')\n", r"raised JSONDecodeError: .*raises.py:2\)"),
        ("from splitbrain.scenario import FaultBudget\n\nB = FaultBudget(crashes='all')\n", r"ValueError: .*raises.py:3\)"),
        ("x = 1\nfor\n", r"raised SyntaxError: .*raises.py:2\)"),
        ("import no_such_module\n", r"raised ModuleNotFoundError: No module named 'no_such_module' \(at .*raises.py:1\)"),
        ("import sys\nsys.exit('stop')\n", r"raised SystemExit: stop \(at .*raises.py:2\)"),
        ("raise KeyError\n", r"raised KeyError \(at .*raises.py:1\)"),
    ],
)
def test_a_module_that_raises_on_import_is_reported_with_the_users_own_line(folder, text, complaint):
    module(folder, "raises", text)
    with pytest.raises(ScenarioError, match=complaint):
        find_scenario("raises:S")


def test_a_scenario_whose_library_is_not_there_says_with_which_extra_it_comes(monkeypatch):
    monkeypatch.delitem(sys.modules, "splitbrain_protocols.hosted.pysyncobj", raising=False)
    monkeypatch.setitem(sys.modules, "pysyncobj", None)  # as if it were not installed
    with pytest.raises(ScenarioError, match=r"what it needs is an extra: pip install 'splitbrain\[pysyncobj\]'$"):
        find_scenario("pysyncobj")
    with pytest.raises(ScenarioError, match=r"use .*pysyncobj.*raft"):
        find_scenario("nosuch")


def fits(value):
    return isinstance(value, int)


def test_what_has_no_such_name_is_told_of_what_could_be_meant(folder):
    module(folder, "my_numbers", "seven, eight, text = 7, 8, 'nine'\n")
    assert load("my_numbers:seven", (), "number", fits) == 7
    with pytest.raises(ScenarioError, match=r"has no 'sevn'; it has my_numbers:seven$"):
        load("my_numbers:sevn", (), "number", fits)
    with pytest.raises(ScenarioError, match=r"has no 'qqqq'; it has my_numbers:seven, my_numbers:eight$"):
        load("my_numbers:qqqq", (), "number", fits)


def test_what_is_asked_for_is_in_the_message_where_the_name_is_none(folder):
    with pytest.raises(ScenarioError, match="'seven' is not a number's name; write module:NAME"):
        load("seven", (), "number", fits)
    with pytest.raises(ScenarioError, match=r"names a file, but numbers are named by module; write my\.numbers:seven"):
        load("my/numbers.py:seven", (), "number", fits)


def test_folders_are_on_the_path_while_something_is_imported_and_not_afterwards(folder):
    path = list(sys.path)
    with importable_from([folder / "more"]):
        assert sys.path[0] == str(folder)
        assert sys.path[-1] == str(folder / "more")
    assert sys.path == path


def test_what_was_found_in_place_of_something_else_is_described():
    assert described(sys) == "the module sys"
    assert described(7) == "an object of type int"


def test_entry_points_are_listed_by_name_and_each_once():
    names = [each.name for each in declared("splitbrain.scenarios")]
    assert names == sorted(set(names))
    assert {"paxos", "raft"} <= set(names)


def test_what_is_imported_already_is_found_by_package_and_by_module_and_nothing_is_imported_for_that():
    found = loaded(("splitbrain",), ("json", "never_imported"))
    assert {"splitbrain", "splitbrain.errors", "json"} <= set(found)
    assert "never_imported" not in found
    assert "json.decoder" not in found
    assert attribute_of("json", "loads") is json.loads
    assert attribute_of("json", "nothing") is None
    assert attribute_of("never_imported", "loads") is None
