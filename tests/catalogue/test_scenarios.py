import sys
from pathlib import Path

import pytest
import toys

from splitbrain.catalogue.museum import bug_of, bugs, find_bug
from splitbrain.catalogue.scenarios import find_scenario, name_of
from splitbrain.errors import ScenarioError
from splitbrain.exhibit import mutant
from splitbrain.scenario import Scenario
from splitbrain_protocols.raft.scenario import RAFT


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty current directory; what is imported from it is forgotten afterwards."""
    monkeypatch.chdir(tmp_path)
    before = set(sys.modules)
    yield tmp_path
    for name in sorted(set(sys.modules) - before):
        del sys.modules[name]


def module(folder: Path, name: str, text: str) -> None:
    (folder / f"{name}.py").write_text(text)


SCENARIO = "from splitbrain.scenario import Scenario\nMINE = Scenario(name='mine', factory=object, invariants=())\n"


def test_a_shipped_scenario_has_a_short_name():
    assert find_scenario("raft") == ("raft", RAFT)


def test_a_scenario_of_ones_own_is_named_by_module_and_found_in_the_current_directory(folder):
    module(folder, "my_node", SCENARIO)
    path = list(sys.path)
    name, scenario = find_scenario("my_node:MINE")
    assert (name, scenario.name) == ("my_node:MINE", "mine")
    assert sys.path == path


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


def test_a_scenario_knows_under_which_name_it_can_be_imported():
    assert name_of(RAFT) == "raft"
    assert name_of(toys.FORGETFUL) == "toys:FORGETFUL"


def test_the_module_of_the_factory_comes_before_one_that_only_imports_the_scenario(folder, monkeypatch):
    module(folder, "a_test_of_it", "from my_origin import MINE\n")
    module(
        folder,
        "my_origin",
        "class Node: ...\nfrom splitbrain.scenario import Scenario\nMINE = Scenario(name='m', factory=Node, invariants=())",
    )
    _, scenario = find_scenario("a_test_of_it:MINE")
    assert name_of(scenario) == "my_origin:MINE"


def test_a_scenario_that_no_module_holds_cannot_be_saved_and_the_message_says_how_it_can():
    with pytest.raises(ScenarioError, match=r"is not a name in any module.*assign it at the top level of an importable module"):
        name_of(Scenario(name="nameless", factory=object, invariants=()))


def test_the_museum_is_listed_by_id_and_a_bug_is_found_by_it():
    exhibits = bugs()
    assert len(exhibits) >= 15
    assert all(slug == exhibit.id for slug, exhibit in exhibits.items())
    first = next(iter(exhibits.values()))
    assert find_bug(first.id) is first
    assert bug_of(first.scenario) is first
    assert bug_of(mutant(RAFT, RAFT.factory)) is None


def test_an_unknown_bug_is_answered_with_the_nearest_ids():
    with pytest.raises(
        ScenarioError, match=r"there is no exhibit 'figur-8' among the \d+ that are installed; did you mean figure-8"
    ):
        find_bug("figur-8")
    with pytest.raises(ScenarioError, match="`splitbrain bugs` lists them"):
        find_bug("qqqq")
