"""What the fields of a scenario may hold: each mistake is told where the scenario is written, with what to write instead."""

from functools import partial
from inspect import CORO_CLOSED, getcoroutinestate

import pytest
from scripted import Note, scripted
from told import Cells

from splitbrain.budget import FaultBudget
from splitbrain.declared.fields import is_count, is_put_off
from splitbrain.errors import ScenarioError
from splitbrain.exhibit import mutant
from splitbrain.invariant import Invariant, KeepsContract
from splitbrain.observations import Decided
from splitbrain.schedule.file import SavedSchedule, decode, encode, file_name
from splitbrain.schedule.header import Header
from splitbrain.search.hunt import hunt
from splitbrain_invariants import Agreement, Linearizable
from splitbrain_protocols.raft.scenario import RAFT


class Duck:
    """Looks like an invariant."""

    watches = (Note,)

    def observe(self, event): ...


class Needs(Invariant):
    """Cannot be made of nothing."""

    def __init__(self, one, /, *rest, other, third=3, **more): ...


@pytest.mark.parametrize(
    ("field", "value", "complaint"),
    [
        ("requests", -1, "requests=-1 is no number of requests; requests must be a whole number, at least 0"),
        ("requests", True, "requests=True is no number of requests"),
        ("requests", "3", "requests='3' is no number of requests"),
        ("latency", 0, "latency=0 is no number of ms; latency must be a whole number, at least 1"),
        ("latency", 1.5, "latency=1.5 is no number of ms"),
        ("calm_bound", None, "calm_bound=None is no number of ms"),
        ("calm_bound", -1, "calm_bound=-1 is no number of ms; calm_bound must be a whole number, at least 0"),
        ("calm_bound", 3_600_001, "calm_bound=3600001 is more than 3600000 ms, an hour of virtual time, .*; give a smaller one"),
        ("sizes", 3, r"sizes=3 is an int, not a tuple of cluster sizes; write sizes=\(3,\)"),
        ("sizes", range(3), r"sizes=range\(0, 3\) is a range, not a tuple of cluster sizes; write for instance sizes=\(3, 5\)"),
        ("sizes", (), r"sizes=\(\): a cluster has a whole number of nodes, at least 1"),
        ("sizes", (3, 0), r"sizes=\(3, 0\): a cluster has"),
        ("sizes", (True,), r"sizes=\(True,\): a cluster has"),
        ("sizes", ("3",), r"sizes=\('3',\): a cluster has"),
        ("invariants", Agreement, r"Agreement'> is one class, not a tuple of classes; write invariants=\(Agreement,\)"),
        ("invariants", None, "invariants=None is nothing, not a tuple"),
        ("invariants", "Agreement", "invariants='Agreement' is a str, not a tuple"),
        ("invariants", (), r"invariants=\(\) lets every run pass that no node fails in; .* write invariants=\(KeepsContract,\)"),
        ("invariants", (Agreement(),), r"an object of Agreement, which would see the events of all runs; .*\(Agreement,\)"),
        ("invariants", ("Agreement",), "invariants has 'Agreement', which is no class of invariants; write for instance"),
        ("invariants", (Cells,), r"invariants has Cells, a model, .* write invariants=\(Linearizable\(Cells\(\)\),\)"),
        ("invariants", (Cells(),), r"invariants has Cells, a model, .* write invariants=\(Linearizable\(Cells\(\)\),\)"),
        (
            "invariants",
            (Linearizable,),
            r"the class Linearizable, .* without its model; write invariants=\(Linearizable\(model\),\)",
        ),
        ("invariants", (Needs,), r"the class Needs, .* its one and other; write invariants=\(lambda: Needs\(one, other\),\)"),
        ("invariants", (Duck,), r"invariants has Duck, which is no Invariant; write class Duck\(Invariant\)"),
        ("progress", Decided, r"is one class, not a tuple of types of observations; write progress=\(Decided,\)"),
        ("progress", (Decided("x"),), r"progress has Decided\(value='x'\), which is no type; .* progress=\(Decided,\)"),
        ("progress", ("Decided",), r"progress has 'Decided', which is no type; .* progress=\(Decided,\)"),
        ("budget", {"crashes": "none"}, r"is a dict, not a FaultBudget; write budget=FaultBudget\(crashes='none'\)"),
        ("budget", None, r"budget=None is nothing, not a FaultBudget; write budget=FaultBudget\(\)"),
        ("budget", FaultBudget, "is one class, not a FaultBudget"),
        ("options", ["a"], r"options=\['a'\] is a list, not a dict; write for instance options={'patience': \(20, 50\)}"),
        ("options", {"a": [1, 2]}, r"option 'a' is \[1, 2\], not a tuple of values to draw from; write \(\[1, 2\],\)"),
        ("options", {"a": ()}, "option 'a' is "),
        ("options", {3: (1,)}, "option 3 is no name of a parameter, but the factory is called with it; rename it"),
        ("options", {"two words": (1,)}, "option 'two words' is no name of a parameter"),
        ("commands", ["a"], r"commands=\['a'\] is a list, not a function; it is called as commands\(number\)"),
        ("label", None, r"label=None is nothing, not a function; it is called as label\(message\)"),
        ("show", "x", r"show='x' is a str, not a function; it is called as show\(message\)"),
        ("payload", 3, r"payload=3 is an int, not a function; it is called as payload\(command, size\)"),
        ("clients", (0,), r"clients=\(0,\) is a tuple, not a function; it is called as clients\(size\)"),
        ("can_progress", True, r"it is called as can_progress\(core, size, options\)"),
        ("voters", (0, 1), r"it is called as voters\(size\)"),
        ("quorums", (2, 2), r"it is called as quorums\(voters\)"),
        ("factory", "Raft", r"factory='Raft' is a str, not a function; it is called as factory\(me, peers, disk, \*\*options\)"),
    ],
)
def test_a_field_that_cannot_be_is_told_where_it_is_written(field, value, complaint):
    with pytest.raises(ValueError, match=rf"^Scenario 'scripted': .*{complaint}"):
        mutant(scripted(), **{"factory": RAFT.factory, field: value})


