"""The arguments of operations as files know them: what comes back is what a node was told, or is refused before it is told."""

from enum import Enum

import pytest
from scripted import scripted

from splitbrain.actions import Crash, Operate
from splitbrain.errors import NotEnabled, ScenarioError, ScheduleError
from splitbrain.filed.arguments import recalled
from splitbrain.schedule.file import SavedSchedule, load, save
from splitbrain.schedule.header import bare_header
from splitbrain.schedule.line import read_action
from splitbrain.world.run import Setup, run
from splitbrain.world.world import World


class Colour(Enum):
    RED = "red"


def operated(operations):
    return scripted(operate=lambda *_: (), operations=operations)


def test_an_argument_that_no_file_could_hold_is_refused_before_it_is_used():
    scenario = operated({"add": lambda me, peers, dice: None})
    for argument, why in (
        ((1, 2), r"would come back from a schedule file as \[1, 2\]"),
        (Colour.RED, "would come back from a schedule file as 'red'"),
        (object(), "can be in no schedule file, for it holds an object of type builtins.object"),
        (float("inf"), "for it holds inf, for which JSON has no number"),
    ):
        with World(scenario) as world:
            with pytest.raises(ScenarioError, match=f"scenario 'scripted': the argument of operation n1 add, .*, {why}"):
                world.apply(Operate("n1", "add", argument))
            assert world.step == 0
        with World(scenario, lenient=True) as world, pytest.raises(NotEnabled):
            world.apply(Operate("n1", "add", argument))


def test_arguments_that_a_scenario_names_come_back_from_a_file_by_their_json():
    scenario = operated({"paint": (Colour.RED, ("n1", 2))})
    assert recalled(scenario, Operate("n1", "paint", "red")).argument is Colour.RED
    assert recalled(scenario, Operate("n1", "paint", ["n1", 2])).argument == ("n1", 2)
    assert recalled(scenario, Operate("n1", "paint", "blue")).argument == "blue"
    with World(scenario) as world:
        world.apply(Operate("n1", "paint", Colour.RED))


def test_arguments_that_no_file_can_tell_apart_are_refused_with_the_setup():
    with pytest.raises(ScenarioError, match=r"operation 'add' has the values \(1,\) and \[1\], which are both \[1\]"):
        Setup(operated({"add": ((1,), [1])}), 1)
    with pytest.raises(ScenarioError, match="operation 'add' has a value that no schedule file can hold"):
        Setup(operated({"add": (object(),)}), 1)


def test_what_a_node_was_told_replays_from_its_file(tmp_path):
    setup = Setup(operated({"paint": (Colour.RED, ("n1", 2))}), 2)
    schedule = (Operate("n1", "paint", ("n1", 2)), Crash("n2", 0, Operate("n2", "paint", Colour.RED), 0))
    saved = SavedSchedule(bare_header("test:PAINTED", setup), run(setup, schedule).actions)
    save(tmp_path / "x.schedule.jsonl", saved)
    again = load(tmp_path / "x.schedule.jsonl").schedule(setup.scenario)
    assert again == schedule
    assert again[0].argument == ("n1", 2)
    assert again[1].during.argument is Colour.RED


def test_what_a_line_of_a_file_says_of_an_argument_is_checked(tmp_path):
    text = b'{"do": "operate", "node": "n1", "operation": "add", "argument": {"a": 1, "a": 2}}'
    with pytest.raises(ScheduleError, match='"a" stands there twice'):
        read_action(text, "line 2")
