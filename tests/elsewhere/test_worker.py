"""One other process: what it is asked, and how it ends."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from processes import gone, in_time
from questions import question, ran
from unsteady import ORDERED, SOUND

from splitbrain.elsewhere.worker import LASTING, Worker
from splitbrain.trace.encoding import digest

TESTS = Path(__file__).resolve().parents[1]
needs_forks = pytest.mark.skipif(not LASTING, reason="a process answers once, where it cannot fork")


@pytest.fixture
def worker():
    made = Worker(19)
    yield made
    made.stop()


def answered(worker, *arguments, seconds=60, **fields):
    worker.ask(question(*arguments, **fields))
    return worker.answer(seconds)


@needs_forks
def test_a_worker_answers_again_and_again_and_each_time_as_if_it_were_the_first(worker):
    first, second = (answered(worker, "COUNTING").results[0].digest for _ in range(2))
    assert first == second
    assert answered(worker, "SOUND").results[0].digest == digest(ran(SOUND).events)


def test_where_nothing_can_be_forked_a_worker_answers_once():
    worker = Worker(19, lasting=False)
    try:
        assert answered(worker, "SOUND").results[0].digest == digest(ran(SOUND).events)
        assert not worker.fit
        assert not worker.alive
    finally:
        worker.stop()


def test_a_worker_has_its_own_hash_seed():
    digests = set()
    for seed in (19, 38, 57):
        worker = Worker(seed)
        digests.add(answered(worker, "ORDERED").results[0].digest)
        worker.stop()
    digests.add(digest(ran(ORDERED).events))
    assert len(digests) > 1


def test_what_is_printed_or_warned_of_elsewhere_reaches_nobody(worker, capfd):
    assert answered(worker, "LOUD").trouble is None
    assert capfd.readouterr() == ("", "")


@needs_forks
def test_what_takes_longer_than_it_may_is_given_up_and_the_worker_is_still_fit(worker):
    assert answered(worker, "SLOW", cpu=1).trouble == "it took longer than 1 s (CPU)"
    assert worker.fit
    assert answered(worker, "SOUND").trouble is None


def test_by_the_clock_it_is_given_up_too(worker):
    assert answered(worker, "SLOW", seconds=0.5).trouble == "it took longer than 0 s"
    assert not worker.fit


def test_a_module_that_ends_its_process_is_a_trouble(worker, tmp_path):
    (tmp_path / "leaves.py").write_text("import os\nos._exit(3)\n")
    answer = answered(worker, "leaves:NAME", path=(str(tmp_path), *sys.path))
    assert answer.trouble == "a module or a node ended it"


def test_a_worker_that_somebody_killed_is_a_trouble_and_not_alive(worker):
    os.kill(worker.pid, signal.SIGKILL)
    assert answered(worker, "SOUND").trouble == "it ended without an answer"
    assert not worker.alive


@needs_forks
def test_stopping_a_worker_ends_what_it_has_begun():
    worker = Worker(19)
    worker.ask(question("SLOW"))
    worker.stop()
    assert in_time(gone, worker.pid)


@needs_forks
@pytest.mark.parametrize("name", ["SOUND", "SLOW"])
def test_a_worker_whose_parent_is_killed_ends_whether_it_waits_or_works(name):
    code = f"""
import os, sys
sys.path.insert(0, {str(TESTS)!r})
from questions import question
from splitbrain.elsewhere.worker import Worker
worker = Worker(19)
worker.ask(question({name!r}))
print(worker.pid, flush=True)
if {name!r} == "SOUND":
    worker.answer(60)
print("now", flush=True)
sys.stdin.read()
"""
    parent = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    with parent:
        pid = int(parent.stdout.readline())
        assert parent.stdout.readline() == "now\n"
        parent.kill()
    assert in_time(gone, pid)
