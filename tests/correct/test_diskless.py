"""Members that recover from a quorum are clean where they say that they recover, and what is nearly right is found."""

from collections import Counter
from dataclasses import replace

import pytest
from correct.diskless import DISKLESS, Diskless, Recover

from splitbrain.actions import Crash, Deliver, Request, Restart
from splitbrain.budget import FaultBudget
from splitbrain.dice import Dice
from splitbrain.doctor.conformance import conformance
from splitbrain.nemesis.draw import draw_setup
from splitbrain.nemesis.moves import Moves
from splitbrain.nemesis.portfolio import draw_strategy
from splitbrain.observations import Ready
from splitbrain.search.hunt import hunt
from splitbrain.world.world import World

STEPS = 200_000


class Silent(Diskless):
    """Says that it is ready, but not that it recovers."""

    def announce(self):
        return ()


def test_members_that_say_when_they_recover_are_clean():
    hunted = hunt(DISKLESS, seed=1, steps=20_000)
    assert hunted.outcome == "clean"
    assert min(hunted.coverage[what] for what in ("Recovering", "Ready", "calm")) > 5


@pytest.mark.slow
@pytest.mark.parametrize("scenario", [DISKLESS, replace(DISKLESS, factory=Silent, ready=Ready, progress=(Ready,))])
def test_members_that_recover_are_clean_for_long(scenario):
    hunted = hunt(scenario, seed=7, steps=STEPS)
    assert hunted.found is None, hunted.found.violation
    assert hunted.outcome == "clean"


def test_members_that_do_not_say_that_they_recover_are_too_many_and_where_the_scenario_says_it_for_them_they_are_not():
    silent = replace(DISKLESS, factory=Silent, progress=(Ready,))
    found = hunt(silent, seed=1, steps=20_000).found
    assert found is not None
    assert found.violation.invariant == "ClientsAnswered"  # a majority has lost all, and nobody can tell them
    assert hunt(replace(silent, ready=Ready), seed=1, steps=20_000).outcome == "clean"


def test_at_no_time_are_more_than_a_minority_down_or_recovering():
    seen = Counter()
    for seed in range(40):
        dice = Dice(seed)
        with draw_setup(DISKLESS, dice).world() as world:
            moves = Moves(world, dice)
            strategy = draw_strategy(moves)
            for _ in range(200):
                moves.go(strategy.choose, 1)
                away = [process for process in world.processes.values() if not process.running or process.recovering]
                seen[len(world.nodes), len(away)] += 1
    assert set(seen) == {(3, 0), (3, 1), (5, 0), (5, 1), (5, 2)}
    assert min(seen.values()) > 100


def test_they_keep_the_contract():
    assert conformance(DISKLESS).counts["crashes"] > 0


# What is nearly right


class AnswersWhileRecovering(Diskless):
    """Answers readers and writers at once, and only those not that recover, too."""

    def answers_to(self, message):
        return self.member or type(message) is not Recover


class CountsItself(Diskless):
    """What it has itself, which is nothing, counts when it recovers."""

    def counts_itself(self):
        return True


class CountsTheForgotten(Diskless):
    """An answer counts although who gave it has lost since what it told."""

    def is_forgotten(self, node, answer):
        return False


@pytest.mark.parametrize(("factory", "seed"), [(AnswersWhileRecovering, 1), (CountsItself, 1)])
def test_what_is_nearly_right_is_found(factory, seed):
    scenario = replace(DISKLESS, factory=factory, budget=FaultBudget(crashes="minority", duplicate=False))
    found = hunt(scenario, seed=seed, steps=100_000).found
    assert found is not None
    assert found.violation.invariant == "Linearizable"


PUT, GET = Request("n1", "r1", ("put", "x", 1)), Request("n4", "r2", ("get", "x"))


def asked(node, others, question, ordinal=1):
    return [Deliver(node, other, question, None, ordinal) for other in others]


def answered(node, others, ordinal=1):
    return [Deliver(other, node, "Answer", None, ordinal) for other in others]


FORGOTTEN = [
    *[PUT, *asked("n1", ("n2", "n3"), "Read"), *answered("n1", ("n2", "n3"))],
    *[*asked("n1", ("n2",), "Store"), Crash("n2"), Restart("n2")],
    *[*asked("n2", ("n3", "n4", "n5"), "Recover"), *answered("n2", ("n3", "n4", "n5"))],
    *[*asked("n1", ("n3",), "Store"), *answered("n1", ("n2", "n3"), ordinal=2)],
    *[GET, *asked("n4", ("n2", "n5"), "Read"), *answered("n4", ("n2", "n5"))],
    *[*asked("n4", ("n2", "n5"), "Store"), *answered("n4", ("n2", "n5"), ordinal=2)],
]


@pytest.mark.parametrize(("factory", "broken"), [(Diskless, None), (CountsTheForgotten, "Linearizable")])
def test_who_has_stored_it_and_was_restarted_before_the_others_had_is_none_of_its_quorum(factory, broken):
    """n2 stores 1, and recovers from three who have not; then n3 stores it. Only n1 and n3 have it, though three have answered."""
    with World(replace(DISKLESS, factory=factory), 5) as world:
        for action in FORGOTTEN:
            world.apply(action)
        assert [operation.outcome for operation in world.history] == ["answered" if broken else "unknown", "answered"]
        assert (world.violation and world.violation.invariant) == broken
