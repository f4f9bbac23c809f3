"""Operations of a scenario, drawn."""

import pytest
from scripted import scripted

from splitbrain.actions import Operate
from splitbrain.declared.operations import drawn
from splitbrain.dice import Dice
from splitbrain.errors import ScenarioError

NODES = ("n1", "n2", "n3")


def test_one_of_the_named_arguments_is_drawn():
    scenario = scripted(operations={"compact": (None,), "transfer": ("n2", "n3")})
    assert drawn(scenario, "compact", "n1", NODES, Dice(1)) == Operate("n1", "compact")
    assert {drawn(scenario, "transfer", "n1", NODES, Dice(seed)).argument for seed in range(20)} == {"n2", "n3"}


def test_a_function_draws_from_who_the_node_is_and_the_dice_or_has_nothing_to_do_now():
    scenario = scripted(operations={"transfer": lambda me, peers, dice: None if me == "n1" else dice.pick(peers)})
    assert drawn(scenario, "transfer", "n1", NODES, Dice(1)) is None
    assert {drawn(scenario, "transfer", "n2", NODES, Dice(seed)).argument for seed in range(20)} == {"n1", "n3"}


def test_a_function_that_raises_or_draws_what_is_no_argument_is_blamed_by_its_name():
    def wrong(me, peers, dice):
        raise LookupError("no such peer")

    def lazy(me, peers, dice):
        yield peers[0]

    for function, why in (
        (wrong, r"operations\['add'\]\('n1', peers, dice\) raised LookupError: no such peer.*; return an argument, or None"),
        (lazy, "returned a generator, which is no argument; .* from a plain function"),
    ):
        with pytest.raises(ScenarioError, match=f"scenario 'scripted': .*{why}"):
            drawn(scripted(operations={"add": function}), "add", "n1", NODES, Dice(1))


@pytest.mark.parametrize(
    ("operations", "why"),
    [
        (("compact",), "is a tuple, not a dict; write for instance operations={'compact': (None,)}"),
        ({"": (None,)}, "is no name that a schedule could print on one line"),
        ({3: (None,)}, "is no name that a schedule could print on one line"),
        ({"compact": None}, "neither a tuple of arguments to draw from nor a function (me, peers, dice) that draws one"),
        ({"compact": ()}, "write (None,) where it takes none"),
        ({"transfer": ["n1"]}, "neither a tuple of arguments"),
    ],
)
def test_operations_that_cannot_be_drawn_from_are_refused_at_once(operations, why):
    with pytest.raises(ValueError, match="Scenario 'scripted': operation") as raised:
        scripted(operations=operations)
    assert why in str(raised.value)
