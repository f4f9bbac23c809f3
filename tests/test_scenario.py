"""A scenario: what it is made of, and what it says where one of its functions goes wrong."""

import pytest
from blame import blamed, says
from scripted import scripted

from splitbrain.actions import Calm
from splitbrain.errors import ScenarioError, SplitbrainError
from splitbrain.exhibit import mutant
from splitbrain.search.hunt import hunt
from splitbrain_protocols.raft.scenario import RAFT


def test_commands_of_ones_own_are_not_touched_even_if_they_look_like_the_default_ones():
    own = mutant(RAFT, RAFT.factory, commands=lambda number: f"v{number}")
    assert own.guarded.command(3, 100) == "v3"
    assert RAFT.guarded.command(3, 2) == "v3.."


def test_commands_of_a_workload_of_ones_own_are_made_longer_only_as_it_says():
    def commands(number):
        return {"set": number}

    plain = mutant(RAFT, RAFT.factory, commands=commands)
    assert plain.command(3, 100) == {"set": 3}
    sized = mutant(plain, RAFT.factory, payload=lambda command, size: command | {"pad": "x" * size})
    assert sized.command(3, 2) == {"set": 3, "pad": "xx"}

    def broken(command, size):
        raise ValueError("no")

    with pytest.raises(SplitbrainError, match=r"payload\({'set': 3}, 2\) raised ValueError: no"):
        mutant(plain, RAFT.factory, payload=broken).command(3, 2)


def hunted(complaint, **changes):
    with pytest.raises(ScenarioError, match=rf"^scenario 'scripted': {complaint}"):
        hunt(scripted(request=says, **changes), seed=1, runs=50)


def test_a_workload_that_ends_is_told_with_its_number():
    words = ["a", "b"]
    hunted(
        r"commands\(3\) raised IndexError: list index out of range \(at .*it must answer for every number",
        commands=lambda number: words[number - 1],
    )
    blamed(r"commands\(\d+\) raised IndexError", scripted(commands=lambda number: words[9]), Calm(("n1", "n2"), 1, 500))


def test_clients_that_are_no_nodes_are_told():
    hunted(
        r"clients\(3\) returned \(0, 3\), but a cluster of 3 has no node at position 3; return .* 0 to 2",
        clients=lambda size: (0, 3),
        sizes=(3,),
    )
    hunted(r"clients\(3\) raised ZeroDivisionError", clients=lambda size: (size // 0,), sizes=(3,))
    hunted(r"clients\(3\) returned \('n1',\), but", clients=lambda size: ("n1",), sizes=(3,))
    blamed(r"clients\(3\) returned \(3,\)", scripted(clients=lambda size: (size,)), Calm(("n1", "n2"), 1, 500))


def test_a_can_progress_that_raises_is_told():
    blamed(
        r"can_progress\(\(0, 1\), 3, \{\}\) raised KeyError: 'quorum'",
        scripted(can_progress=lambda core, size, options: options["quorum"]),
        Calm(("n1", "n2"), 1, 300),
    )
