"""Sessions: they wait, follow redirects, ask again, give up, and go on asking a node that has led."""

from collections import Counter

import pytest
from scripted import scripted
from stores import BUGS, ONCE, STORE, broken

from splitbrain.actions import Calm, Crash, Request, Resend, Restart
from splitbrain.dice import Dice
from splitbrain.nemesis.moves import Moves
from splitbrain.nemesis.names import STRATEGIES
from splitbrain.nemesis.sessions import Manner, Sessions, draw_manner
from splitbrain.node import Observe, Refused, Reply
from splitbrain.observations import Led
from splitbrain.search.hunt import hunt
from splitbrain.world.clients import RESENDS
from splitbrain.world.world import World

HASTY = Manner(most=2, patience=0.0, alarmed=0.0, gives_up=0.0, follows=1.0, stays=1.0, late=0.0)


def silent(**changes):
    return scripted(**{"sessions": 2, **changes})


def answering(**changes):
    return silent(request=lambda node, name, command: [Reply(name, "done")], **changes)


def played(scenario, manner, steps=200, seed=1):
    """What sessions of this manner ask, with no other action in between; and the history."""
    with World(scenario) as world:
        moves = Moves(world, Dice(seed))
        moves.clients.manner = manner
        moves.go(moves.request, steps)
        return moves.actions, list(world.history), moves


def test_a_session_asks_for_the_next_thing_when_it_is_answered_and_no_more_than_there_may_be():
    actions, history, _ = played(answering(requests=7), HASTY)
    assert [action.command for action in actions] == [f"v{number}" for number in range(1, 8)]
    assert {operation.session for operation in history} == {"s1", "s2"}
    of_one = [operation.id for operation in history if operation.session == "s1"]
    assert of_one == [f"s1.{number}" for number in range(1, len(of_one) + 1)]


def test_a_session_that_is_not_answered_asks_again_as_often_as_clients_do_and_is_then_gone_on_for():
    actions, history, _ = played(silent(requests=4), HASTY)
    assert Counter(map(type, actions)) == {Request: 4, Resend: 4 * RESENDS}
    assert [action.session for action in actions if isinstance(action, Request)] == ["s1", "s2", "s3", "s4"]
    heirs = [action.replaces for action in actions if isinstance(action, Request)]
    assert heirs[:2] == [None, None]
    assert {*heirs[2:]} <= {"s1", "s2", "s3"}
    assert {operation.outcome for operation in history} == {"unknown"}


def test_one_that_is_patient_waits_and_one_that_gives_up_never_asks_again():
    patient = Manner(most=2, patience=1.0, alarmed=1.0)
    assert len(played(silent(), patient)[0]) == 2
    faint = Manner(most=1, patience=0.0, alarmed=0.0, gives_up=1.0)
    actions, _, _ = played(silent(requests=5), faint)
    assert {type(action) for action in actions} == {Request}
    assert [action.replaces for action in actions] == [None, "s1", "s2", "s3", "s4"]


def test_a_session_follows_a_redirect_with_the_same_operation():
    def request(node, name, command):
        yield Reply(name, "done" if node.me == "n3" else Refused("n3"))

    redirected = 0
    for seed in range(9):
        follows = Manner(most=1, follows=1.0, stays=1.0, late=0.0)
        actions, history, _ = played(silent(request=request, requests=20), follows, seed=seed)
        again = [action for action in actions if isinstance(action, Resend)]
        redirected += len(again)
        assert {action.node for action in again} <= {"n3"}
        assert {operation.outcome for operation in history} == {"answered"}
        assert all(action.node == "n3" for action in actions[1:])  # and stays with who answers
    assert redirected >= 3


def test_what_was_refused_does_not_count_up_to_a_bound():
    scenario = silent(request=lambda node, name, command: [Reply(name, Refused())], requests=3)
    actions, history, moves = played(scenario, HASTY, 1_000)
    assert len(actions) == 12
    assert {operation.outcome for operation in history} == {"refused"}
    assert moves.clients.requests == 0
    assert not moves.clients.may_ask()


