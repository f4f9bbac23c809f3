"""Nodes lose their power, also while they handle something, and start again."""

import pytest
from scripted import Note, chatty, of, scripted

from splitbrain.actions import Crash, Fire, Request, Restart
from splitbrain.budget import FaultBudget
from splitbrain.errors import NotEnabled
from splitbrain.events import Acted, Crashed
from splitbrain.node import Observe, SetTimer, Sync, Write
from splitbrain.observations import Ready, Recovering
from splitbrain.world.power import crashable, may_go_down
from splitbrain.world.world import World

ASK = Request("n1", "r1", "x")


def test_all_nodes_may_be_down_at_once_and_restart_from_their_disks():
    scenario = scripted(start=lambda node: [Write("starts", node.disk.get("starts", 0) + 1), Sync()])
    with World(scenario) as world:
        for name in world.nodes:
            world.apply(Crash(name))
        assert world.running() == []
        for name in world.nodes:
            world.apply(Restart(name))
        assert [world.processes[name].disk()["starts"] for name in world.nodes] == [2, 2, 2]


def test_a_crash_inside_a_handler_is_recorded_as_one_action_before_what_happened():
    crash = Crash("n1", during=ASK, after=1)
    with World(chatty()) as world:
        world.apply(crash)
        kinds = [type(event).__name__ for event in world.events if event.step == 1]
        assert kinds == ["Acted", "Requested", "Sent", "Crashed"]
        assert of(world, Acted) == [Acted(1, 0, crash)]
        assert world.step == 1


def test_a_minority_may_be_down_and_a_node_that_restarts_to_crash_again_is_counted_once():
    with World(scripted(budget=FaultBudget(crashes="minority"))) as world:
        assert [action.node for action in world.enabled(Crash)] == ["n1", "n2", "n3"]
        world.apply(Crash("n2"))
        assert crashable(world) == []
        assert list(world.enabled(Crash)) == []
        with pytest.raises(NotEnabled, match="at most 1 of 3 nodes may be down"):
            world.apply(Crash("n1"))
        world.apply(Crash("n2", during=Restart("n2"), after=0))
        assert list(world.enabled(Restart)) == [Restart("n2")]


def test_a_crash_that_loses_writes_is_counted_and_one_that_loses_none_is_not():
    scenario = scripted(request=lambda *_: [Write("a", 1), Write("b", 2)])
    with World(scenario) as world:
        for node, keep in (("n1", 2), ("n2", 1)):
            world.apply(Request(node, node, "x"))
            world.apply(Crash(node, keep))
        assert [(event.kept, event.lost) for event in of(world, Crashed)] == [(2, 0), (1, 1)]
        assert world.recorder.counts()["crash losing writes"] == 1


def test_a_crash_while_a_timer_goes_off_comes_at_the_time_of_that():
    with World(scripted(start=lambda node: [SetTimer("t", 40, 50)])) as world:
        world.apply(Crash("n1", during=Fire("n1", "t"), after=0))
        assert world.now == 40
        assert not world.processes["n1"].running


@pytest.mark.parametrize("crash", [Crash("n1", -1), Crash("n1", 0, ASK, -1), Crash("n1", 0, None, 2)], ids=str)
def test_a_crash_that_no_file_could_hold_is_not_enabled(crash):
    with (
        World(chatty()) as world,
        pytest.raises(NotEnabled, match="`keep` and `after` count from 0, and `after` counts the effects"),
    ):
        world.apply(crash)


# Roles

ROLES = {"witness": lambda size: (size - 1,), "learner": lambda _: (0, 1, 2)}


def test_a_role_with_a_budget_of_its_own_goes_by_that_alone():
    scenario = scripted(
        sizes=(5,), roles=ROLES, budgets={"witness": FaultBudget(crashes="none"), "learner": FaultBudget(crashes="any")}
    )
    with World(scenario) as world:
        for node in ("n1", "n2", "n3", "n4"):
            world.apply(Crash(node))
        assert list(world.enabled(Crash)) == []
        with pytest.raises(NotEnabled, match="says that at most 0 of 1 in the role 'witness' may be down at a time"):
            world.apply(Crash("n5"))


def test_a_minority_counts_everybody_who_is_down_whatever_its_role():
    scenario = scripted(sizes=(5,), roles=ROLES, budgets={"learner": FaultBudget()}, budget=FaultBudget(crashes="minority"))
    with World(scenario) as world:
        world.apply(Crash("n1"))
        assert [action.node for action in world.enabled(Crash)] == ["n2", "n3", "n4", "n5"]
        world.apply(Crash("n2"))
        assert [action.node for action in world.enabled(Crash)] == ["n3"]
        with pytest.raises(NotEnabled, match="at most 2 of 5 nodes may be down"):
            world.apply(Crash("n5"))


