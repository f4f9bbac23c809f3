"""What trials of the toy museum end with, and scores of them, made up."""

from __future__ import annotations

from dataclasses import replace

from msgspec.structs import replace as replace_struct
from toy_museum import BUG, CONTROL

from splitbrain.actions import Crash, Restart
from splitbrain.schedule.file import SavedSchedule
from splitbrain.schedule.header import new_header
from splitbrain.search.row import row
from splitbrain.search.score import Score
from splitbrain.search.trial import UNIFORM, Scored, Trial
from splitbrain.world.run import Setup


def outcome(seed=1, **fields):
    """A trial that found the bug, but for ``fields``."""
    strategy = fields.pop("by", None)
    found = {
        "outcome": "violation",
        "runs": 10 * seed,
        "steps": 1000 * seed,
        "seconds": seed / 10,
        "strategy": "swarm",
        "invariant": "OneValue",
        "actions_found": 40 + seed,
        "actions": 3,
        "minimal": True,
        "minimise_seconds": 0.5,
        "replays": 100,
    }
    return Scored(Trial("toy-forgets", seed, 60.0, strategy), **found | fields)


def missed(seed=1, **fields):
    nothing = dict.fromkeys(("strategy", "invariant", "actions_found", "actions", "minimise_seconds", "replays"))
    return outcome(seed, outcome="clean", seconds=60.0, minimal=False, runs=5000, steps=10**6, **nothing, **fields)


def on_file(crashes, invariant="OneValue"):
    """A schedule of so many actions."""
    header = new_header("toy_museum:REGISTER", Setup(BUG.scenario, 2))
    return SavedSchedule(replace_struct(header, invariant=invariant), (Crash("n1"), Restart("n1")) * crashes)


def scored(*rows, **fields):
    """A score with these rows."""
    return Score(60.0, 3, 1, 2, list(rows), cores=2, python="CPython 3.11.7", elapsed=123.4, done=12, of=12, **fields)


def whole():
    """A score with a swift bug, one that was missed, a control and an unbroken protocol."""
    slow = replace(BUG, id="toy-that-has-a-very-long-name-indeed", shortest={})
    return scored(
        row(BUG, [outcome(1), outcome(2), outcome(3), outcome(1, by=UNIFORM, runs=70, seconds=7.0)]),
        row(slow, [outcome(1, actions=14, minimal=False), missed(2), missed(3), missed(1, by=UNIFORM)]),
        row(CONTROL, [missed(1), missed(2)]),
        unbroken=[replace(missed(1), trial=Trial("toy_museum:REGISTER", 1, 60.0, unbroken=True))],
        wanted=40,
    )
