"""A scenario: what it is made of, and what it says where one of its functions goes wrong."""

import pytest
from blame import blamed, says, tells
from scripted import Note, scripted

from splitbrain.actions import Calm
from splitbrain.dice import Dice
from splitbrain.doctor.conformance import conformance
from splitbrain.errors import ScenarioError, SplitbrainError
from splitbrain.events import Declared
from splitbrain.exhibit import mutant
from splitbrain.nemesis.portfolio import Portfolio
from splitbrain.scenario import label_by_type, numbered_commands, padded
from splitbrain.search.hunt import hunt
from splitbrain.testing.machine import state_machine
from splitbrain.testing.simulate import simulate
from splitbrain.trace.history import History
from splitbrain.world.run import Setup
from splitbrain.world.world import World
from splitbrain_protocols.raft.scenario import RAFT

CALM = Calm(("n1", "n2"), 1, 500)


def test_any_majority_can_make_progress_where_nothing_else_is_said_and_a_node_counts_once():
    scenario = scripted()
    cores = (("n1",), ("n1", "n1"), ("n1", "n3"), ("n1", "n2", "n3"))
    assert [scenario.may_progress(core, 3, {}) for core in cores] == [False, False, True, True]
    assert not scenario.may_progress(("n1", "n2"), 4, {})


def test_can_progress_is_asked_with_positions_and_options():
    asked = []
    scenario = scripted(can_progress=lambda *arguments: asked.append(arguments) or True)
    assert scenario.may_progress(("n3", "n1"), 3, {"quorum": 1})
    assert asked == [((0, 2), 3, {"quorum": 1})]


def test_a_can_progress_that_says_nothing_is_told():
    blamed(r"can_progress\(\(0, 1\), 3, \{\}\) returned nothing; return a bool", scripted(can_progress=lambda *_: None), CALM)


@pytest.mark.parametrize("size", [0, -3, True, "3", 1.0])
def test_a_cluster_has_a_whole_number_of_nodes(size):
    complaint = rf"^scenario 'scripted': there is no cluster of {size!r} nodes; its size is a whole number, at least 1"
    for use in (World, lambda scenario, size: Setup(scenario, size).world()):
        with pytest.raises(ScenarioError, match=complaint):
            use(scripted(), size)


USES = {
    "World": World,
    "Setup": lambda given: Setup(given, 3),
    "hunt": lambda given: hunt(given, seed=1, runs=1),
    "conformance": conformance,
    "state_machine": state_machine,
    "@simulate": simulate,
    "mutant": lambda given: mutant(given, RAFT.factory),
}


@pytest.mark.parametrize("name", USES)
def test_whatever_takes_a_scenario_says_so_where_it_is_given_something_else(name):
    for given, complaint in (
        (None, r"\(None\): this is nothing; pass it a Scenario"),
        ("raft", r"\('raft'\): this is a str; pass it a Scenario; find_scenario\(name\) gives the one of that name"),
        (RAFT.factory, r"\(<class '.*Raft'>\): this is one class; pass it a Scenario"),
    ):
        with pytest.raises(ScenarioError, match=rf"^{name}{complaint}"):
            USES[name](given)


def test_a_host_that_there_is_not_is_told_before_anything_runs():
    hosted = (state_machine, simulate, lambda scenario, host: Setup(scenario, 3, host=host), Portfolio)
    for use in hosted:
        with pytest.raises(ScenarioError, match="there is no host 'turbo'; use 'direct' or 'trio'"):
            use(scripted(), host="turbo")
    assert scripted().hosted("trio") == "trio"
    assert scripted().hosted(None) == "direct"


def test_a_node_is_made_with_its_peers_in_order_its_disk_and_the_options():
    scenario = scripted(options={"a": (1, 2)})
    node = scenario.node("n2", scenario.nodes(3), {"kept": 1}, {"a": 2})
    assert (node.me, node.peers, node.disk, node.options) == ("n2", ("n1", "n3"), {"kept": 1}, {"a": 2})
    assert scenario.first_options == {"a": 1}


def test_clients_ask_every_node_where_nothing_is_said_and_nobody_where_there_are_no_requests():
    assert scripted().client_places(3) == (0, 1, 2)
    assert scripted(clients=lambda size: (size - 1,)).client_places(3) == (2,)
    assert scripted(clients=lambda size: (0,), requests=0).client_places(3) == ()


def test_sans_io_nodes_run_on_the_direct_host_and_async_ones_on_trio():
    async def live(node, env): ...

    assert (scripted().host, scripted(run=live).host) == ("direct", "trio")


def test_an_unlabelled_message_is_named_by_its_type_and_the_workload_counts():
    assert label_by_type(Note("x")) == ("Note", None)
    assert [scripted().command(number) for number in (1, 2)] == ["v1", "v2"]


def test_no_two_numbered_commands_are_alike_however_long_they_are_made():
    assert (padded("v3", 0), padded("v3", 4)) == ("v3", "v3....")
    assert len({padded(numbered_commands(number), size) for number in range(1, 50) for size in (0, 10, 100)}) == 147


