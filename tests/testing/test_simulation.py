"""The moves of a simulation, and the one schedule that they are."""

import contextlib
from contextlib import closing

import pytest
from couriers import COURIER
from ledgers import LEDGER
from shrinkers import FORGET
from stores import STORE
from talkers import ask, said, talkers
from toys import FORGETFUL, REGISTER
from voters import VOTERS, SaysThenStores

from splitbrain.actions import Connect, Crash, Cut, Deliver, Disconnect, Fire, Mend, Operate, Request, Resend, Restart
from splitbrain.budget import FaultBudget
from splitbrain.dice import Dice
from splitbrain.errors import NotEnabled, SplitbrainError
from splitbrain.exhibit import mutant
from splitbrain.nemesis.draw import draw_setup
from splitbrain.observations import Appended, Decided, Led
from splitbrain.search.tally import Tally
from splitbrain.testing.broken import Broken
from splitbrain.testing.simulation import Simulation
from splitbrain.world.run import Setup, run


@pytest.fixture
def world():
    simulation = Simulation(Setup(REGISTER, 3))
    yield simulation
    simulation.close()


def test_everything_done_is_one_schedule_that_replays(world):
    world.request("n1")
    world.partition(["n1"], ["n2", "n3"])
    world.storm(50)
    world.heal()
    world.calm()
    again = run(world.setup, world.actions, keep=True)
    assert again.stopped is None
    assert again.events == world.events


def test_a_partition_cuts_between_groups_and_what_is_in_none_is_a_group(world):
    world.partition(["n1"])
    world.partition(["n1"])  # cut already
    world.request("n1")
    assert world.settle() == 0
    world.heal()
    world.heal()
    assert world.settle() == 2
    kinds = [type(action) for action in world.actions]
    assert kinds == [Cut, Request, Mend, Deliver, Deliver]
    assert set(world.actions[0].links) == {("n1", "n2"), ("n1", "n3"), ("n2", "n1"), ("n3", "n1")}


@pytest.mark.parametrize("links", ["streams", "datagrams"])
def test_where_links_keep_their_order_what_is_in_flight_settles_in_the_order_of_sending(links):
    scenario = talkers(links=links, budget=FaultBudget(reorder=False))
    with closing(Simulation(Setup(scenario, 3))) as world:
        world.apply(ask("n1", ("n2", "a"), ("n3", "b"), ("n2", "c")))
        world.apply(ask("n3", ("n1", "d"), ("n2", "e")))
        world.apply(Cut((("n1", "n3"),)))
        assert world.settle(1) == 1
        assert world.settle() == 3
        assert [text for _, text in said(world)] == ["n2 got a of n1", "n2 got c of n1", "n1 got d of n3", "n2 got e of n3"]
        world.heal()
        assert world.settle() == 1


def test_notices_settle_among_messages():
    with closing(Simulation(Setup(talkers(), 2))) as world:
        world.apply(Disconnect("n1", "n2"))
        world.apply(Connect("n1", "n2"))
        assert world.settle() == 4
        assert [text for _, text in said(world)] == ["n1 down n2", "n2 down n1", "n1 up n2", "n2 up n1"]


def test_nodes_crash_restart_and_hear_their_timers(world):
    world.request("n1")
    world.crash("n2")
    assert world.running == ("n1", "n3")
    with pytest.raises(NotEnabled):
        world.request("n2")
    world.restart("n2")
    world.fire("n1", "remind")
    assert world.settle() == 4
    assert world.settle() == 0


def test_client_requests_are_numbered_across_storms_and_moves(world):
    for _ in range(3):
        world.storm(60)
        if not world.running:
            world.restart("n1")
        world.request(world.running[0])
    asked = [action.id for action in world.actions if isinstance(action, Request)]
    assert len(asked) == len(set(asked))


def test_a_broken_invariant_closes_the_world_and_tells_the_schedule():
    simulation = Simulation(draw_setup(FORGETFUL, Dice(1)))
    simulation.request("n1")
    simulation.crash("n1")
    simulation.restart("n1")
    with pytest.raises(Broken, match="OneValue") as broken:
        simulation.request("n1")
    assert broken.value.found.actions == simulation.actions
    assert len(simulation.actions) == 4


def raised_by(function):
    """What comes out of it, of any kind."""
    try:
        function()
    except BaseException as error:  # noqa: BLE001 - as said
        return error
    return None


