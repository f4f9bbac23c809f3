"""An exhibit: a scenario with one decision gone wrong."""

from toy_museum import Hasty
from toys import REGISTER, Forgetful

from splitbrain.exhibit import mutant, told_by


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