def test_the_alarmed_ask_again_sooner_when_their_node_has_lost_its_power_or_another_one_leads():
    def again(*between, **changes):
        alarmed = Manner(most=1, patience=1.0, alarmed=0.0, gives_up=0.0, stays=0.0, late=0.0)
        with World(silent(**changes)) as world:
            moves = Moves(world, Dice(1))
            moves.clients.manner = alarmed
            node = world.apply(moves.request()).node
            assert moves.request() is None
            for action in between:
                world.apply(action(node))
            return any(isinstance(moves.request(), Resend) for _ in range(9))

    other = {"n1": "n2", "n2": "n3", "n3": "n1"}
    assert again(Crash)
    assert again(Crash, Restart)
    assert not again(lambda node: Crash(other[node]))
    leads = {"request": lambda node, name, command: [Observe(Led(1))] if command == "lead" else []}
    assert again(lambda node: Request(other[node], "r1", "lead"), **leads)
    assert not again(lambda node: Request(node, "r1", "lead"), **leads)


def test_who_has_led_is_asked_on_although_another_one_leads():
    late = Manner(most=1, stays=0.0, late=1.0)
    leads = {"request": lambda node, name, command: [Observe(Led(1)) if command == "lead" else Reply(name, 1)]}
    with World(silent(sizes=(5,), **leads)) as world:
        moves = Moves(world, Dice(1))
        moves.clients.manner = late
        for number, node in enumerate(("n2", "n4"), 1):
            world.apply(Request(node, f"r{number}", "lead"))
        asked = Counter(world.apply(moves.request()).node for _ in range(20))
    assert {*asked} == {"n2", "n4"}
    assert min(asked.values()) > 3


def test_a_workload_that_has_nothing_to_ask_stalls_nobody():
    class Nothing:
        def next(self, session, dice, history):
            return None

    class Once:
        def next(self, session, dice, history):
            return "once" if not history else None

    for strategy in STRATEGIES:
        for workload, count in ((Nothing(), 0), (Once(), 5)):
            scenario = answering(workload=workload, requests=9)
            hunted = hunt(scenario, seed=1, runs=5, strategy=strategy)
            assert hunted.runs == 5
            assert hunted.coverage["request"] <= count


def test_the_manner_of_a_run_is_drawn_and_everything_in_it_varies():
    manners = [draw_manner(Dice(seed), 5) for seed in range(300)]
    assert {manner.most for manner in manners} == {1, 2, 3, 4, 5}
    assert all(len({getattr(manner, name) for manner in manners}) > 1 for name in Manner.__struct_fields__)


def test_sessions_go_on_from_whatever_was_done_and_leave_those_of_a_fair_phase_alone():
    with World(answering(calm_bound=500, sizes=(1,))) as world:
        moves = Moves(world, Dice(1))
        world.apply(Request("n1", "s1.4", "x", "s1"))
        world.apply(Calm(("n1",), 1, 500))
        assert isinstance(moves.clients, Sessions)
        assert moves.clients.live == ("s1",)
        moves.clients.manner = Manner(most=1)
        assert moves.request().id == "s1.5"


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_every_strategy_lets_sessions_ask_ask_again_and_give_up(strategy):
    hunted = hunt(STORE, seed=1, runs=60, strategy=strategy)
    assert hunted.outcome == "clean"
    assert hunted.coverage["request"] > 40
    assert hunted.coverage["resend"] > 20
    assert hunted.coverage["Executed"] > 5
    assert set(hunted.operations) == {"answered", "refused", "unknown"}


@pytest.mark.parametrize("bug", [bug for bug in BUGS if bug not in ONCE])
def test_what_a_client_sees_of_a_broken_store_is_found(bug):
    hunted = hunt(broken(bug), seed=1, runs=3_000)
    assert hunted.outcome == "violation"
    assert hunted.found.violation.invariant == "Recent"


@pytest.mark.parametrize("bug", ONCE)
def test_a_command_that_takes_effect_twice_is_found_for_it_is_asked_for_again(bug):
    hunted = hunt(ONCE[bug], seed=1, runs=1_000)
    assert hunted.found.violation.invariant == "Once"
    assert any(isinstance(action.input, Resend) for action in hunted.found.actions)


def test_equal_seeds_give_equal_runs():
    one, other = (hunt(broken("no-dedup"), seed=3, runs=20) for _ in range(2))
    assert one.coverage == other.coverage
    assert one.operations == other.operations
