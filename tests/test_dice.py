"""Dice: equal seeds, equal streams."""

from collections import Counter

from splitbrain.dice import Dice


def test_weighted_dice_give_each_item_its_share_and_never_one_without_weight():
    drawn = Counter(Dice(seed).weighted([(3.0, "often"), (0.0, "never"), (1.0, "rarely")]) for seed in range(2_000))
    assert set(drawn) == {"often", "rarely"}
    assert 2 * drawn["rarely"] < drawn["often"] < 4 * drawn["rarely"]
