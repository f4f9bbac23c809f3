"""A walk by weighted dice."""

from splitbrain.actions import Duplicate
from splitbrain.dice import Dice
from splitbrain.nemesis.moves import Moves
from splitbrain.nemesis.profile import Profile
from splitbrain.nemesis.strategies.walk import Walk
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
