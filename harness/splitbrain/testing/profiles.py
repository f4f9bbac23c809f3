"""Hypothesis profiles: ``splitbrain-dev``, ``splitbrain-ci`` and ``splitbrain-nightly``, chosen with ``--hypothesis-profile``.

* ``splitbrain-dev``, which holds when none is chosen: fresh seeds; a failure is found again at once, from Hypothesis' database.
* ``splitbrain-ci``: fixed seeds, no database. Equal code gives equal runs.
* ``splitbrain-nightly``: ten times the budget; one fresh seed for the whole run, which is printed in pytest's header and with
  every search; ``--hypothesis-seed=<seed>`` repeats that run.

Hypothesis' own profiles are not used: on a CI machine it fixes all seeds by itself, and its budgets (100 examples of 50
steps) are for tests that do not search. Settings that a test or a profile of your own changes still hold (on a CI machine,
a test's own ``settings(...)`` has fixed seeds unless it says ``derandomize=False``, as everywhere in Hypothesis), but never
Hypothesis' shrinking: the engine's own is better at schedules, by far.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from splitbrain.dice import fresh_seed
from splitbrain.testing.session import session

if TYPE_CHECKING:
    from hypothesis import settings

# Hypothesis is imported in functions: whoever asks for a seed alone need not wait for it.

DEV, CI, NIGHTLY = "splitbrain-dev", "splitbrain-ci", "splitbrain-nightly"

# Examples of one search: about half a minute on Raft, when nothing is broken.
_BUDGETS: dict[str, dict[str, Any]] = {
    DEV: {"max_examples": 4_000},
    CI: {"max_examples": 4_000, "derandomize": True, "database": None},
    NIGHTLY: {"max_examples": 40_000, "database": None},
}
_RULES = 7
_RUNS = {DEV: 100, CI: 100, NIGHTLY: 2_000}  # of a @simulate test


def register() -> None:
    """Make the profiles known to Hypothesis."""
    from hypothesis import HealthCheck, settings  # noqa: PLC0415

    if DEV in _registered():
        return
    for name, budget in _BUDGETS.items():
        settings.register_profile(
            name,
            settings.get_profile("default"),
            **{
                "stateful_step_count": _RULES,
                "deadline": None,
                "suppress_health_check": list(HealthCheck),
                "report_multiple_bugs": False,
                "phases": _phases(settings.get_profile("default")),
                "derandomize": False,
            }
            | budget,
        )


def current() -> str:
    """The profile that is chosen; ``splitbrain-dev`` when none of these is."""
    from hypothesis import settings  # noqa: PLC0415

    name = settings.get_current_profile_name()  # pytest's --hypothesis-verbosity makes one of "<name>-with-..."
    return next((each for each in (CI, NIGHTLY) if name.startswith(each)), DEV)


def searching(chosen: settings | None = None) -> settings:
    """The settings of a search: the current profile's, and what ``chosen`` changes of Hypothesis' own."""
    from hypothesis import HealthCheck, settings  # noqa: PLC0415

    register()
    name = settings.get_current_profile_name()
    result = inherited = settings.default or settings.get_profile(DEV)
    if not name.startswith("splitbrain-"):
        known = settings.get_profile("ci" if name.startswith("ci") else "default")
        result = settings(settings.get_profile(DEV), **_changes(inherited, known))
    if chosen is not None:
        # On a CI machine Hypothesis' own profile derandomizes too, so that only the value tells what was asked for.
        result = settings(result, **_changes(chosen, inherited) | {"derandomize": chosen.derandomize})
    return settings(
        result, phases=_phases(result), deadline=None, suppress_health_check=list(HealthCheck), report_multiple_bugs=False
    )


def simulations() -> int:
    """How often a ``@simulate`` test runs."""
    return _RUNS[current()]


def seed() -> int:
    """The seed of a search: what ``--hypothesis-seed`` says, 0 in splitbrain-ci, else a fresh one."""
    given = session().seed
    if given is not None:
        return given
    return 0 if current() == CI else fresh_seed()


def _registered() -> tuple[str, ...]:
    from hypothesis import settings  # noqa: PLC0415
    from hypothesis.errors import InvalidArgument  # noqa: PLC0415

    try:
        settings.get_profile(DEV)
    except InvalidArgument:
        return ()
    return (DEV,)


def _phases(chosen: settings) -> tuple[Any, ...]:
    from hypothesis import Phase  # noqa: PLC0415

    return tuple(phase for phase in chosen.phases if phase not in (Phase.shrink, Phase.explain))


_FIELDS = ("max_examples", "derandomize", "database", "verbosity", "phases", "stateful_step_count", "print_blob", "backend")


def _changes(chosen: settings, inherited: settings) -> dict[str, Any]:
    """What ``chosen`` says otherwise than what it inherits."""
    return {name: getattr(chosen, name) for name in _FIELDS if getattr(chosen, name) != getattr(inherited, name)}
