"""What the minimiser tries: schedules like a failing one, in other clusters, under other names, with other options."""

from toys import FORGETFUL, REGISTER

from splitbrain.actions import Calm, Deliver, Fire, Request
from splitbrain.counterexample.minimiser.variations import exchanged, merged, other_options, swapped
from splitbrain.world.run import Setup

SETUP = Setup(FORGETFUL, 3)


def test_two_nodes_change_places_from_some_action_on_or_in_one_epoch():
    schedule = (Fire("n1", "t"), Deliver("n1", "n2", "Ask", 1), Deliver("n2", "n1", "Yes", 2))
    found = list(swapped(Setup(REGISTER, 2), schedule))
    assert [schedule[0], Deliver("n1", "n2", "Ask", 1), Deliver("n1", "n2", "Yes", 2)] in found  # from the third on, and in epoch 2
    assert [schedule[0], Deliver("n2", "n1", "Ask", 1), Deliver("n2", "n1", "Yes", 2)] in found  # in epoch 1


def test_nodes_that_become_one_make_a_smaller_cluster_with_every_grouping_once():
    schedule = [Request("n1", "r1", "v1"), Request("n2", "r2", "v2"), Request("n3", "r3", "v3")]
    found = [(setup.size, [action.node for action in actions]) for setup, actions in merged(SETUP, schedule)]
    assert found == [(2, ["n1", "n1", "n2"]), (2, ["n1", "n2", "n1"]), (2, ["n1", "n2", "n2"])]


def test_another_option_is_one_option_at_another_of_its_values():
    assert [setup.options for setup in other_options(SETUP)] == [{"patience": 50}]
    assert [setup.options for setup in other_options(Setup(FORGETFUL, 3, {"patience": 50}))] == [{"patience": 20}]


def test_one_action_comes_in_and_each_of_the_others_goes_in_turn_but_not_the_fair_phase():
    calm = Calm(("n1",), 0, 1)
    found = list(exchanged((Fire("n1", "a"), Fire("n1", "b"), calm), 1, Fire("n2", "c")))
    assert found == [
        (1, [Fire("n1", "a"), Fire("n2", "c"), calm]),
        (0, [Fire("n2", "c"), Fire("n1", "b"), calm]),
    ]
