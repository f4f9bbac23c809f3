"""What a value is looked up by."""

import pytest

from splitbrain_invariants.key import key


@pytest.mark.parametrize("value", [None, 1, "a", (1, "n1"), frozenset({1})])
def test_a_hashable_value_is_its_own_key(value):
    assert key(value) is value


@pytest.mark.parametrize("value", [["a"], {"a": [1]}, (1, ["n1"])])
def test_other_values_have_keys_that_can_be_looked_up(value):
    assert {key(value): "found"}[key(value)] == "found"


def test_equal_mappings_have_one_key_whatever_their_order():
    assert key({"a": 1, "b": 2}) == key({"b": 2, "a": 1})


def test_different_values_have_different_keys():
    assert len({key(["a"]), key(["b"]), key({"a": "b"}), key("a")}) == 4
