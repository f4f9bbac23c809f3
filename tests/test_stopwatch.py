"""The real clock, for budgets and figures alone."""

import subprocess
import sys
from threading import Event
from time import process_time

from splitbrain.stopwatch import Deadline, Stopwatch


def test_a_stopwatch_begins_at_nothing_and_never_goes_back():
    watch, later = Stopwatch(), Stopwatch()
    seen = [watch.seconds() for _ in range(100)]
    assert seen == sorted(seen)
    assert 0 <= later.seconds() <= watch.seconds()


def test_cpu_is_what_this_process_has_used_and_no_waiting():
    watch = Stopwatch()
    while watch.cpu() == 0:
        sum(range(1_000))
    used = watch.cpu()
    subprocess.run([sys.executable, "-S", "-c", "import time; time.sleep(0.2)"], check=True)
    assert watch.seconds() - watch.cpu() > 0.15
    assert watch.cpu() >= used


def test_the_clock_of_a_process_can_be_made_to_stand_still():
    code = """
from splitbrain.stopwatch import stand_still
stand_still()
import time
from time import monotonic, perf_counter_ns
print(time.time(), monotonic(), perf_counter_ns(), time.perf_counter())
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "0.0 0.0 0 0.0\n"


def spent(seconds):
    """CPU that is used up."""
    watch = Stopwatch()
    while watch.seconds() < seconds:
        pass


def test_a_deadline_comes_when_its_seconds_are_over_and_stays():
    deadline = Deadline(0.02)
    assert not deadline.passed()
    spent(0.03)
    assert deadline.passed()
    assert [deadline.steps(), deadline.steps()] == [0, 0]


def test_the_clock_is_looked_at_more_seldom_the_faster_the_steps_are():
    deadline = Deadline(600)
    assert [deadline.steps() for _ in range(8)] == [2, 4, 8, 16, 32, 32, 32, 32]
    spent(0.011)
    assert [deadline.steps(), deadline.steps()] == [1, 2]


def test_a_deadline_of_cpu_takes_no_notice_of_others_until_five_times_as_long():
    idle = Deadline(0.02, cpu=True)
    Event().wait(0.03)
    assert not idle.passed()
    Event().wait(0.08)
    assert idle.passed()
    busy = Deadline(0.02, cpu=True)
    before = process_time()
    while process_time() - before < 0.021:
        pass
    assert busy.passed()