def test_commands_of_ones_own_are_not_touched_even_if_they_look_like_the_default_ones():
    own = mutant(RAFT, RAFT.factory, commands=lambda number: f"v{number}")
    assert own.guarded.command(3, 100) == "v3"
    assert RAFT.guarded.command(3, 2) == "v3.."


def test_text_and_bytes_of_ones_own_may_be_padded_as_the_default_ones_are():
    own = mutant(RAFT, RAFT.factory, commands=lambda number: b"set %d" % number, payload=padded, sessions=2)
    assert own.guarded.command(3, 2) == b"set 3.."
    assert own.guarded.next_command("s1", Dice(1), History(), 3) == b"set 1..."
    text = mutant(own, RAFT.factory, commands=lambda number: f"set {number}")
    assert text.guarded.command(3, 2) == "set 3.."


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


class Counting:
    """A workload that asks for how much there was."""

    def next(self, session, dice, history):
        return None if session == "s9" else [session, len(history), dice.below(1000)]


def test_a_session_asks_for_what_the_workload_draws_and_else_for_the_next_number():
    drawn = scripted(workload=Counting())
    assert drawn.sessions == 5
    assert drawn.guarded.next_command("s2", Dice(3), (), 100) == ["s2", 0, Dice(3).below(1000)]  # no payload is added
    assert drawn.guarded.next_command("s9", Dice(3), ()) is None
    longer = scripted(workload=Counting(), payload=lambda command, size: [*command, "x" * size]).guarded
    assert longer.next_command("s2", Dice(3), (), 3)[3:] == ["xxx"]
    assert longer.next_command("s9", Dice(3), (), 3) is None
    numbered = scripted(sessions=2).guarded
    assert [numbered.next_command("s1", Dice(1), History(), size) for size in (0, 2)] == ["v1", "v1.."]
    assert numbered.next_command("s2", Dice(1), ["one", "two"]) == "v3"
    assert scripted().sessions == 0


def asking(function):
    return scripted(workload=type("Asking", (), {"next": lambda self, session, dice, history: function(session, history)})())


async def later():
    return "x"


@pytest.mark.parametrize(
    ("function", "complaint"),
    [
        (lambda *_: 1 / 0, r"raised ZeroDivisionError: division by zero \(at .*test_scenario.py:\d+\); return a command, or None"),
        (lambda *_: (each for each in "x"), "returned a generator, which is no command; .* from a plain function"),
        (lambda *_: later(), "returned a coroutine, which is no command; .* from a plain function"),
    ],
    ids=["raises", "yields", "awaits"],
)
def test_a_workload_that_asks_for_nothing_that_can_be_asked_is_told_with_the_session(function, complaint):
    with pytest.raises(ScenarioError, match=rf"^scenario 'scripted': workload\.next\('s3', dice, history\) {complaint}"):
        asking(function).next_command("s3", Dice(1), History())


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


def test_voters_and_quorums_are_told_to_the_invariants_before_all_else_where_they_are_declared():
    assert all(type(event) is not Declared for event in World(scripted(), 3).events)
    scenario = scripted(voters=lambda size: range(size - 1), quorums=lambda voters: (voters, 1))
    first = World(scenario, 4).events[0]
    assert first == Declared(0, ("n1", "n2", "n3"), ((1, 1), (2, 1), (3, 1), (4, 1)))


def test_whom_clients_ask_is_told_to_the_invariants_where_it_is_declared_and_they_ask_anything():
    assert World(scripted(clients=lambda size: (size - 1,)), 3).events[0] == Declared(0, (), (), ("n3",))
    assert World(scripted(clients=lambda _: ()), 3).events[0] == Declared(0, (), (), ())
    assert type(World(scripted(clients=lambda _: (0,), requests=0), 3).events[0]) is not Declared


def leaves(*_):
    """As a library does that takes itself for a program."""
    raise SystemExit(0)


@pytest.mark.parametrize("name", ["commands", "clients", "label"])
def test_a_function_that_leaves_the_program_is_told_as_one_that_raises(name):
    with pytest.raises(ScenarioError, match=rf"^scenario 'scripted': {name}\(.*\) raised SystemExit: 0 \(at .*test_scenario"):
        hunt(scripted(request=tells, sizes=(3,), **{name: leaves}), seed=1, runs=50)


@pytest.mark.parametrize("name", ["voters", "quorums"])
def test_so_is_one_that_says_who_votes(name):
    with pytest.raises(ScenarioError, match=rf"^scenario 'scripted': {name}\(\d\) raised SystemExit: 0 \(at .*test_scenario"):
        World(scripted(**{name: leaves}), 3)


def test_so_are_a_workload_a_payload_and_whoever_says_what_can_progress():
    with pytest.raises(ScenarioError, match=r"workload\.next\('s3', dice, history\) raised SystemExit: 0"):
        asking(leaves).next_command("s3", Dice(1), History())
    with pytest.raises(ScenarioError, match=r"payload\('x', 2\) raised SystemExit: 0"):
        scripted(commands=lambda _: "x", payload=leaves).command(1, 2)
    blamed(r"can_progress\(.*\) raised SystemExit: 0", scripted(can_progress=leaves), Calm(("n1", "n2"), 1, 300))
