"""Options as files know them: each of their values has a text of its own."""

from enum import Enum

import pytest
from scripted import scripted

from splitbrain.errors import ScenarioError
from splitbrain.filed.options import check_options, option_texts
from splitbrain.search.hunt import hunt
from splitbrain.world.run import Setup


class Colour(Enum):
    RED = "red"


def test_an_option_has_one_value_for_each_text():
    pairs = scripted(options={"pair": ((1, 2), (1, 3)), "mixed": (1, True, 1.0, "1", None)})
    check_options(pairs)
    assert option_texts(pairs, "pair") == {b"[1,2]": (1, 2), b"[1,3]": (1, 3)}
    assert len(option_texts(pairs, "mixed")) == 5


@pytest.mark.parametrize(
    ("values", "why"),
    [
        (
            (object(),),
            "option 'mode' has a value that no schedule file can hold: an object of type builtins.object; let its values be",
        ),
        ((1, float("inf")), "option 'mode' has a value that no schedule file can hold: inf, for which JSON has no number; let"),
        (
            ((1, 2), [1, 2]),
            r"option 'mode' has the values \(1, 2\) and \[1, 2\], which are both \[1,2\] in a schedule file; leave one",
        ),
        (
            ("red", Colour.RED),
            "option 'mode' has the values 'red' and <Colour.RED: 'red'>, which are both \"red\" in a schedule file",
        ),
    ],
)
def test_an_option_that_no_file_could_give_back_is_refused_when_a_run_is_set_up(values, why):
    scenario = scripted(options={"mode": values})
    with pytest.raises(ScenarioError, match=f"scenario 'scripted': {why}"):
        Setup(scenario, 3)
    with pytest.raises(ScenarioError, match=why):
        hunt(scenario, seed=1, runs=1)
