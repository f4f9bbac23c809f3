"""The museum's saved schedules, run, for tests of what is told of them."""

from functools import cache
from pathlib import Path

import pytest

from splitbrain.counterexample.explanation import explain
from splitbrain.schedule.file import load
from splitbrain.schedule.format import SUFFIX
from splitbrain.world.run import run

FOLDER = Path(__file__).parent / "schedules" / "museum"
DEAR = ("catchup-deduplicated-forever", "nack-no-backoff", "pax-duelling-proposers")  # fair phases full of messages


def marked(slugs):
    """The same, for tests with a parameter: those of runs that take long are slow."""
    return [pytest.param(slug, marks=pytest.mark.slow) if slug in DEAR else slug for slug in slugs]


SLUGS = marked(sorted(path.name.removesuffix(SUFFIX) for path in FOLDER.glob(f"*{SUFFIX}")))


@cache
def saved_run(slug):
    """The schedule of this exhibit, and its run with the trace."""
    saved = load(FOLDER / f"{slug}{SUFFIX}")
    setup = saved.setup()
    return saved, run(setup, saved.schedule(setup.scenario), keep=True)


@cache
def of_the_museum(slug):
    """The explanation of this exhibit's schedule, and that run; made once, for many tests look at it."""
    _, done = saved_run(slug)
    return explain(done), done
