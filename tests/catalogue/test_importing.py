"""Things that a name stands for: where their modules are looked for, and what is told of those that fail."""

import sys

import pytest
from own_modules import SCENARIO, module

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
