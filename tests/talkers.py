"""Nodes that say what they are told: of a connection, and of each message; asked, they send what they are asked to, to whom."""

from __future__ import annotations

from itertools import count

from scripted import Note, scripted

from splitbrain.actions import Request
from splitbrain.events import Observed
from splitbrain.node import Observe, Send

_NUMBERS = count(1)


def ask(node, *messages):
    """Let a node send these, each to whom: ``ask("n1", ("n2", "a"))``."""
    return Request(node, f"r{next(_NUMBERS)}", [list(each) for each in messages])


def go(world, *actions):
    for action in actions:
        world.apply(action)


def flying(world):
    """What is in flight, in the order of sending: ``"n1->n2 a"``."""
    flight = sorted(world.network.flight, key=lambda each: each.number)
    return [f"{each.sender}->{each.receiver} {each.message.text if each.message else each.kind}" for each in flight]


def said(world):
    """What nodes said, by the step in which they did, but for the start: ``"n1 up n2"``."""
    return [(event.step, event.observation.text) for event in world.events if type(event) is Observed and event.step]


def talkers(*, deaf=(), **changes):
    """On streams, unless something else is said. deaf: the nodes that are told of no connection."""

    def receive(node, sender, message):
        yield Observe(Note(f"{node.me} got {message.text} of {sender}"))

    def request(node, name, command):
        for to, text in command:
            yield Send(to, Note(text))

    def connected(node, peer):
        yield Observe(Note(f"{node.me} up {peer}"))

    def disconnected(node, peer):
        yield Observe(Note(f"{node.me} down {peer}"))

    changes = {"links": "streams", "requests": 0, **changes}
    hearing = scripted(**{"receive": receive, "request": request, "connected": connected, "disconnected": disconnected, **changes})
    plain = scripted(**{"receive": receive, "request": request, **changes})

    def factory(me, peers, disk, **options):
        return (plain if me in deaf else hearing).factory(me, peers, disk, **options)

    return scripted(**changes, factory=factory)
