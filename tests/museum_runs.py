"""The museum's saved schedules, run, for tests of what is told of them."""

from pathlib import Path

from splitbrain.counterexample.explanation import explain
from splitbrain.schedule.file import load
from splitbrain.schedule.format import SUFFIX
from splitbrain.world.run import run

FOLDER = Path(__file__).parent / "schedules" / "museum"
SLUGS = sorted(path.name.removesuffix(SUFFIX) for path in FOLDER.glob(f"*{SUFFIX}"))


def saved_run(slug):
    """The schedule of this exhibit, and its run with the trace."""
    saved = load(FOLDER / f"{slug}{SUFFIX}")
    setup = saved.setup()
    return saved, run(setup, saved.schedule(setup.scenario), keep=True)


def of_the_museum(slug):
    """The explanation of this exhibit's schedule, and that run."""
    _, done = saved_run(slug)
    return explain(done), done
