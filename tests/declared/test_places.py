"""What a scenario's functions say of positions, and of counts."""

import pytest
from scripted import scripted

from splitbrain.errors import ScenarioError
from splitbrain.world.world import World


def test_progress_is_asked_of_what_holds_quorums_of_the_voters():
    scenario = scripted(voters=lambda _: (0, 1, 2), quorums=lambda voters: (voters // 2 + 1, 2))
    cores = (("n1", "n4", "n5"), ("n1", "n2"), ("n2", "n3", "n4"))
    assert [scenario.may_progress(core, 5, {}) for core in cores] == [False, True, True]


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"voters": lambda _: ()}, r"voters\(3\) returned \(\); name at least one position"),
        ({"voters": lambda _: (0, 0)}, r"voters\(3\) returned \(0, 0\)"),
        ({"voters": lambda _: (0, 3)}, r"voters\(3\) returned \(0, 3\), but a cluster of 3 has no node at position 3"),
        ({"quorums": lambda _: (1, 1)}, r"quorums\(2\) returned \(1, 1\), but each must be 1 to 2, and together more than 2"),
        ({"quorums": lambda _: 2}, r"quorums\(1\) raised TypeError: .*; it must return two counts"),
    ],
)
def test_voters_and_quorums_that_cannot_be_are_the_scenarios_fault(fields, complaint):
    with pytest.raises(ScenarioError, match=rf"^scenario 'scripted': .*{complaint}"):
        World(scripted(**fields), 3)
