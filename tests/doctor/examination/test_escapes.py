"""Where a node asks the real world is seen, and nothing else is."""

import datetime
import importlib
import os
import random
import secrets
import time
import uuid

import escaping
import pytest
from escaping import Harmless, Quiet, Sleeper, asking

from splitbrain.actions import Fire
from splitbrain.doctor.examination.escapes import Escapes
from splitbrain.invariant import KeepsContract
from splitbrain.scenario import Scenario
from splitbrain.world.run import Setup, run

TICKS = (Fire("n1", "tick"),) * 3


def escapes(factory, actions=TICKS):
    scenario = Scenario(name="escaping", factory=factory, invariants=(KeepsContract,), sizes=(1,))
    setup = Setup(scenario, 1)
    with Escapes() as watched:
        done = run(setup, actions)
    assert done.violation is None, done.violation
    return watched.found


def line_of(function):
    return function.__code__.co_firstlineno


# ruff: noqa: PLW0108 - each is called in a line of this file
@pytest.mark.parametrize(
    ("deed", "kind", "what"),
    [
        (lambda: time.time(), "clock", "time.time"),
        (lambda: time.monotonic_ns(), "clock", "time.monotonic_ns"),
        (lambda: datetime.datetime.now(), "clock", "datetime.now"),
        (lambda: datetime.date.today(), "clock", "date.today"),
        (lambda: random.random(), "chance", "random.random"),
        (lambda: random.choice("abc"), "chance", "random.choice"),
        (lambda: random.gauss(0, 1), "chance", "random.gauss"),
        (lambda: random.shuffle([1, 2]), "chance", "random.shuffle"),
        (lambda: random.Random(), "chance", "random.Random"),
        (lambda: random.SystemRandom().random(), "chance", "random.SystemRandom.random"),
        (lambda: os.urandom(1), "chance", "os.urandom"),
        (lambda: secrets.token_hex(), "chance", "secrets.token_hex"),
        (lambda: uuid.uuid4(), "chance", "uuid.uuid4"),
        (lambda: uuid.uuid1(), "chance", "uuid.uuid1"),
        (lambda: escaping.opened(), "file", "open"),
        (lambda: os.listdir("."), "file", "os.listdir"),
        (lambda: escaping.connected(), "socket", "socket.socket"),
        (lambda: escaping.started(), "thread", "threading.Thread"),
        (lambda: os.getpid(), "environment", "os.getpid"),
        (lambda: os.environ.get("HOME"), "environment", "os.environ"),
        (lambda: id(3), "identity", "id"),
    ],
)
def test_a_call_is_told_once_with_its_kind_its_place_and_how_often(deed, kind, what):
    found = {(each.kind, each.what): each for each in escapes(asking(deed))}
    assert (kind, what) in found, found
    escape = found[kind, what]
    assert escape.times >= 3
    assert os.path.basename(escape.file) in ("test_escapes.py", "escaping.py")
    assert escape.line > 0


def test_the_place_is_the_call_s_own_line():
    def deed():
        first = 1
        return time.time() + first

    (escape,) = escapes(asking(deed))
    assert (escape.line, escape.function.rpartition(".")[2]) == (line_of(deed) + 2, "deed")


def test_a_process_that_is_run_is_seen():
    assert {"process"} <= {each.kind for each in escapes(asking(escaping.ran), TICKS[:1])}


@pytest.mark.parametrize("factory", [Quiet, Harmless])
def test_log_records_copies_seeded_sources_and_hashes_are_no_escapes(factory):
    assert escapes(factory) == ()


def test_what_trio_and_the_harness_call_themselves_is_nobody_s_escape():
    assert escapes(Sleeper, ()) == ()


def test_what_is_imported_meanwhile_does_not_count(tmp_path, monkeypatch):
    (tmp_path / "late_module.py").write_text("import time, os\nNOW = time.time(), os.urandom(3), open(__file__).close()\n")
    monkeypatch.syspath_prepend(str(tmp_path))

    def deed():
        return importlib.import_module("late_module").NOW

    assert escapes(asking(deed)) == ()


def test_afterwards_nothing_is_heard_any_more():
    with Escapes() as watched:
        pass
    time.time()
    os.listdir(".")
    assert watched.found == ()
