"""A fault in words."""

import pytest

from splitbrain.linearizability.verdict import Fault


@pytest.mark.parametrize(
    ("instead", "only", "summary"),
    [
        ((), False, "so it is"),
        ((1,), True, "so it is; the answer could only have been 1"),
        ((1, None), True, "so it is; the answer could only have been 1 or None"),
        ((1, 2, "a b"), False, "so it is; the answer could have been 1, 2 or a b, among others"),
    ],
)
def test_it_says_what_would_have_been_right_as_far_as_that_is_known(instead, only, summary):
    assert Fault(None, "so it is", (), instead=instead, only=only).summary == summary