def test_each_move_after_a_violation_says_it_again():
    simulation = Simulation(draw_setup(FORGETFUL, Dice(1)))
    first = raised_by(lambda: [simulation.apply(action) for action in FORGET])
    moves = [
        lambda: simulation.apply(FORGET[0]),
        lambda: simulation.storm(10),
        simulation.calm,
        simulation.settle,
        lambda: simulation.request("n1"),
        lambda: simulation.fire("n1", "remind"),
        lambda: simulation.crash("n1"),
        lambda: simulation.crash_asked("n1", 1),
        lambda: simulation.restart("n1"),
        lambda: simulation.partition(["n1"]),
        simulation.heal,
        simulation.enabled,
    ]
    for move in moves:
        again = raised_by(move)
        assert (type(again), again.found) == (Broken, first.found)
    assert simulation.actions == FORGET
    assert simulation.observed(Decided)


def test_a_move_in_a_world_that_is_over_is_refused(world):
    world.request("n1")
    world.close()
    with pytest.raises(SplitbrainError, match=r"a world whose run is over.*use the one that this run was given"):
        world.settle()
    world.close()  # twice is no matter


def story(simulation, *bodies):
    """What comes out of a story that is told with these."""
    tally = Tally(FORGETFUL, seed=1)

    def told():
        with simulation.deciding(tally):
            for body in bodies:
                body()

    error = raised_by(told)
    assert tally.runs == 1
    return error


def test_the_world_decides_how_a_story_ends():
    def swallow():
        with contextlib.suppress(BaseException):
            for action in FORGET:
                simulation.apply(action)

    def fail():
        raise ValueError("mine")

    simulation = Simulation(draw_setup(FORGETFUL, Dice(1)))
    assert isinstance(story(simulation, swallow), Broken)
    simulation = Simulation(draw_setup(FORGETFUL, Dice(1)))
    broken = story(simulation, swallow, fail)
    assert (type(broken), str(broken.raised)) == (Broken, "mine")
    simulation = Simulation(draw_setup(FORGETFUL, Dice(1)))
    assert isinstance(story(simulation, fail), ValueError)
    assert story(Simulation(draw_setup(FORGETFUL, Dice(1)))) is None


def test_what_was_on_its_way_when_a_story_ends_is_what_it_raised():
    simulation = Simulation(draw_setup(FORGETFUL, Dice(1)))
    for action in FORGET:
        simulation.cluster.apply(action)

    def example():
        try:
            raise ValueError("of a rule")
        finally:
            with simulation.deciding(Tally(FORGETFUL, seed=1)):
                pass

    assert str(raised_by(example).raised) == "of a rule"


def test_what_was_done_to_the_cluster_itself_is_in_the_schedule_where_the_trace_is_kept():
    simulation = Simulation(draw_setup(FORGETFUL, Dice(1)))
    simulation.apply(FORGET[0])
    for action in FORGET[1:]:
        simulation.cluster.apply(action)
    assert story(simulation).found.actions == FORGET
    simulation = Simulation(draw_setup(FORGETFUL, Dice(1)), keep=False)
    for action in FORGET:
        simulation.cluster.apply(action)
    error = story(simulation)
    assert isinstance(error, SplitbrainError)
    assert "OneValue is broken (n1 decided" in str(error)
    assert "let `world.apply(action)` do it" in str(error)


def test_what_arrives_inside_a_crash_is_no_action_of_its_own_in_a_schedule_that_is_read_off_a_trace():
    simulation = Simulation(Setup(mutant(VOTERS, SaysThenStores), 3))
    schedule = (Fire("n2", "election"), Crash("n1", 0, Deliver("n2", "n1", "Ask"), 1, 1), Restart("n1"), Connect("n1", "n3"))
    schedule += (Fire("n3", "election"), Deliver("n3", "n1", "Ask"), Deliver("n1", "n3", "Vote"))
    for action in schedule:
        simulation.cluster.apply(action)
    assert story(simulation).found.actions == schedule


def test_a_crash_inside_a_client_s_request_comes_after_so_many_effects(world):
    world.crash_asked("n1", after=2)  # the value is written and synced, and not yet decided
    assert world.running == ("n2", "n3")
    assert world.observed(Decided) == []
    world.restart("n1")
    world.settle()
    assert world.observed(Decided) == [Decided("v1")] * 2  # n1 has it on its disk, and reminds the others


def test_what_one_node_said_is_told_apart_from_what_others_did(world):
    world.request("n1", "mine")
    world.settle()
    assert world.observed(Decided) == [Decided("mine")] * 3
    assert world.observed(Decided, "n2") == [Decided("mine")]
    assert world.observed(Led) == []


