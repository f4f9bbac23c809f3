"""Whom a mistake in a function of the scenario's is blamed on: the scenario, never a node."""

from __future__ import annotations

import pytest
from scripted import Note, of

from splitbrain.errors import ScenarioError
from splitbrain.events import Failed
from splitbrain.node import Observe, Send
from splitbrain.world.world import World


def says(node, *_):
    yield Observe(Note("x"))


def tells(node, *_):
    yield Send("n2", Note("x"))


async def says_async(node, env):
    while True:
        await env.receive()
        try:
            env.observe(Note("x"))
            env.send("n2", Note("x"))
        except Exception:  # noqa: BLE001 - a node cannot swallow what is not its own
            pass


def blamed(complaint, scenario, *actions, host="direct"):
    """The world is no good: the scenario is named, and what it did wrong; and no node has failed."""
    worlds = []
    with pytest.raises(ScenarioError, match=rf"^scenario 'scripted': {complaint}"):
        play(scenario, actions, host, worlds)
    assert not any(of(world, Failed) for world in worlds)


def play(scenario, actions, host, worlds):
    with World(scenario, host=host) as world:
        worlds.append(world)
        for action in actions:
            world.apply(action)
