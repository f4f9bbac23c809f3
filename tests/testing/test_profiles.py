"""The profiles: what holds of a user's settings, and what of ours."""

import pytest
from hypothesis import HealthCheck, Phase, settings
from projects import machine

from splitbrain.testing import profiles


def test_hypothesis_neither_shrinks_nor_explains_and_no_health_check_speaks():
    for chosen in (None, settings(max_examples=7), settings(phases=list(Phase))):
        found = profiles.searching(chosen)
        assert Phase.generate in found.phases
        assert not {Phase.shrink, Phase.explain} & set(found.phases)
        assert set(found.suppress_health_check) == set(HealthCheck)
        assert found.deadline is None


def test_what_a_user_sets_holds_and_the_rest_is_the_profiles():
    mine = profiles.searching(settings(max_examples=7))
    default = profiles.searching()
    assert mine.max_examples == 7
    assert mine.stateful_step_count == default.stateful_step_count == settings.get_profile(profiles.DEV).stateful_step_count
    assert default.max_examples == settings.get_profile(profiles.DEV).max_examples


def test_ci_has_fixed_seeds_and_no_database_and_nightly_fresh_seeds_and_a_large_budget():
    profiles.register()
    dev, ci, nightly = (settings.get_profile(name) for name in (profiles.DEV, profiles.CI, profiles.NIGHTLY))
    assert (dev.derandomize, ci.derandomize, nightly.derandomize) == (False, True, False)
    assert dev.database is not None
    assert ci.database is None
    assert nightly.max_examples >= 10 * ci.max_examples


@pytest.mark.slow
def test_nightly_prints_its_seed_and_the_seed_repeats_the_search(project):
    machine(project, "TestDuck = state_machine(REGISTER).TestCase\nTestDuck.settings = settings(max_examples=5)\n")
    arguments = "-p", "no:cacheprovider", "-s", "--hypothesis-profile=splitbrain-nightly"
    first = project.runpytest_subprocess(*arguments)
    first.assert_outcomes(passed=1)
    first.stdout.fnmatch_lines(["splitbrain: all searches have the seed *", "*seed * repeats this search)"])
    seed = next(line for line in first.outlines if "all searches" in line).split("--hypothesis-seed=")[1].split()[0]
    account = next(line for line in first.outlines if "register: clean" in line).partition(" steps")[0]
    again = project.runpytest_subprocess(*arguments, f"--hypothesis-seed={seed}")
    again.stdout.fnmatch_lines([f"splitbrain: all searches have the seed {seed};*", f"*{account} steps*"])
