"""Questions to other processes about the nodes of `unsteady`: one client asks n1."""

from __future__ import annotations

import os
import sys

from splitbrain.actions import Request
from splitbrain.elsewhere.question import Question
from splitbrain.schedule.file import SavedSchedule, encode
from splitbrain.schedule.header import Header
from splitbrain.world.run import Setup, run

ASKED = (Request("n1", "r1", "v1"),)


def saved(name, actions=ASKED, size=3):
    """The schedule of a scenario of `unsteady`, or of "module:NAME"."""
    return SavedSchedule(Header(scenario=name if ":" in name else f"unsteady:{name}", size=size), tuple(actions))


def ran(scenario, actions=ASKED, size=3):
    """The run of a schedule, here."""
    return run(Setup(scenario, size), actions, keep=True)


def question(*names, actions=ASKED, **fields):
    """Run these."""
    files = tuple(encode(saved(name, actions)) for name in names)
    plain = {"files": files, "hosts": ("direct",) * len(files), "path": tuple(sys.path), "folder": os.getcwd(), "cpu": 20}
    return Question(**plain | fields)
