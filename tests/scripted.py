"""A node made of the handlers that a test gives; those left out do nothing. And worlds of it, and a trace's events by type."""

from __future__ import annotations

import msgspec

from splitbrain.actions import Request
from splitbrain.invariant import KeepsContract
from splitbrain.node import Observe, Send, SetTimer
from splitbrain.scenario import Scenario
from splitbrain.world.world import World


class Note(msgspec.Struct, frozen=True):
    """A message, or something said, with a text."""

    text: object = ""


def scripted(
    start=None,
    receive=None,
    timeout=None,
    request=None,
    synced=None,
    run=None,
    close=None,
    connected=None,
    disconnected=None,
    operate=None,
    **changes,
):
    """A scenario of nodes with these handlers; each is called as ``handler(node, ...)``."""

    class Scripted:
        def __init__(self, me, peers, disk, **options):
            self.me, self.peers, self.disk, self.options = me, peers, disk, options

        def start(self):
            return start(self) if start else ()

        def receive(self, sender, message):
            return receive(self, sender, message) if receive else ()

        def timeout(self, timer):
            return timeout(self, timer) if timeout else ()

        def request(self, request_id, command):
            return request(self, request_id, command) if request else ()

        def synced(self, token):
            return synced(self, token) if synced else ()

    if run is not None:
        Scripted.run = run
    if operate is not None:
        Scripted.operate = operate
    if close is not None:
        Scripted.close = close
    if connected is not None:
        Scripted.connected = connected
    if disconnected is not None:
        Scripted.disconnected = disconnected
    return Scenario(**{"name": "scripted", "factory": Scripted, "invariants": (KeepsContract,), "sizes": (3, 2, 1), **changes})


def chatty(**changes):
    """n1 sends to all when it is asked; a node answers what it gets; everybody has a timer."""

    def receive(node, sender, message):
        yield Observe(Note(f"{node.me} got {message.text}"))
        if message.text != "answer":
            yield Send(sender, Note("answer"))

    return scripted(
        start=lambda node: [SetTimer("t", 10, 20)],
        receive=receive,
        timeout=lambda node, timer: [Observe(Note(f"{node.me} {timer}"))],
        request=lambda node, name, command: [Send(peer, Note(command)) for peer in node.peers],
        **changes,
    )


def asked(effects, host="direct", **changes):
    """A world, over already, in which n1 was asked, and answered with these effects."""
    world = World(scripted(**{"request": lambda *_: effects, **changes}), host=host)
    with world:
        world.apply(Request("n1", "r1", "x"))
    return world


def of(world, kind):
    """The events of one type."""
    return [event for event in world.events if type(event) is kind]
