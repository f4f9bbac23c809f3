"""Which nodes decide at all."""

import pytest

from splitbrain_invariants.consensus.deciders import among

NODES = ("n1", "n2", "n3")


@pytest.mark.parametrize(
    ("deciders", "expected"),
    [(None, ["n1", "n2", "n3"]), (lambda size: (size - 1,), ["n3"]), (lambda size: range(1, size), ["n2", "n3"])],
    ids=["everybody", "the last", "all but the first"],
)
def test_those_decide(deciders, expected):
    assert list(among(NODES, deciders)) == expected
