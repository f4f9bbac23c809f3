"""One trial of the score."""

from toys import REGISTER

from splitbrain.search.trial import UNIFORM, Trial, attempt, length

MUSEUM = "toy_museum:EXHIBITS"


def test_a_trial_whose_scenario_cannot_run_is_an_error_with_a_message():
    tried = attempt(Trial("no-such-exhibit", 1, 1.0, museum=MUSEUM))
    assert tried.outcome == "error"
    assert "there is no exhibit 'no-such-exhibit'" in tried.message
    assert tried.seconds == 1.0  # no better than a hunt that finds nothing


def test_a_trial_that_raises_what_nobody_expects_is_an_error_too():
    tried = attempt(Trial("toy-crumbles", 1, 1.0, museum="toy_museum:CRUMBLING"))
    assert (tried.outcome, tried.seconds) == ("error", 1.0)
    assert tried.message.startswith("AttributeError: it crumbled")


def test_a_uniform_walk_s_find_is_not_minimised():
    tried = attempt(Trial("toy-forgets", 1, 600.0, UNIFORM, MUSEUM))
    assert tried.found
    assert (tried.actions, tried.replays) == (None, None)


def test_a_crash_with_its_restart_is_one_action():
    from splitbrain.actions import Crash, Request, Restart  # noqa: PLC0415

    assert length([Request("n1", "r1", "v1"), Crash("n1"), Restart("n1"), Request("n1", "r2", "v2")]) == 3
    assert length([Crash("n1", during=Request("n1", "r1", "v1")), Restart("n1")]) == 1


def test_what_is_found_is_minimised_and_measured_as_exhaustive_searches_count():
    tried = attempt(Trial("toy-forgets", 1, 600.0, museum=MUSEUM))
    assert (tried.outcome, tried.invariant, tried.actions, tried.minimal) == ("violation", "OneValue", 3, True)
    assert tried.actions_found >= 3
    assert tried.replays > 0


def test_an_unbroken_protocol_is_hunted_under_its_own_name():
    trial = Trial("toy_museum:REGISTER", 1, 1.0, unbroken=True)
    assert trial.scenario() is REGISTER
    assert attempt(trial).outcome == "clean"
