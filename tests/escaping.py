"""Nodes that ask the real world, each in a way of its own; and some that only seem to."""

from __future__ import annotations

import copy
import logging
import os
import random
import socket
import subprocess
import sys
import threading
import time
import uuid

import trio

from splitbrain.budget import FaultBudget
from splitbrain.invariant import KeepsContract
from splitbrain.node import SetTimer
from splitbrain.scenario import Scenario

LOG = logging.getLogger("a node's")
LOG.addHandler(logging.NullHandler())
OWN = random.Random(7)


class Quiet:
    """Sets a timer, and does one thing whenever that fires."""

    def __init__(self, me, peers, disk):
        self.me = me

    def start(self):
        return [SetTimer("tick", 10, 20)]

    def receive(self, sender, message):
        return ()

    def request(self, request, command):
        return ()

    def timeout(self, timer):
        self.ask()
        return [SetTimer("tick", 10, 20)]

    def ask(self):
        """What it does."""


def asking(deed):
    """A node that does ``deed`` at each tick."""
    return type("Asking", (Quiet,), {"ask": lambda self: deed()})


class Harmless(Quiet):
    """Nothing of this is an escape."""

    def ask(self):
        LOG.warning("what a log record says of the time is nobody's business")
        copy.deepcopy([self.me])
        OWN.random(), OWN.choice("abc"), random.Random(3).random()
        hash((self.me, 1))


class Sleeper:
    """An async node: trio's clock is virtual, and its order is the schedule's."""

    def __init__(self, me, peers, disk):
        pass

    async def run(self, env):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(trio.sleep, 1)
            nursery.start_soon(trio.sleep, 2)
            trio.current_time()


def started():
    thread = threading.Thread(target=int)
    thread.start()
    thread.join()


def ran():
    subprocess.run([sys.executable, "-c", ""], check=True)


def connected():
    socket.socket().close()


def opened():
    with open(__file__) as file:
        file.read(1)


class World(Quiet):
    """Asks all there is to ask, a line each, and goes by nothing of it."""

    def ask(self):
        time.time()
        random.random()
        os.urandom(4)
        uuid.uuid4()
        opened()
        connected()


def escaping(name, factory):
    alone = {"sizes": (1,), "requests": 0, "budget": FaultBudget(crashes="none")}
    return Scenario(name=name, factory=factory, invariants=(KeepsContract,), **alone)


WORLD = escaping("world", World)
HARMLESS = escaping("harmless", Harmless)
