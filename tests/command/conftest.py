"""A folder of faulty nodes for the commands."""

from __future__ import annotations

import signal
import sys

import pytest

NODES = '''
"""Nodes with one fault each."""
import itertools
import signal
import trio
from splitbrain import observations as say
from splitbrain.node import Observe, Send, SetTimer, Sync, Write
from splitbrain.scenario import Scenario
from splitbrain_invariants import Agreement

class Sound:
    """Decides what it is asked for first, alone."""
    def __init__(self, me, peers, disk): self.me, self.peers = me, peers
    def start(self): return [SetTimer("tick", 10, 20)]
    def receive(self, sender, message): return ()
    def timeout(self, timer): return [SetTimer("tick", 10, 20), *(Send(peer, "hello") for peer in self.peers)]
    def request(self, request, command): return ()

class Selfish(Sound):
    def request(self, request, command): return [Observe(say.Decided(command))]

class Raises(Sound):
    def receive(self, sender, message): raise LookupError("no such thing")

class Stillborn(Sound):
    def start(self): raise LookupError("no such thing")

class Nonsense(Sound):
    def receive(self, sender, message): return ["nonsense"]

class Endless(Sound):
    def receive(self, sender, message):
        for number in itertools.count(): yield Write("count", number)

class Nothing(Sound):
    def receive(self, sender, message): return None

SEEN = []
class Leaky(Sound):
    """Its state outlives it."""
    def receive(self, sender, message):
        SEEN.append(message)
        return [Observe(say.Decided(len(SEEN)))]

class Eager(Sound):
    """Decides one and the same thing, and never has a leader."""
    def timeout(self, timer): return [*super().timeout(timer), Observe(say.Decided(1))]

class OnlyDirect(Sound):
    """Knows what runs it, which no node may."""
    def request(self, request, command):
        try:
            trio.lowlevel.current_task()
        except RuntimeError:
            return [Observe(say.Decided(command))]
        return ()

COUNTDOWN = [0]
class CtrlC(Selfish):
    """Once so many nodes have been made, the user presses Ctrl-C."""
    def __init__(self, *args):
        super().__init__(*args)
        COUNTDOWN[0] -= 1
        if COUNTDOWN[0] == 0: signal.raise_signal(signal.SIGINT)

class PatientCtrlC(CtrlC):
    def request(self, request, command): return [Observe(say.Decided(1))]

def scenario(name, factory, **fields):
    return Scenario(name=name, factory=factory, invariants=(Agreement,), sizes=(2,), **fields)

SOUND = scenario("sound", Sound)
IDLE = scenario("idle", Sound, progress=(say.Decided,))
SELFISH = scenario("selfish", Selfish)
EAGER = scenario("eager", Eager, progress=(say.Led, say.Decided))
ONLY_DIRECT = scenario("only direct", OnlyDirect)
CTRL_C, PATIENT_CTRL_C = scenario("ctrl-c", CtrlC), scenario("patient", PatientCtrlC)
RAISES, NONSENSE = scenario("raises", Raises), scenario("nonsense", Nonsense)
STILLBORN = scenario("stillborn", Stillborn)
ENDLESS, NOTHING = scenario("endless", Endless), scenario("nothing", Nothing)
LEAKY = scenario("leaky", Leaky)
class Mute:
    def __init__(self, me, peers, disk): self.peers = peers
    def start(self): return [SetTimer("tick", 10, 20)]
    def timeout(self, timer): return [Send(peer, "hello") for peer in self.peers]
    def request(self, request, command): return ()

MUTE = scenario("mute", Mute)
NO_FACTORY = scenario("no_factory", lambda me: None)
NUMBER = 7
'''


@pytest.fixture(autouse=True)
def ctrl_c():
    """Ctrl-C is heard, though whoever started the tests may have had it ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder with a module of faulty nodes, as the current one."""
    (tmp_path / "faulty_nodes.py").write_text(NODES)
    (tmp_path / "broken_module.py").write_text("raise OSError('no licence')\n")
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    for name in ("faulty_nodes", "broken_module"):
        sys.modules.pop(name, None)
