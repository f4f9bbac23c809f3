"""Dice: equal seeds, equal streams, for ever; and each item gets its share."""

import random
from collections import Counter

from splitbrain.dice import Dice, NodeDice, begin_shared_anew, fresh_seed


def test_equal_seeds_give_equal_streams_on_every_machine():
    one, other = Dice("hosts/7"), Dice("hosts/7")
    assert [one.seed() for _ in range(5)] == [other.seed() for _ in range(5)]
    dice = Dice(1)  # these values are in saved searches: were they others, no seed would find again what it found
    assert [dice.below(100) for _ in range(5)] == [13, 84, 76, 25, 49]
    assert Dice(1).shuffled("abcdef") != Dice(2).shuffled("abcdef")


def test_the_ends_of_a_range_are_drawn_and_nothing_beyond():
    dice = Dice(3)
    assert Counter(dice.between(1, 4) for _ in range(400)).keys() == {1, 2, 3, 4}
    assert Counter(dice.below(3) for _ in range(400)).keys() == {0, 1, 2}
    assert {dice.pick("abc") for _ in range(100)} == set("abc")


def test_a_chance_of_nothing_never_comes_and_a_certain_one_always():
    dice = Dice(4)
    assert not any(dice.chance(0.0) for _ in range(100))
    assert all(dice.chance(1.0) for _ in range(100))


def test_a_sample_has_different_items_in_their_order_and_is_never_too_large():
    dice, seen = Dice(5), set()
    for _ in range(300):
        sample = dice.sample("abcd", 2)
        assert sample == sorted(sample)
        seen.add("".join(sample))
    assert seen == {"ab", "ac", "ad", "bc", "bd", "cd"}
    assert dice.sample("ab", 9) == ["a", "b"]


def test_what_is_shuffled_is_a_list_of_its_own_with_the_same_items_in_any_order():
    dice, items = Dice(6), [1, 2, 3]
    seen = {tuple(dice.shuffled(items)) for _ in range(200)}
    assert len(seen) == 6
    assert items == [1, 2, 3]


def test_weighted_dice_give_each_item_its_share_and_never_one_without_weight():
    drawn = Counter(Dice(seed).weighted([(3.0, "often"), (0.0, "never"), (1.0, "rarely")]) for seed in range(2_000))
    assert set(drawn) == {"often", "rarely"}
    assert 2 * drawn["rarely"] < drawn["often"] < 4 * drawn["rarely"]


def test_a_fresh_seed_fits_on_a_command_line():
    assert all(0 <= fresh_seed() < 1 << 32 for _ in range(20))


def test_the_random_source_that_all_share_can_begin_anew():
    drawn = []
    state = random.getstate()
    try:
        for _ in range(2):
            begin_shared_anew()
            drawn.append(random.random())
    finally:
        random.setstate(state)
    assert drawn[0] == drawn[1]


def test_a_node_s_dice_have_what_the_module_random_has_from_one_seed():
    one, other = NodeDice("7/n1/1"), NodeDice("7/n1/1")
    assert [one(), one.random(), one.randint(1, 6), one.choice("abc")] == [
        other(),
        other.random(),
        other.randint(1, 6),
        other.choice("abc"),
    ]
    assert one.Random().random() == other.SystemRandom().random()
    assert one.Random(3).random() == random.Random(3).random()
