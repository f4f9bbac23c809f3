"""A trial can be looked at part by part."""

from toys import REGISTER
from unsteady import ORDERED

from splitbrain.doctor.trial import Trial
from splitbrain.elsewhere import cause


def tried(scenario):
    trial = Trial(scenario, 0)
    trial.go()
    return trial


def test_of_a_sound_scenario_all_parts_are_well():
    trial = tried(REGISTER)
    assert (trial.host, trial.problems.told(), trial.elsewhere.difference) == ("direct", (), None)
    assert trial.elsewhere.confirmation.confirmed
    assert trial.counts["runs"] > 0
    assert {type(node).__name__ for _, node in trial.made} == {"Register"}


def test_a_difference_is_kept_apart_from_what_breaks_the_contract():
    trial = tried(ORDERED)
    assert trial.problems.told() == ()
    assert trial.elsewhere.difference.cause == cause.HASHING
    assert trial.notes() == ()
