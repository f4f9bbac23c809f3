"""What a model is that says no more than its steps."""

import pytest

from splitbrain.linearizability.model import UNKNOWN, Model


def test_a_model_that_says_nothing_else_has_one_key_and_fits_nothing_special():
    model = Model()
    assert model.key(("get", "x")) is None
    assert model.zone(("get", "x"), 1) is None
    assert not model.wants(("get", "x"), 1)
    assert hash(model.initial) is not None


def test_its_steps_and_its_lines_are_its_own():
    with pytest.raises(NotImplementedError):
        Model().step((), ("get", "x"), UNKNOWN)
    with pytest.raises(NotImplementedError):
        Model().read({"op": "get"})


def test_unknown_is_shown_as_what_it_is():
    assert repr(UNKNOWN) == "UNKNOWN"