@pytest.mark.parametrize("name", [None, "", " ", "two\nlines", 3])
def test_a_scenario_is_called_by_its_name_in_reports_and_needs_one(name):
    with pytest.raises(ValueError, match=r"^Scenario: name=.* is no name that a report could print on one line; write"):
        scripted(name=name)


def test_any_name_that_can_be_printed_will_do_for_a_file_goes_by_the_module():
    scenario = scripted(name="my prop / \N{SNOWMAN} .. x")
    assert hunt(scenario, seed=1, runs=1).outcome == "clean"
    saved = SavedSchedule(Header(scenario=f"{scenario.name}:X", size=3), ())
    assert decode(encode(saved)) == saved
    assert "/" not in file_name(saved)


def test_lists_will_do_where_tuples_are_meant_and_become_such():
    scenario = scripted(invariants=[Agreement], sizes=[3], progress=[Decided])
    assert (scenario.invariants, scenario.sizes, scenario.progress) == ((Agreement,), (3,), (Decided,))


def test_factories_of_invariants_need_not_be_classes():
    assert scripted(invariants=(partial(Agreement), KeepsContract)).invariants[1] is KeepsContract


def test_true_is_no_number():
    assert [is_count(each, 1) for each in (1, 0, True, 1.0, "1", None)] == [True, False, False, False, False, False]


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"watches": Note}, r"the invariant Mine watches <class .*Note'>, which is no tuple of types; write .* watches = \("),
        ({"watches": ("Note",)}, r"the invariant Mine watches \('Note',\), which is no tuple of types"),
        ({"watches": None}, "the invariant Mine watches None, which is no tuple of types"),
        ({"kind": "eventualy"}, "the invariant Mine is of kind 'eventualy'; there are 'state', 'step', 'eventually'"),
    ],
)
def test_an_invariant_that_cannot_be_fed_is_told_before_the_first_run(fields, complaint):
    mine = type("Mine", (Invariant,), fields)
    with pytest.raises(ScenarioError, match=rf"^scenario 'scripted': {complaint}"):
        hunt(scripted(invariants=(mine,)), seed=1, runs=1)


def test_what_a_function_of_yield_or_async_returns_is_no_value():
    async def late():
        pass

    async def never():
        yield

    coroutine = late()
    for each in ((each for each in ()), coroutine, never()):
        assert is_put_off(each)
    assert getcoroutinestate(coroutine) == CORO_CLOSED
    for value in ([], None):
        assert not is_put_off(value)
