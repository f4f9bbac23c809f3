"""Where the time goes is sampled, by whose code runs."""

import sys
import threading

from splitbrain.actions import Request
from splitbrain.doctor.examination.speed import Samples, speed
from splitbrain.invariant import Invariant
from splitbrain.node import Observe
from splitbrain.observations import Decided
from splitbrain.scenario import Scenario
from splitbrain.world.run import Setup, run


def busy(amount):
    for _ in range(amount):
        pass


class Slow:
    amount = 400_000

    def __init__(self, me, peers, disk):
        pass

    def start(self):
        return ()

    receive = timeout = start

    def request(self, request, command):
        busy(self.amount)
        yield Observe(Decided(1))


class Quick(Slow):
    amount = 1


class Heavy(Invariant):
    """Takes its time."""

    watches = (Decided,)

    def observe(self, event):
        busy(400_000)


class Light(Heavy):
    """Takes none."""

    def observe(self, event):
        return None


def sampled(factory, invariant, requests):
    setup = Setup(Scenario(name="sampled", factory=factory, invariants=(invariant,), sizes=(1,)), 1)
    samples = Samples()
    with samples:
        run(setup, [Request("n1", f"r{number}", "v") for number in range(1, requests)])
    return samples


def test_slow_nodes_take_the_time_and_the_function_that_does_is_named():
    samples = sampled(Slow, Light, 120)
    assert samples.shares["nodes"] > 0.8
    assert samples.hottest[0].function == "busy"
    assert samples.hottest[0].line == busy.__code__.co_firstlineno
    assert samples.hottest[0].share > 0.8


def test_slow_invariants_take_the_time_and_are_nobody_s_node():
    samples = sampled(Quick, Heavy, 120)
    assert samples.shares["invariants"] > 0.8
    assert all(each.share < 0.2 for each in samples.hottest)


def test_of_nodes_that_do_nothing_the_harness_takes_the_time():
    assert sampled(Quick, Light, 60_000).shares["harness"] > 0.6


def test_a_few_samples_say_nothing():
    samples = sampled(Quick, Light, 2)
    assert (samples.shares, samples.hottest) == ({}, ())


def test_afterwards_there_is_no_thread_and_python_switches_as_before():
    before = sys.getswitchinterval()
    sampled(Quick, Light, 2)
    assert sys.getswitchinterval() == before
    assert not any("samples" in each.name for each in threading.enumerate())


def test_nodes_sleep_where_hardly_any_of_the_time_is_cpu_time():
    assert speed(Samples(), 1, 10, cpu=0.01, seconds=2.0).asleep == 1.99
    assert speed(Samples(), 1, 10, cpu=0.7, seconds=2.0).asleep == 0.0
