"""Moves: each proposal is an enabled action, or none; and clients are counted."""

from scripted import Note, scripted

from splitbrain.actions import Complete, Crash, Cut, Deliver, Drop, Duplicate, Fire, Mend, Request, Restart
from splitbrain.budget import FaultBudget
from splitbrain.dice import Dice
from splitbrain.nemesis.moves import Moves
from splitbrain.nemesis.profile import Profile
from splitbrain.nemesis.strategies.walk import Walk
from splitbrain.node import Refused, Reply, Send, SetTimer, Sync, Write
from splitbrain.stopwatch import Deadline, Stopwatch
from splitbrain.world.world import World

PROPOSALS = ("deliver", "drop", "duplicate", "cut", "mend", "fire", "restart", "crash", "crash_inside", "complete", "request")


def busy(**changes):
    """A node that does a bit of everything."""

    def request(node, name, command):
        yield Write("command", command)
        yield Sync()
        for peer in node.peers:
            yield Send(peer, Note(command))
        yield Reply(name, "done")

    return scripted(start=lambda node: [SetTimer("t", 1, 2), SetTimer("u", 1, 2)], request=request, **changes)


def moves_of(world, seed=1):
    return Moves(world, Dice(seed))


def test_every_proposal_is_enabled_when_it_is_made():
    kinds = set()
    for seed in range(6):
        with World(busy(budget=FaultBudget(slow_disks=True))) as world:
            moves = moves_of(world, seed)
            for _ in range(400):
                action = getattr(moves, moves.dice.pick(PROPOSALS))()
                if action is not None:
                    assert world.apply(action) == action  # what is not enabled would raise
                    kinds.add(type(action))
    assert kinds == {Deliver, Drop, Duplicate, Cut, Mend, Fire, Restart, Crash, Complete, Request}


STILL = FaultBudget(crashes="none", partition=False, mid_handler=False, torn=False)
ROLES = {"witness": lambda size: (size - 1,), "learner": (1,)}
BUDGETS = {"witness": STILL, "learner": FaultBudget(slow_disks=True, mid_handler=False, torn=False)}


def test_proposals_go_by_the_budget_of_the_node_that_they_are_for():
    kinds, crashed, cut = set(), set(), set()
    for seed in range(6):
        with World(busy(roles=ROLES, budgets=BUDGETS, budget=FaultBudget(crashes="minority"), sizes=(4, 3)), 4) as world:
            moves = moves_of(world, seed)
            for _ in range(400):
                action = getattr(moves, moves.dice.pick(PROPOSALS))()
                if action is not None:
                    kinds.add(type(action))
                    moves.go(lambda action=action: action, 1)
            crashes = [action for action in moves.actions if isinstance(action, Crash)]
            crashed |= {(each.node, each.during is not None, each.keep > 0) for each in crashes}
            cut |= {node for action in moves.actions if isinstance(action, Cut) for link in action.links for node in link}
    assert {Complete, Cut, Crash} <= kinds
    assert {node for node, _, _ in crashed} == {"n1", "n2", "n3"}
    assert all(node != "n2" for node, inside, kept in crashed if inside or kept)
    assert {(node, inside) for node, inside, _ in crashed} >= {("n1", True), ("n3", True), ("n2", False)}
    assert any(kept for _, _, kept in crashed)
    assert cut == {"n1", "n2", "n3"}


def test_nothing_is_cut_where_only_one_node_could_be():
    with World(busy(roles={"witness": (0,)}, budgets={"witness": STILL}), 2) as world:
        assert moves_of(world).separable == ("n2",)
        assert moves_of(world).cut() is None


def test_where_there_is_nothing_of_a_kind_there_is_no_proposal():
    with World(scripted(requests=0)) as world:
        moves = moves_of(world)
        nothing = ("deliver", "drop", "duplicate", "mend", "fire", "restart", "complete", "request", "advance", "crash_inside")
        assert [name for name in nothing if getattr(moves, name)() is not None] == []


def test_a_run_ends_when_it_finds_nothing_to_do_or_an_invariant_breaks_or_its_steps_are_used_up():
    with World(busy()) as world:
        moves = moves_of(world)
        assert moves.go(moves.request, 5) == 5
        assert moves.go(lambda: None, 5) == 0
        assert len(moves.actions) == 5 == world.step


def test_requests_are_numbered_and_limited():
    with World(busy(requests=2)) as world:
        moves = moves_of(world)
        asked = [world.apply(moves.request()) for _ in range(2)]
        assert [(each.id, each.command) for each in asked] == [("r1", "v1"), ("r2", "v2")]
        assert moves.request() is None
        assert not moves.clients.may_ask()


