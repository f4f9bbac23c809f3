"""What `splitbrain` exports: complete, small, lazy, not hidden by modules of the same name, and explained by examples that run."""

import ast
import re
import shutil
import subprocess
import sys
from functools import cache
from inspect import cleandoc
from pathlib import Path
from textwrap import dedent
from types import ModuleType
from typing import get_args

import msgspec
import pytest
from floor_plan import MODULES, name_of
from hypothesis.stateful import rule

import splitbrain
from splitbrain import conformance
from splitbrain.events import Started
from splitbrain.invariant import KeepsContract
from splitbrain.observations import Decided, Led
from splitbrain.testing.machine import SEEDS
from splitbrain_protocols.raft.scenario import RAFT

PATH = f"import sys; sys.path.insert(0, {str(Path(splitbrain.__file__).parent.parent)!r}); "
README = Path(__file__).resolve().parents[1] / "README.md"
# What needs no example of its own, and in whose it is; nowhere, where it is a name for others.
EXAMPLE_OF = dict.fromkeys(("CancelTimer", "Observe", "Refused", "Reply", "Send", "SetTimer", "Sync", "Write"), "Node")
EXAMPLE_OF |= {"Erase": "", "Effect": "", "Effects": "", "Received": "Env", "Asked": "Env", "Goal": "", "Vacuous": ""}
# What the functions return, and what finds things by name: their docstrings say what is in it.
EXAMPLE_OF |= {"CLOCK": "", "RANDOM": "", "NODE": ""}  # which are in that of patch, and in its docstring
EXAMPLE_OF |= dict.fromkeys(("Run", "Found", "Hunted", "Minimised", "Replay", "Counterexample", "find_bug", "find_scenario"), "")
EXAMPLE_OF |= dict.fromkeys(("Connected", "Disconnected", "Operated"), "")  # that of Env has neither streams nor operations
EXAMPLE_OF |= {"SavedSchedule": "save", "Operation": "", "UNKNOWN": ""}  # which are in those of History and of Model
EXAMPLE_OF |= dict.fromkeys(("NondeterminismError", "ScenarioError", "ScheduleError"), "")
NICKNAMES = {"Node": "Register", "actions": "schedule", "Env": "env", "Violation": "violation", "ScenarioMachine": "state_machine"}
NICKNAMES |= {"Workload": "Appends"}


def test_the_public_names_fit_on_one_screen_and_all_exist():
    assert len(splitbrain.__all__) <= 72
    assert sorted(splitbrain.__all__) == splitbrain.__all__ == dir(splitbrain)
    for name in splitbrain.__all__:
        assert getattr(splitbrain, name) is not None


def test_a_name_that_is_not_there_is_an_attribute_error():
    assert not hasattr(splitbrain, "raft")


def test_importing_the_package_imports_nothing_else():
    code = "import sys, splitbrain; print(*(name for name in sys.modules if name.partition('.')[0] not in sys.stdlib_module_names))"
    shown = subprocess.run([sys.executable, "-I", "-S", "-c", PATH + code], capture_output=True, text=True, check=True).stdout
    assert set(shown.split()) == {"__main__", "splitbrain"}


