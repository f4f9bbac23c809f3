import sys
from pathlib import Path

import pytest
import toys
from own_modules import SCENARIO, module

from splitbrain.catalogue.scenarios import find_scenario, home_of, name_of
from splitbrain.errors import ScenarioError
from splitbrain.invariant import KeepsContract
from splitbrain.scenario import Scenario
from splitbrain_protocols.raft.scenario import RAFT

ROOT = Path(__file__).resolve().parents[2]


def test_a_shipped_scenario_has_a_short_name():
    assert find_scenario("raft") == ("raft", RAFT)


def test_a_scenario_of_ones_own_is_named_by_module_and_found_in_the_current_directory(folder):
    module(folder, "my_node", SCENARIO)
    path = list(sys.path)
    name, scenario = find_scenario("my_node:MINE")
    assert (name, scenario.name) == ("my_node:MINE", "mine")
    assert sys.path == path


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("rafft", "there is no scenario 'rafft'; did you mean 'raft'?"),
        ("zookeeper", "there is no scenario 'zookeeper'; use .*raft.*, or module:NAME for one of your own"),
        ("no_such_module:S", "there is no module 'no_such_module', neither installed nor in .*; check the spelling"),
        ("toys.inner:S", "there is no module 'toys.inner'"),
        ("toys:REGISTR", r"module 'toys' \(.*toys.py\) has no 'REGISTR'; it has toys:REGISTER"),
        ("splitbrain.dice:S", "has no 'S'; it has no scenario at all"),
        ("toys:Register", "toys:Register is an object of type type, not a Scenario; name a Scenario object"),
        ("toys:sys", "has no 'sys'"),
        ("tests/toys.py:REGISTER", "names a file, but scenarios are named by module; write tests.toys:REGISTER"),
        ("toys:", "is not a scenario's name; write module:NAME"),
        (":X", "is not a scenario's name; write module:NAME"),
        ("a:b:c", "is not a scenario's name; write module:NAME"),
        ("", "there is no scenario ''"),
    ],
)
def test_a_name_that_leads_nowhere_is_answered_with_what_to_write_instead(name, complaint):
    with pytest.raises(ScenarioError, match=complaint):
        find_scenario(name)


def test_an_exhibit_is_not_a_scenario_but_the_message_knows_what_it_is(folder):
    module(folder, "my_exhibit", "from toys import EXHIBITS\nBUG = EXHIBITS[0]\n")
    with pytest.raises(ScenarioError, match="not a Scenario; name its scenario instead, or pass the exhibit's id as --bug"):
        find_scenario("my_exhibit:BUG")


def test_a_scenario_knows_under_which_name_it_can_be_imported():
    assert name_of(RAFT) == "raft"
    assert name_of(toys.FORGETFUL) == "toys:FORGETFUL"


def test_the_module_of_the_factory_comes_before_one_that_only_imports_the_scenario(folder, monkeypatch):
    module(folder, "a_test_of_it", "from my_origin import MINE\n")
    module(
        folder,
        "my_origin",
        f"class Node: ...\n{SCENARIO.replace('object', 'Node')}",
    )
    _, scenario = find_scenario("a_test_of_it:MINE")
    assert name_of(scenario) == "my_origin:MINE"


def test_a_scenario_that_no_module_holds_cannot_be_saved_and_the_message_says_how_it_can():
    with pytest.raises(ScenarioError, match=r"is not a name in any module.*assign it at the top level of an importable module"):
        name_of(Scenario(name="nameless", factory=object, invariants=(KeepsContract,)))


def test_the_home_of_a_scenario_is_the_folder_from_which_its_module_was_imported(folder):
    module(folder, "my_home", SCENARIO)
    find_scenario("my_home:MINE")
    assert home_of("my_home:MINE") == folder.resolve()
    assert home_of("splitbrain_protocols.raft.scenario:RAFT") == ROOT / "protocols"
    assert home_of("splitbrain_protocols.raft:RAFT") == ROOT / "protocols"
    assert home_of("raft") is None


def test_the_program_that_runs_is_nobodys_home():
    with pytest.raises(ScenarioError, match="stands in the program that runs, and to import that is to run it again"):
        home_of("never_imported:MINE")
    with pytest.raises(ScenarioError, match="put the scenario into a module of its own"):
        home_of("__main__:MINE")