def test_a_request_that_was_refused_does_not_count_but_its_name_is_not_given_again():
    with World(scripted(request=lambda node, name, command: [Reply(name, Refused())], requests=2)) as world:
        moves = moves_of(world)
        names = []
        while (action := moves.request()) is not None:
            names.append(world.apply(action).id)
        assert moves.clients.requests == 0
        assert names == [f"r{number}" for number in range(1, 9)]  # four times as many as there may be: then clients give up


def test_names_that_a_schedule_has_already_are_left_to_it():
    with World(busy()) as world:
        moves = moves_of(world)
        moves.clients.leave([Request("n1", "r1", "x"), Request("n1", "r3", "x")])
        assert moves.clients.requests == 2
        assert [moves.clients.ask("n2", moves.dice).id for _ in range(2)] == ["r2", "r4"]  # r3 is in the schedule


def test_a_redirection_to_a_node_that_no_client_talks_to_is_not_followed():
    scenario = scripted(request=lambda node, name, command: [Reply(name, Refused("n3"))], clients=lambda size: (0,), requests=10)
    with World(scenario) as world:
        moves = moves_of(world)
        moves.go(Walk(moves, Profile(request=1.0)).choose, 200)
        asked = [action.node for action in moves.actions if isinstance(action, Request)]
    assert set(asked) == {"n1"}
    assert len(asked) > 5


def test_a_client_that_was_refused_goes_mostly_where_it_was_sent():
    asked = []

    def request(node, name, command):
        asked.append(node.me)
        yield Reply(name, "done" if node.me == "n3" else Refused("n3"))

    with World(scripted(request=request, requests=200)) as world:
        moves = moves_of(world)
        moves.go(moves.request, 200)
    assert asked.count("n3") > 120


def test_a_site_loses_its_power_but_for_those_who_may_not_all_be_down():
    with World(busy(roles=ROLES, budgets={"witness": STILL}, sizes=(4,)), 4) as world:
        assert [crash.node for crash in moves_of(world).crash_all()] == ["n1", "n2", "n3"]


def test_a_whole_site_loses_its_power_only_where_all_may_be_down():
    with World(busy()) as world:
        assert [action.node for action in moves_of(world).crash_all()] == ["n1", "n2", "n3"]
    with World(busy(budget=FaultBudget(crashes="minority"))) as world:
        assert moves_of(world).crash_all() == []


def test_a_crash_keeps_no_more_than_there_is_and_nothing_where_writes_are_not_torn():
    def kept(**budget):
        with World(scripted(request=lambda *_: [Write("a", 1), Write("b", 2)], budget=FaultBudget(**budget), sizes=(1,))) as world:
            world.apply(Request("n1", "r1", "x"))
            return {moves_of(world, seed).crash().keep for seed in range(60)}

    assert kept() == {0, 1, 2}
    assert kept(torn=False) == {0}


def test_a_crash_inside_a_handler_interrupts_what_its_node_handles():
    with World(busy()) as world:
        moves = moves_of(world)
        found = [moves.crash_inside(moves.fire) for _ in range(50)]
        assert {crash.during.actor == crash.node for crash in found} == {True}
        assert {crash.during.timer for crash in found} == {"t", "u"}
        assert len({crash.after for crash in found}) > 5


def test_moves_end_where_their_deadline_comes_and_whatever_was_done_by_then_is_the_same():
    def done(deadline, steps):
        with World(busy()) as world:
            moves = Moves(world, Dice(1), deadline)
            count = moves.go(Walk(moves, Profile()).choose, steps)
            assert count == len(moves.actions)
            return moves.actions

    assert done(Deadline(0.0), 100) == []
    whole = done(None, 300)
    assert done(Deadline(600), 300) == whole
    cut = done(Deadline(0.002), 100_000)
    assert 0 < len(cut) < 100_000
    assert cut[:300] == whole[: len(cut)]


def test_slow_steps_are_few_behind_a_deadline():
    def slow(node, timer):
        watch = Stopwatch()
        while watch.seconds() < 0.02:
            pass
        return [SetTimer("t", 1, 2)]

    with World(scripted(start=lambda node: [SetTimer("t", 1, 2)], timeout=slow)) as world:
        moves = Moves(world, Dice(1), Deadline(0.1))
        watch = Stopwatch()
        moves.go(moves.fire, 1_000)
        assert len(moves.actions) < 12  # at the first look nothing is known of how slow they are
        assert watch.seconds() < 5