def test_the_dice_of_a_storm_are_its_own_where_a_seed_is_given():
    def stormed(*seeds):
        with closing(Simulation(Setup(REGISTER, 3), seed=9)) as simulation:
            for seed in seeds:
                simulation.storm(40, seed)
            return simulation.actions

    assert stormed(1) == stormed(1)
    assert stormed(1) != stormed(2)
    assert stormed(1, 2)[: len(stormed(1))] == stormed(1)


def test_a_fair_phase_that_nobody_can_make_progress_in_is_refused():
    scenario = mutant(REGISTER, REGISTER.factory, can_progress=lambda *_: False)
    with closing(Simulation(Setup(scenario, 3))) as simulation, pytest.raises(NotEnabled, match="not even all nodes together"):
        simulation.calm()


def test_what_was_exercised_is_counted_once_a_run(world):
    tally = Tally(REGISTER, seed=1)
    world.request("n1")
    world.settle()
    world.count(tally)
    assert (tally.runs, tally.steps) == (1, 3)
    assert (tally.coverage["request"], tally.coverage["deliver"], tally.coverage["Decided"]) == (1, 2, 3)


@pytest.fixture
def store():
    simulation = Simulation(Setup(STORE, 3))
    for node in ("n1", "n2"):
        simulation.fire(node, "takeover")
        simulation.settle()
    yield simulation
    simulation.close()


def test_sessions_ask_ask_again_and_go_on_for_others(store):
    put = store.request("n1", ["put", "x", "1"])
    assert put == Request("n1", "s1.1", ["put", "x", "1"], "s1")  # n2 leads, and it refuses
    assert store.resend("n2") == Resend("n2", "s1.1")
    assert store.request("n2", session="s2").session == "s2"
    heir = store.request("n2", ["get", "x"], replaces="s1")
    assert (heir.id, heir.session, heir.replaces) == ("s3.1", "s3", "s1")
    store.settle()
    assert [(each.id, each.outcome) for each in store.history] == [("s1.1", "answered"), ("s2.1", "answered"), ("s3.1", "answered")]
    assert [attempt.refused for attempt in store.history.named("s1.1").attempts] == [True, False]
    assert store.request("n2", ["get", "x"]).id == "s2.2"  # the first that waits for nothing and has not given up
    assert store.requests == 4
    assert run(store.setup, store.actions, keep=True).events == store.events


def test_a_session_that_waits_and_one_that_has_its_answer_are_told_apart(store):
    with pytest.raises(NotEnabled, match="no session waits for an answer; let one ask first"):
        store.resend("n2")
    store.request("n2", session="s1")
    with pytest.raises(NotEnabled, match=r"session s1 still waits for its operation s1\.1"):
        store.request("n2", session="s1")
    assert store.request("n2").session == "s2"  # whoever is free
    store.settle()
    with pytest.raises(NotEnabled, match="it was answered"):
        store.resend("n2", "s1.1")


def test_a_workload_that_has_nothing_to_ask_is_not_asked_for_more():
    class Nothing:
        def next(self, session, dice, history):
            return None

    with closing(Simulation(Setup(mutant(STORE, STORE.factory, workload=Nothing()), 1))) as simulation:
        with pytest.raises(NotEnabled, match="the workload has nothing to ask now; say what to ask for"):
            simulation.request("n1")
        assert simulation.request("n1", ["get", "x"]).id == "s1.1"


def test_connections_end_and_are_opened_and_their_ends_learn_of_it():
    with closing(Simulation(Setup(COURIER, 2))) as world:
        world.settle()
        world.request("n1", "ab")
        world.disconnect("n1", "n2")
        world.connect("n1", "n2")
        assert world.settle() > 4
        assert [said.command for said in world.observed(Appended, "n2")] == ["ab"]
        with pytest.raises(NotEnabled, match="they have a connection"):
            world.connect("n1", "n2")


def test_a_node_is_told_what_the_scenario_draws_or_what_one_says():
    with closing(Simulation(Setup(LEDGER, 3))) as world:
        assert world.operate("n1", "transfer", "n3") == Operate("n1", "transfer", "n3")
        drawn = world.operate("n2", "transfer")
        assert drawn.argument in ("n1", "n3")
        assert world.operate("n1", "compact").argument in (0, 1)
        with pytest.raises(NotEnabled, match="has no operation 'explode'"):
            world.operate("n1", "explode")
    with (
        closing(Simulation(Setup(LEDGER, 1))) as world,
        pytest.raises(NotEnabled, match="cannot tell n1 to transfer: its function"),
    ):
        world.operate("n1", "transfer")
