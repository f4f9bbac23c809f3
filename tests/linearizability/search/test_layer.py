"""Tables of configurations."""

from splitbrain.linearizability.search.layer import Call, Layer, is_dead, is_new, merge

OPTIONAL = 0b1100


def test_a_configuration_is_new_once():
    table = {}
    assert is_new(table, 1, 0b01, 0)
    assert not is_new(table, 1, 0b01, 0)
    assert is_new(table, 2, 0b01, 0)
    assert is_new(table, 1, 0b10, 0)


def test_one_that_has_used_up_more_of_what_is_optional_is_no_better():
    table = {}
    assert is_new(table, 1, 0b0101, OPTIONAL)
    assert not is_new(table, 1, 0b1101, OPTIONAL)
    assert is_new(table, 1, 0b1001, OPTIONAL)
    assert is_new(table, 1, 0b0001, OPTIONAL)
    assert is_new(table, 1, 0b0000, OPTIONAL)


def test_what_is_dead_stays_so_when_less_is_optional():
    layer = Layer(Call(None, 0, 1, 0), (), 0, 0, 0)
    early, late = {}, {}
    is_new(early, 1, 0b0001, OPTIONAL)
    merge(layer, early, OPTIONAL)
    is_new(late, 2, 0b0001, 0b1000)
    merge(layer, late, 0b1000)
    again = {}
    is_new(again, 3, 0b0001, OPTIONAL)
    merge(layer, again, OPTIONAL)
    assert is_dead(layer.dead, 1, 0b1101)
    assert is_dead(layer.dead, 2, 0b1001)
    assert not is_dead(layer.dead, 2, 0b0101)
    assert is_dead(layer.dead, 3, 0b0101)
    assert not is_dead(layer.dead, 4, 0b0001)
