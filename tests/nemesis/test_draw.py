"""What is drawn for a run as a whole."""

from collections import Counter

from splitbrain.dice import Dice
from splitbrain.nemesis.draw import draw_clients, draw_setup
from splitbrain.nemesis.moves import Moves
from splitbrain.world.run import Setup
from splitbrain_protocols.raft.scenario import RAFT


def test_sizes_that_stand_first_are_drawn_more_often_and_all_are_drawn():
    drawn = Counter(draw_setup(RAFT, Dice(seed)).size for seed in range(2_000))
    assert set(drawn) == {1, 2, 3, 4, 5, 6, 7}
    assert drawn[3] > 1.5 * drawn[5] > drawn[1]


def test_how_many_requests_there_are_and_how_long_their_commands_are_is_drawn():
    limits, lengths = Counter(), Counter()
    for seed in range(200):
        with Setup(RAFT, 1).world() as world:
            moves = Moves(world, Dice(seed))
            draw_clients(moves.dice, moves)
            limits[moves.limit] += 1
            lengths[len(moves.ask("n1").command)] += 1
    assert set(limits) == {1, 2, 3, 5, 10, 30}
    assert set(lengths) == {2, 12, 102, 1_002, 5_002}
    assert lengths[2] > 150