@pytest.mark.parametrize(
    ("own", "crash", "complaint"),
    [
        ({"mid_handler": False}, Crash("n1", 0, ASK, 1), "no crash comes inside a handler"),
        ({"torn": False}, Crash("n1", 1), "a crash loses all unsynced writes"),
    ],
)
def test_crash_points_and_torn_writes_go_by_the_node(own, crash, complaint):
    with World(chatty(roles={"one": (0,)}, budgets={"one": FaultBudget(**own)})) as world:
        with pytest.raises(NotEnabled, match=complaint):
            world.apply(crash)
        world.apply(Crash("n2", crash.keep, crash.during and Request("n2", "r1", "x"), crash.after))


def test_a_slow_disk_is_that_of_a_node():
    scenario = scripted(
        start=lambda node: [Write("a", 1), Sync()], roles={"slow": (1,)}, budgets={"slow": FaultBudget(slow_disks=True)}, sizes=(3,)
    )
    with World(scenario) as world:
        assert [bool(process.syncs) for process in world.processes.values()] == [False, True, False]


# Recovery


class Learning(Recovering, frozen=True, tag=True):
    """One of a user's own."""

    what: str = ""


def start(node):
    """One that was here before must recover."""
    if node.disk.get("been"):
        yield Observe(Learning("all"))
    yield Write("been", True)
    yield Sync()


def recovering():
    budget = FaultBudget(crashes="minority")
    return scripted(start=start, request=lambda *_: [Observe(Ready())], budget=budget, sizes=(5, 3))


HOSTS = pytest.mark.parametrize("host", ["direct", "trio"])


@HOSTS
def test_a_node_that_recovers_counts_as_down_until_it_says_that_it_is_ready(host):
    with World(recovering(), 3, host=host) as world:
        world.apply(Crash("n2"))
        world.apply(Restart("n2"))
        assert world.processes["n2"].recovering
        assert [action.node for action in world.enabled(Crash)] == ["n2"]  # it makes none more
        with pytest.raises(NotEnabled, match=r"at most 1 of 3 nodes may be down at a time, and n2 has not recovered yet$"):
            world.apply(Crash("n1"))
        world.apply(Crash("n2"))
        with pytest.raises(NotEnabled, match=r"at most 1 of 3 nodes may be down at a time$"):
            world.apply(Crash("n1"))
        world.apply(Restart("n2"))
        world.apply(Request("n2", "r1", "x"))
        assert [action.node for action in world.enabled(Crash)] == ["n1", "n2", "n3"]


def test_all_who_have_not_recovered_are_named():
    with World(recovering()) as world:
        for node in ("n2", "n4"):
            world.apply(Crash(node))
            world.apply(Restart(node))
        with pytest.raises(NotEnabled, match="and n2 and n4 have not recovered yet"):
            world.apply(Crash("n1"))
        assert not may_go_down(world, world.processes["n1"])
        assert may_go_down(world, world.processes["n4"])


def test_where_the_scenario_says_what_makes_a_node_ready_a_restart_alone_makes_it_recover():
    class Back(Note, frozen=True, tag=True):
        pass

    says = {"ready": Ready(), "back": Back("up")}
    budget = FaultBudget(crashes="minority")
    scenario = scripted(request=lambda node, name, command: [Observe(says[command])], ready=Note, budget=budget, sizes=(3,))
    with World(scenario) as world:
        assert len(list(world.enabled(Crash))) == 3  # at the first start everybody is a member
        world.apply(Crash("n2"))
        world.apply(Restart("n2"))
        world.apply(Request("n2", "r1", "ready"))  # this is not what the scenario means
        assert [action.node for action in world.enabled(Crash)] == ["n2"]
        world.apply(Request("n2", "r2", "back"))
        assert len(list(world.enabled(Crash))) == 3


def test_what_is_said_of_recovery_is_counted_and_recorded_as_all_else_is():
    with World(recovering(), 3) as world:
        for _ in range(2):
            world.apply(Crash("n2"))
            world.apply(Restart("n2"))
        world.apply(Request("n2", "r1", "x"))
        assert world.recorder.counts() == {"Learning": 2, "Ready": 1}
        assert world.recorder.heard[Learning] == 2
        assert world.recorder.said() == 3
        assert [type(event.observation) for event in world.events if hasattr(event, "observation")] == [Learning, Learning, Ready]
