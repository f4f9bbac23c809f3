"""Guided runs: back to what is rare, and on from there."""

import os
import subprocess
import sys

from splitbrain.actions import Request
from splitbrain.dice import Dice
from splitbrain.nemesis.moves import Moves
from splitbrain.nemesis.portfolio import Portfolio
from splitbrain.nemesis.profile import Profile
from splitbrain.nemesis.strategies.guided import Guided
from splitbrain.nemesis.strategies.walk import Walk
from splitbrain.world.run import Setup
from splitbrain_protocols.raft.scenario import RAFT


def test_guided_runs_do_not_depend_on_the_seed_of_hashes():
    probe = (
        "from splitbrain.search.hunt import hunt\nfrom splitbrain_protocols.raft.scenario import RAFT\n"
        "found = hunt(RAFT, seed=4, runs=40)\nprint(found.steps, sorted(found.shares.items()), len(found.portfolio.archive))\n"
    )
    told = []
    for seed in ("1", "2"):
        environment = os.environ | {"PYTHONHASHSEED": seed}
        told.append(
            subprocess.run([sys.executable, "-c", probe], env=environment, capture_output=True, text=True, check=True).stdout
        )
    assert told[0] == told[1]


def there(setup, schedule, seed):
    """What a guided run does before it goes on by itself, and the walk that goes on."""
    with setup.world(lenient=True) as world:
        moves = Moves(world, Dice(seed))
        strategy = Guided(moves, schedule, lambda moves: Walk(moves, Profile(request=1.0)))
        done = tuple(moves.actions)
        moves.go(strategy.choose, 20)
        return done, tuple(moves.actions)


def test_it_goes_back_by_the_schedule_of_which_now_and_then_a_little_is_left_out():
    schedule = Portfolio(RAFT, ("swarm",)).run(Dice(3)).run.actions
    whole, shorter = 0, set()
    for seed in range(30):
        done, _ = there(Setup(RAFT, 3), schedule, seed)
        whole += done == schedule
        shorter.add(len(done))
    assert 5 < whole < 25
    assert len(shorter) > 3
    assert max(shorter) == len(schedule)


def test_it_goes_on_from_there_and_asks_for_nothing_under_a_name_that_is_taken():
    schedule = tuple(Request(node, f"r{number}", "x") for number, node in ((1, "n1"), (3, "n2")))
    for seed in range(10):
        done, all_of_it = there(Setup(RAFT, 3), schedule, seed)
        assert all_of_it[: len(done)] == done
        names = [action.id for action in all_of_it if isinstance(action, Request)]
        assert len(names) == len(set(names)) > 5
        assert not {"r1", "r3"} & set(names[len(done) :])
