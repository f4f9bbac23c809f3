"""What makes a node a node."""

import pytest
from blame import says_async
from scripted import Note, of, scripted

from splitbrain.cluster.host.direct import AsyncNodeError
from splitbrain.events import Observed
from splitbrain.node import Observe, is_async
from splitbrain.world.world import World


@pytest.mark.parametrize("host", ["direct", "trio"])
def test_a_method_called_run_does_not_make_a_node_async(host):
    def helper(node, *arguments):
        return [Observe(Note("helped"))]

    scenario = scripted(start=lambda node: node.run(), run=helper)
    assert scenario.host == "direct"
    with World(scenario, host=host) as world:
        assert [event.node for event in of(world, Observed)] == ["n1", "n2", "n3"]
    with pytest.raises(AsyncNodeError, match="async def run"):
        World(scripted(run=says_async), host="direct")


def test_only_a_coroutine_function_called_run_makes_a_node_async():
    class Plain:
        def run(self, env): ...

    class Sleeper:
        async def run(self, env): ...

    class Named:
        run = "a name of its own"

    assert is_async(Sleeper())
    assert not any(is_async(each) for each in (Plain(), Named(), object()))
