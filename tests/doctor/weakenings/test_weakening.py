"""What a weakening is, and that there are the five."""

from toys import REGISTER

from splitbrain.doctor.weakenings.weakened import WEAKENINGS
from splitbrain.doctor.weakenings.weakening import Weakening
from splitbrain.world.run import Setup


def test_it_leaves_alone_what_it_is_not_about():
    weakening = Weakening(name="none", says="all is well", unfelt="of course")
    assert weakening.scenario(REGISTER) is REGISTER
    assert weakening.pointless(REGISTER) is None
    assert weakening.setups is Setup


def test_there_are_five_and_each_says_what_is_so():
    assert [each.name for each in WEAKENINGS] == ["sync", "disk", "twice", "order", "voters"]
    assert len({each.says for each in WEAKENINGS}) == len({each.unfelt for each in WEAKENINGS}) == len(WEAKENINGS)
    for each in WEAKENINGS:  # beyond what the scenario has, each has its own scenario or its own worlds
        assert each.scenario(REGISTER) is not REGISTER or each.setups is not Setup
