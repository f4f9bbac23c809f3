"""The direct host: the same nodes, the same traces as on the trio host, byte by byte."""

import threading
from dataclasses import replace

import pytest
import trio
from scripted import Note, scripted

from splitbrain.actions import Calm, Complete, Crash, Cut, Mend, Request, Restart
from splitbrain.budget import FaultBudget
from splitbrain.cluster.clock import NEVER
from splitbrain.dice import Dice
from splitbrain.errors import ScenarioError
from splitbrain.node import Observe
from splitbrain.trace.encoding import digest, first_difference
from splitbrain.world.run import Setup, run
from splitbrain.world.world import World
from splitbrain_protocols.paxos.scenario import PAXOS
from splitbrain_protocols.raft.scenario import RAFT

SLOW = FaultBudget(slow_disks=True)


def random_schedule(setup, dice, steps):
    """A schedule of everything that the nemesis can do, made on the direct host by choosing among what is enabled."""
    with setup.world(keep=True) as world:
        actions, requests = [], 0
        for _ in range(steps):
            point = dice.roll()
            running = [process for process in world.running() if process.idle()]
            enabled = list(world.enabled())
            deliveries = [action for action in enabled if hasattr(action, "ordinal")]
            inputs = [action for action in enabled if not isinstance(action, Crash) and hasattr(action, "node")]
            if point < 0.08 and running:
                requests += 1
                action = Request(dice.pick(running).id, f"r{requests}", f"v{requests}")
            elif point < 0.11 and len(world.nodes) > 1:
                links = [(one, two) for one in world.nodes for two in world.nodes if one != two]
                cut = world.network.cut_links
                action = Mend(tuple(cut)) if cut else Cut(tuple(dice.sample(links, 3)))
            elif point < 0.2 and inputs:
                inner = dice.pick(inputs)
                action = Crash(inner.node, dice.below(3), inner, dice.below(8))
            elif point < 0.75 and deliveries:
                action = dice.pick(deliveries)
            else:
                choices = [action for action in enabled if not isinstance(action, Crash) or point > 0.97] or enabled
                action = dice.pick(choices)
            actions.append(world.apply(action))
        if dice.chance(0.5):
            actions.append(world.apply(Calm(world.nodes, dice.seed(), setup.scenario.calm_bound)))
        return actions, world.events, world.violation


@pytest.mark.parametrize(
    ("scenario", "schedules"),
    [(RAFT, 80), (PAXOS, 80), (replace(RAFT, budget=SLOW), 50), (replace(PAXOS, budget=SLOW), 50)],
    ids=["raft", "paxos", "raft with slow disks", "paxos with slow disks"],
)
def test_direct_and_trio_hosts_give_byte_identical_traces(scenario, schedules):
    kinds = set()
    for seed in range(schedules):
        dice = Dice(f"hosts/{seed}")
        options = {name: dice.pick(values) for name, values in scenario.options.items()}
        setup = Setup(scenario, dice.pick(scenario.sizes), options, seed)
        schedule, events, violation = random_schedule(setup, dice, 60)
        done = run(replace(setup, host="trio"), schedule, keep=True)
        assert done.stopped is None
        assert first_difference(events, done.events, scenario.show) is None
        assert digest(events, scenario.show) == digest(done.events, scenario.show)
        assert violation is done.violation is None
        kinds |= {type(action) for action in schedule}
    assert kinds >= {Crash, Restart, Request, Cut, Mend, Calm}
    assert (Complete in kinds) is scenario.budget.slow_disks


@pytest.mark.parametrize("host", ["direct", "trio"])
def test_a_world_that_could_not_be_made_leaves_nothing_behind(host):
    def broken(*_):
        raise LookupError

    for _ in range(2):
        with pytest.raises(ScenarioError):
            World(scripted(factory=broken), host=host)
    with World(scripted(), host=host):
        pass


def test_async_nodes_need_the_trio_host():
    async def run(node, env):
        await trio.sleep_forever()

    with pytest.raises(ScenarioError, match="they need the trio host"):
        World(scripted(run=run), host="direct")
    with World(scripted(run=run)) as world:  # which it is given where nobody chooses
        assert world.violation is None


def test_handlers_run_where_they_are_called_and_nothing_waits_behind_them():
    threads = []

    def request(node, name, command):
        threads.append(threading.current_thread())
        yield Observe(Note(command))

    with World(scripted(request=request), host="direct") as world:
        world.apply(Request("n1", "r1", "x"))
        assert threads == [threading.current_thread()]
        assert world.host.next_deadline() == NEVER
