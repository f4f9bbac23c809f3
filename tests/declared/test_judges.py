"""Who judges a scenario: all of its invariants and the contract, or those that are named, or all but some."""

from functools import partial

import pytest
from scripted import Note, scripted
from toys import FORGETFUL, REGISTER

from splitbrain.actions import Request, Restart
from splitbrain.errors import ScenarioError
from splitbrain.events import Failed
from splitbrain.invariant import Invariant, KeepsContract
from splitbrain.node import Observe
from splitbrain.world.world import World
from splitbrain_protocols.raft.scenario import RAFT


class First(Invariant):
    """Nothing is said."""

    watches = (Note,)

    def __init__(self, word="first"):
        self.word = word

    def observe(self, event):
        return self.violation(self.word, event)


class Second(First):
    """Nor is this."""


BOTH = scripted(request=lambda *_: [Observe(Note("x"))], invariants=(First, Second))


def broken(scenario):
    with World(scenario, 3) as world:
        world.apply(Request("n1", "r1", "x"))
        return world.violation and world.violation.invariant


def names(scenario):
    return [type(each).__name__ for each in scenario.monitor().invariants]


def test_a_scenario_is_judged_by_its_invariants_and_the_contract_or_by_those_that_are_left():
    assert names(BOTH) == ["KeepsContract", "First", "Second"]
    assert names(BOTH.judged(only=["Second"])) == ["Second"]
    assert names(BOTH.judged(without=("First",))) == ["KeepsContract", "Second"]
    assert names(BOTH.judged(only=("First", "Second"), without=("First",))) == ["Second"]
    assert [broken(each) for each in (BOTH, BOTH.judged(without=["First"]), BOTH.judged(only=["KeepsContract"]))] == [
        "First",
        "Second",
        None,
    ]


def test_the_contract_is_judged_once_where_it_is_named_among_the_invariants():
    assert names(scripted(invariants=(KeepsContract,))) == ["KeepsContract"]


def test_where_the_contract_is_muted_a_node_that_raises_is_dead_and_can_be_started_again():
    def breaks(node, *_):
        raise ValueError("no")

    scenario = scripted(request=breaks, invariants=(First,)).judged(without=("KeepsContract",))
    with World(scenario, 3) as world:
        world.apply(Request("n1", "r1", "x"))
        assert world.violation is None
        assert [type(event) for event in world.events][-1] is Failed
        world.apply(Restart("n1"))


def test_what_is_muted_already_stays_so():
    muted = BOTH.judged(without=("First",))
    assert names(muted.judged(without=("KeepsContract",))) == ["Second"]
    assert names(muted.judged(only=("First", "Second"))) == ["Second"]
    assert names(muted.judged(without=("First",))) == names(muted)
    with pytest.raises(ScenarioError, match=r"leave nothing to judge by; keep at least one of KeepsContract, Second"):
        muted.judged(only=("First",))


def test_nothing_to_choose_by_leaves_the_very_scenario():
    assert BOTH.judged() is BOTH


def test_factories_are_made_once_to_learn_their_names():
    made = []

    def first() -> First:
        made.append(1)
        return First()

    scenario = scripted(invariants=(first, partial(Second, "second"), lambda: First("third")))
    assert made == []
    assert names(scenario.judged(only=("Second",))) == ["Second"]
    assert len(made) == 2  # one for the scenario, and one for the other that came of it
    assert names(scenario.judged(without=("First",))) == ["KeepsContract", "Second"]


def test_it_may_stand_in_the_scenario_itself():
    assert names(scripted(invariants=(First, Second), without=("Second",))) == ["KeepsContract", "First"]
    with pytest.raises(ValueError, match=r"^Scenario 'scripted': without=\('Sceond',\): .*did you mean Second\?"):
        scripted(invariants=(First, Second), without=("Sceond",))


@pytest.mark.parametrize(
    ("asked", "complaint"),
    [
        (
            {"only": ("LogMaching",)},
            r"only=\('LogMaching',\): there is no invariant 'LogMaching'; did you mean LogMatching\? There are Ke",
        ),
        ({"without": ["logtermination"]}, r"there is no invariant 'logtermination'; did you mean LogTermination"),
        ({"without": ("zzz",)}, r"there is no invariant 'zzz'; there are KeepsContract, ElectionSafety, "),
        ({"only": "LogMatching"}, r"only='LogMatching' is one string, not a tuple of names; write only=\('LogMatching',\)"),
        ({"only": 3}, "only=3 is an int, not a tuple of names"),
        ({"only": (First,)}, r"holds what is no name; write each as a string, as in only=\('First',\)"),
        (
            {"only": ("LogMatching",), "without": ("LogMatching",)},
            "leave nothing to judge by; keep at least one of KeepsContract, ",
        ),
    ],
)
def test_names_that_no_invariant_has_are_told_with_those_that_there_are(asked, complaint):
    with pytest.raises(ScenarioError, match=rf"^scenario 'raft': .*{complaint}"):
        RAFT.judged(**asked)


def test_a_scenario_knows_what_it_was_before_it_was_judged_otherwise():
    once = REGISTER.judged(without=("KeepsContract",))
    assert once.judged(only=("OneValue",)).origin is once.origin is REGISTER
    assert REGISTER.origin is None
    assert FORGETFUL.judged(only=("OneValue",)) != FORGETFUL