def test_functions_are_not_hidden_by_modules():
    names = sorted(name for name in splitbrain.__all__ if not isinstance(getattr(splitbrain, name), ModuleType))
    code = (
        "import splitbrain.search.hunt, splitbrain.world.run, splitbrain.schedule.replay, splitbrain.doctor.conformance\n"
        "import splitbrain.testing.simulate, splitbrain.counterexample.minimiser.minimiser\n"
        "from types import ModuleType\n"
        f"print([name for name in {names} if isinstance(getattr(splitbrain, name), ModuleType)])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_every_public_name_says_what_it_is_for():
    own = {name: getattr(splitbrain, name) for name in splitbrain.__all__ if name not in ("Effect", "Effects")}
    assert [name for name, thing in own.items() if not (getattr(thing, "__doc__", None) or "").strip()] == []


def test_only_the_modules_of_vocabulary_are_exported_as_modules():
    assert {name for name in splitbrain.__all__ if isinstance(getattr(splitbrain, name), ModuleType)} == {
        "actions",
        "events",
        "observations",
    }


@pytest.mark.parametrize("face", [path for path in MODULES if path.name == "__init__.py"], ids=name_of)
def test_a_folder_says_in_which_order_its_modules_are_best_read(face):
    if name_of(face) == "splitbrain":
        return  # it lists the public names
    text = ast.get_docstring(ast.parse(face.read_text(encoding="utf-8")))
    modules = {path.stem for path in face.parent.glob("*.py")} - {"__init__"}
    folders = {path.parent.name for path in face.parent.glob("*/__init__.py")}
    said = set(re.findall(r"``(\w+)``", text)) - {"shortest", "next_index"}  # fields, not modules
    assert modules <= said, "name each, where it is best read"
    assert said <= modules | folders, "these are no modules or folders of it (any more)"


# The examples


@cache
def cast():
    """Whom examples speak of: all public names, the shipped scenarios, the actions, and the README's node, whose vote is lost."""
    names = {name: getattr(splitbrain, name) for name in splitbrain.__all__}
    names |= {kind.__name__: kind for kind in get_args(splitbrain.actions.Action)}
    names |= {"RAFT": RAFT, "Led": Led, "Started": Started, "KeepsContract": KeepsContract}
    names |= {"rule": rule, "SEEDS": SEEDS, "msgspec": msgspec, "pytest": pytest, "__name__": "examples"}
    node, *_ = re.findall(r"^```python\n(.*?)^```$", README.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    exec(compile(node, str(README), "exec"), names)  # noqa: S102 - our own text
    for told in ("Invariant", "mutant"):  # whose classes are in other examples, too
        exec(example(told), names)  # noqa: S102
    return {name: thing for name, thing in names.items() if not name.startswith("test_")}


def example(name):
    """The blocks of a name's docstring that are indented below an empty line."""
    text = cleandoc(getattr(splitbrain, name).__doc__ or "")
    return "\n".join(dedent(block) for block in re.findall(r"(?<=\n\n)(?: {4}.*\n|\n)+", f"{text}\n"))


WITH_EXAMPLE = sorted(name for name in splitbrain.__all__ if name not in EXAMPLE_OF)


@pytest.mark.parametrize("name", WITH_EXAMPLE)
def test_a_public_name_has_an_example_that_runs_and_prints_what_it_says(name, tmp_path, monkeypatch, capsys):
    shown = example(name)
    assert re.search(rf"\b{NICKNAMES.get(name, name)}\b", shown), f"{name} has no example, or one that does not use it"
    monkeypatch.chdir(tmp_path)
    shutil.copytree(README.parent / "tests" / "schedules", tmp_path / "tests" / "schedules")
    names = dict(cast())
    exec(compile(shown, f"the example of {name}", "exec"), names)  # noqa: S102
    for function in [thing for made, thing in names.items() if made.startswith("test_")]:
        function()  # without arguments: `@simulate` brings its own
    printed = capsys.readouterr().out
    for comment in re.findall(r"^ *print\(.*\)  # (.*)$", shown, re.MULTILINE):
        assert comment.removesuffix("...") in printed


@pytest.mark.parametrize("name", sorted(EXAMPLE_OF))
def test_a_name_without_an_example_is_in_that_of_another(name):
    assert example(name) == "", f"{name} has an example: take it from the list"
    if EXAMPLE_OF[name]:
        assert re.search(rf"\b{name}\(", example(EXAMPLE_OF[name]))


@pytest.mark.parametrize("name", ["Node", "Env"])
def test_the_nodes_of_examples_keep_the_contract(name):
    names = dict(cast())
    exec(example(name), names)  # noqa: S102
    factory = names["Register"]
    conformance(splitbrain.Scenario(name=name, factory=factory, invariants=(KeepsContract,), progress=(Decided,)))
