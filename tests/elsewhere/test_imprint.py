"""An imprint tells traces apart, and where."""

import pytest
from scripted import asked

from splitbrain.elsewhere.imprint import Imprint
from splitbrain.errors import EncodingError
from splitbrain.node import Observe

TEXTS = ("a", "b", "c", "d")


def imprint(*texts):
    return Imprint.of(asked([Observe(text) for text in texts]).events)


def test_equal_traces_have_equal_imprints():
    assert imprint(*TEXTS) == imprint(*TEXTS)
    assert imprint(*TEXTS).differs(imprint(*TEXTS)) is None


@pytest.mark.parametrize("place", range(4))
def test_the_first_event_that_differs_is_told_whatever_comes_behind_it(place):
    whole = asked([Observe(text) for text in TEXTS]).events
    first = len(whole) - 4 + place
    other = asked([Observe(text) for text in (*TEXTS[:place], "x", *TEXTS[place + 1 :])]).events
    assert whole[first] != other[first]
    assert Imprint.of(whole).differs(Imprint.of(other)) == first


def test_where_a_trace_ends_early_that_is_the_difference():
    one, other = asked([Observe("a"), Observe("b")]).events, asked([Observe("a")]).events
    assert Imprint.of(one).differs(Imprint.of(other)) == Imprint.of(other).differs(Imprint.of(one)) == len(other)


def test_what_cannot_be_encoded_has_no_imprint():
    with pytest.raises(EncodingError):
        imprint(object())
