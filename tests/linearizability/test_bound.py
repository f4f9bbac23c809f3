"""How far a search may go."""

import pytest

from splitbrain.errors import ScenarioError
from splitbrain.linearizability.bound import Bound, Spent


@pytest.mark.parametrize("field", ["configurations", "steps"])
@pytest.mark.parametrize("number", [0, -1, 1.5, True, "many"])
def test_a_bound_that_leaves_nothing_to_search_with_is_refused(field, number):
    with pytest.raises(ScenarioError, match=f"a bound of .* {field} leaves nothing"):
        Bound(**{field: number})


def test_bounds_are_equal_by_value_and_there_is_one_by_default():
    assert Bound() == Bound()
    assert Bound(steps=1) != Bound()


def test_nothing_is_spent_at_first():
    assert Spent().steps == 0
