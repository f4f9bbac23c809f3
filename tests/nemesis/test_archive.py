"""The archive: ways to what was seen."""

from splitbrain.dice import Dice
from splitbrain.nemesis.archive import Archive
from splitbrain.nemesis.portfolio import Portfolio
from splitbrain.world.run import Setup, run
from splitbrain_protocols.raft.scenario import RAFT


def test_what_is_rare_and_little_explored_is_gone_back_to():
    portfolio = Portfolio(RAFT, ("swarm", "guided"))
    for number in range(60):
        portfolio.run(Dice(f"rare/{number}"))
    assert len(portfolio.archive) > 50
    reached = portfolio.archive.choose(Dice(1))
    again = run(reached.setup, reached.actions, lenient=True)
    assert len(again.actions) > 0.9 * len(reached.actions)
    assert reached.tried >= 1


SETUP = Setup(RAFT, 3)


def test_the_archive_counts_what_is_new_and_keeps_the_shortest_way_there():
    archive = Archive()
    assert archive.note([("a",), ("b",)], SETUP, ["long"] * 9) == 2
    assert archive.note([("a",), ("c",)], SETUP, ["short"]) == 1
    assert len(archive) == 3
    ways = {archive.choose(Dice(seed)).actions for seed in range(40)}
    assert ways == {("short",), ("long",) * 9}
    archive.note([("b",)], SETUP, ["shorter"] * 2)
    assert {archive.choose(Dice(seed)).actions for seed in range(40)} == {("short",), ("shorter",) * 2}


def test_what_is_rare_and_was_seldom_gone_back_to_is_chosen_more_often():
    archive = Archive()
    for _ in range(50):
        archive.note([("often",)], SETUP, ["often"])
    archive.note([("rare",)], SETUP, ["rare", "way"])
    first = archive.choose(Dice(3))
    for _ in range(30):
        archive.choose(Dice(3))  # which tires of it
    ways = [archive.choose(Dice(seed)).actions for seed in range(20)]
    assert first.actions == ("rare", "way")
    assert ("often",) in ways


def test_an_empty_archive_has_nothing_to_go_back_to():
    assert Archive().choose(Dice(1)) is None
