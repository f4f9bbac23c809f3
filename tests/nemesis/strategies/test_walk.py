"""A walk by weighted dice."""

import pytest
from attacks import attack
from scripted import Note, scripted

from splitbrain.actions import Crash, Deliver, Drop, Duplicate, Fire, Request
from splitbrain.budget import FaultBudget
from splitbrain.dice import Dice
from splitbrain.events import Sent
from splitbrain.exhibit import mutant
from splitbrain.nemesis.moves import Moves
from splitbrain.nemesis.profile import Profile
from splitbrain.nemesis.strategies.walk import Walk
from splitbrain.node import Send
from splitbrain.world.run import Setup
from splitbrain_protocols.raft.scenario import RAFT


def test_a_message_may_arrive_twice_in_a_row():
    profile = Profile(twice=1.0, fire=0.3)
    with Setup(RAFT, 3).world() as world:
        moves = Moves(world, Dice(1))
        moves.go(Walk(moves, profile).choose, 100)
    doubled = [place for place, action in enumerate(moves.actions) if isinstance(action, Duplicate)]
    assert doubled
    twice = 0
    for place in doubled:
        arrivals = moves.actions[place + 1 : place + 3]
        if [getattr(each, "copy", None) for each in arrivals] == [0, 1]:
            twice += 1
    assert twice > len(doubled) / 3


def walked(profile, steps=300, setup=None, seed=1):
    """What a walk of this profile did; and the events."""
    return attack(lambda moves: Walk(moves, profile), setup or Setup(RAFT, 3), steps, seed)


def test_what_has_no_rate_is_not_done():
    actions, _ = walked(Profile(deliver=1.0, fire=0.2, request=0.1, crowd=1_000))
    assert {type(action) for action in actions} == {Deliver, Fire, Request}


def test_where_too_many_messages_are_in_flight_one_is_lost_or_arrives_where_none_may_be_lost():
    flooded = Profile(deliver=0.01, fire=1.0, crowd=5)
    actions, _ = walked(flooded)
    assert sum(isinstance(action, Drop) for action in actions) > 50
    safe = mutant(RAFT, RAFT.factory, budget=FaultBudget(drop=False, crashes="none"))
    actions, _ = walked(flooded, setup=Setup(safe, 3))
    assert not any(isinstance(action, Drop) for action in actions)
    assert sum(isinstance(action, Deliver) for action in actions) > 50


def test_messages_of_shy_nodes_and_timers_of_quiet_ones_are_put_off_but_not_for_ever():
    actions, _ = walked(Profile(fire=0.3, shy=(0,), quiet=(1,)), 2_000)
    shy = [("n1" in action.nodes) for action in actions if isinstance(action, Deliver)]
    quiet = [(action.node == "n2") for action in actions if isinstance(action, Fire)]
    for put_off in (shy, quiet):
        assert 0 < sum(put_off) < len(put_off) / 3


def test_slow_messages_are_still_in_flight_when_others_have_long_arrived():
    def waiting(slow):
        actions, events = walked(Profile(fire=0.1, slow=slow, crowd=1_000), 600)
        return sum(isinstance(event, Sent) for event in events) - sum(isinstance(action, Deliver) for action in actions)

    assert waiting(0.5) > 3 * waiting(0.0)


def test_a_whole_site_loses_its_power_at_once():
    actions, _ = walked(Profile(crash=0.1, together=1.0, restart=1.0), 300)
    crashed = "".join("c" if isinstance(action, Crash) else "." for action in actions)
    assert "ccc" in crashed


@pytest.mark.parametrize("links", ["streams", "datagrams"])
def test_what_nodes_send_to_themselves_in_order_may_be_slow_too(links):
    def start(node):
        yield Send(node.me, Note("a"))
        yield Send(node.peers[0], Note("b"))

    scenario = scripted(
        start=start,
        receive=lambda node, sender, message: [Send(sender, message)],
        links=links,
        self_delivery="network",
        budget=FaultBudget(reorder=False),
        requests=0,
    )
    with Setup(scenario, 3).world() as world:
        moves = Moves(world, Dice(1))
        moves.go(Walk(moves, Profile(deliver=1.0, slow=0.5)).choose, 300)
        arrived = {(action.sender, action.receiver) for action in moves.actions}
        assert {("n1", "n1"), ("n2", "n2"), ("n3", "n3"), ("n1", "n2")} <= arrived
