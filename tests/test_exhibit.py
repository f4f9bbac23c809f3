"""An exhibit: a scenario with one decision gone wrong."""

from dataclasses import replace

import pytest
from toy_museum import BUG, Hasty
from toys import REGISTER, Forgetful

from splitbrain.exhibit import Goal, mutant, told_by


def test_a_mutant_is_its_base_but_for_the_factory_and_what_is_said():
    made = mutant(REGISTER, Forgetful, sizes=(3,))
    assert (made.factory, made.sizes) == (Forgetful, (3,))
    assert mutant(made, REGISTER.factory, sizes=REGISTER.sizes) == REGISTER
    assert REGISTER.factory is not Forgetful


def test_mechanism_and_story_are_the_factory_s_docstring():
    mechanism, story = told_by(Hasty)
    assert mechanism == "A register that reminds its peers twice as often."
    assert story.split("\n\n") == [
        "It looks like a fault, for twice as many copies are under way.",
        "But a copy of a value that is known already changes nothing.",
    ]
    assert told_by(lambda *_: None) == ("", "")


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"id": ""}, "this id is no word of letters, digits, '-', '_' and '.', as files and commands need; write for"),
        ({"id": "two words"}, "this id is no word"),
        ({"id": None}, "this id is no word"),
        ({"title": None}, "title=None is no text; write one"),
        ({"scenario": None}, "scenario=None is nothing; give it a Scenario"),
        ({"scenario": "raft"}, "scenario='raft' is a str; give it a Scenario"),
        ({"invariant": "OneValue"}, r"invariant='OneValue' is one string, not a tuple of names; write invariant=\('OneValue',\)"),
        ({"invariant": ("OneVaule",)}, r"invariant=\('OneVaule',\): there is no invariant 'OneVaule'; did you mean OneValue\?"),
        ({"shortest": {"Two": 3}}, r"shortest=\('Two',\): there is no invariant 'Two'; there are KeepsContract, OneValue"),
        ({"shortest": {"OneValue": "3"}}, "is no dict of numbers of actions; write for instance {'Agreement': 4}"),
        ({"shortest": None}, "shortest=None is no dict of numbers"),
        ({"control": "no"}, "control='no' is neither True nor False; say which"),
        ({"goal": 20}, r"goal=20 is an int; write for instance Goal\(20, "),
    ],
)
def test_an_exhibit_that_cannot_be_hunted_is_told_where_it_is_written(fields, complaint):
    with pytest.raises(ValueError, match=rf"^Exhibit {fields.get('id', BUG.id)!r}: .*{complaint}"):
        replace(BUG, **fields)


def test_a_goal_is_a_number_of_runs_or_none():
    assert Goal(None, "one seed will do").runs is None
    with pytest.raises(ValueError, match=r"^Goal: runs='few' is no number of runs; give a whole number, at least 1, or None"):
        Goal("few", "")
