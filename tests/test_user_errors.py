"""A mistake in a function of the scenario's is told as such: never as a node's failure, never as a traceback of ours."""

import gc
import textwrap

import pytest
from scripted import Note, of, scripted

from splitbrain.actions import Calm, Crash, Deliver, Fire, Request, Restart
from splitbrain.budget import FaultBudget
from splitbrain.catalogue.scenarios import find_scenario
from splitbrain.cluster.host.direct import AsyncNodeError
from splitbrain.command.cli import main
from splitbrain.counterexample.draft import Draft
from splitbrain.doctor.conformance import ConformanceError, conformance
from splitbrain.errors import EncodingError, ScenarioError
from splitbrain.events import Failed, Observed, Requested, Sent
from splitbrain.invariant import Invariant
from splitbrain.node import Observe, Reply, Send, SetTimer, Sync, Write
from splitbrain.schedule.file import SavedSchedule, save
from splitbrain.schedule.header import new_header
from splitbrain.schedule.shelf import known
from splitbrain.search.hunt import hunt
from splitbrain.search.pursuit import pursue
from splitbrain.trace.encoding import digest, encode
from splitbrain.world.run import Setup, run
from splitbrain.world.world import World

ASK = Request("n1", "r1", "x")


def says(node, *_):
    yield Observe(Note("x"))


def tells(node, *_):
    yield Send("n2", Note("x"))


async def says_async(node, env):
    while True:
        await env.receive()
        try:
            env.observe(Note("x"))
            env.send("n2", Note("x"))
        except Exception:  # noqa: BLE001 - a node cannot swallow what is not its own
            pass


class Raises(Invariant):
    """Cannot cope with what is said."""

    watches = (Note,)

    def observe(self, event):
        return {}[event.observation.text]


class RaisesOnRequests(Raises):
    """Cannot cope with what is asked."""

    watches = (Requested,)


class Answers(Raises):
    """Returns a text."""

    def observe(self, event):
        return f"{event.node} said something"


class NeverSure(Raises):
    """Cannot tell whether it is satisfied."""

    kind = "eventually"

    def observe(self, event):
        return None

    def satisfied(self):
        raise RuntimeError("how should I know")


def blamed(complaint, scenario, *actions, host="direct"):
    worlds = []
    with pytest.raises(ScenarioError, match=rf"^scenario 'scripted': {complaint}"):
        play(scenario, actions, host, worlds)
    assert not any(of(world, Failed) for world in worlds)


def play(scenario, actions, host, worlds):
    with World(scenario, host=host) as world:
        worlds.append(world)
        for action in actions:
            world.apply(action)


NODES = [("direct", {"request": says}), ("trio", {"request": says}), ("trio", {"run": says_async})]


@pytest.mark.parametrize(("host", "node"), NODES)
def test_an_invariant_that_raises_is_no_failure_of_the_node_that_was_observed(host, node):
    complaint = (
        r"Raises\.observe\(Note\) raised KeyError: 'x' \(at .*test_user_errors\.py:\d+\); an invariant must cope with every event"
    )
    blamed(complaint, scripted(**node, invariants=(Raises,)), ASK, host=host)


def test_an_invariant_that_raises_over_a_request_or_at_the_start_is_told_too():
    blamed(r"RaisesOnRequests\.observe\(Requested\) raised AttributeError", scripted(invariants=(RaisesOnRequests,)), ASK)
    blamed(r"Raises\.observe\(Note\) raised KeyError", scripted(start=says, invariants=(Raises,)))


@pytest.mark.parametrize(("host", "node"), NODES)
def test_an_invariant_that_returns_no_violation_is_told_what_to_return(host, node):
    complaint = r"Answers\.observe\(Note\) returned 'n1 said something', which is no Violation; return self\.violation\(summary"
    blamed(complaint, scripted(**node, invariants=(Answers,)), ASK, host=host)


def test_an_invariant_whose_satisfied_raises_is_told():
    calm = Calm(("n1", "n2", "n3"), 1, 300)
    answers = scripted(request=lambda node, request, _: [Reply(request, "yes")], invariants=(NeverSure,))
    blamed(r"NeverSure\.satisfied\(\) raised RuntimeError: how should I know", answers, calm)


def test_an_invariant_that_cannot_be_made_or_watches_no_tuple_is_told():
    class Wants(Invariant):
        def __init__(self, quorum): ...

    class Forgets(Raises):
        watches = Note

    blamed(r"the invariant Wants cannot be made: TypeError", scripted(invariants=(Wants,)))
    blamed(r"the invariant Forgets watches <class .*, which is no tuple of types; .* watches = \(", scripted(invariants=(Forgets,)))


# label


@pytest.mark.parametrize(
    ("host", "node"), [("direct", {"request": tells}), ("trio", {"request": tells}), ("trio", {"run": says_async})]
)
@pytest.mark.parametrize(
    ("label", "complaint"),
    [
        (lambda message: {}[message.text], r"label\(Note\) raised KeyError: 'x' \(at .*; it must name every message that is sent"),
        (lambda message: (message.text, "y"), r"label\(Note\) returned \('x', 'y'\), not a kind and an epoch; return for instance"),
        (lambda message: message.text, r"label\(Note\) returned 'x', not a kind"),
        (lambda message: None, r"label\(Note\) returned None, not a kind"),
        (lambda message: (3, None), r"label\(Note\) returned \(3, None\), not a kind"),
        (lambda message: ("x", 1.0), r"label\(Note\) returned \('x', 1\.0\), not a kind"),
    ],
)
def test_a_label_that_raises_or_is_none_is_no_failure_of_the_sender(host, node, label, complaint):
    blamed(complaint, scripted(**node, label=label), ASK, host=host)


def test_a_label_of_a_text_and_a_number_of_other_types_is_what_a_file_makes_of_it():
    class Kind(str):
        __slots__ = ()

    with World(scripted(request=tells, label=lambda message: (Kind("Ping"), True))) as world:
        world.apply(ASK)
        (sent,) = of(world, Sent)
        assert (type(sent.kind), type(sent.epoch)) == (str, int)
        world.apply(Deliver("n1", "n2", "Ping", 1))


# commands, clients, can_progress


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


# show, and what cannot be encoded


class Opaque:
    pass


def bad_show(value):
    raise KeyError("no such thing")


def test_a_show_that_raises_is_told_with_its_name():
    with pytest.raises(
        ScenarioError, match=r"show\(Opaque\) raised KeyError: .*the scenario's `show` \([\w.]*test_user_errors\.bad_show\)"
    ):
        encode([Observed(1, "n1", Opaque())], bad_show)
    with pytest.raises(ConformanceError, match=r"\* show\(Opaque\) raised KeyError"):
        conformance(scripted(start=lambda node: [Observe(Opaque())], show=bad_show, sizes=(1,)))


def test_mappings_with_other_keys_than_text_are_encoded_in_an_order_of_their_own():
    for one, other in (
        ({2: 3, 1: 4}, {1: 4, 2: 3}),
        ({("a", 1): Note("x"), None: 0}, {None: 0, ("a", 1): Note("x")}),
        (Note({3: {2: 1, 1: 2}}), Note({3: {1: 2, 2: 1}})),
        ({1, "x", None}, {None, "x", 1}),
    ):
        assert digest([Observed(1, "n1", one)]) == digest([Observed(1, "n1", other)])
    lines = [encode([Observed(1, "n1", each)])[0] for each in ({1: 2}, {"1": 2}, {1: 3}, {2: 1}, [[1, 2]], {1: {1: 2}}, {(1,): 2})]
    assert len(set(lines)) == len(lines)
    assert encode([Observed(1, "n1", {1: Opaque()})], lambda value: {2: 3}) == encode([Observed(1, "n1", {1: {2: 3}})])
    with pytest.raises(EncodingError, match="Opaque"):
        encode([Observed(1, "n1", {1: Opaque()})])


BROKEN = """
from splitbrain.invariant import Invariant
from splitbrain.node import Observe, Send
from splitbrain.scenario import Scenario

class Said:
    def __init__(self, what): self.what = what

class Node:
    def __init__(self, me, peers, disk): self.me, self.peers = me, peers
    def start(self): return ()
    def timeout(self, timer): return ()
    def request(self, request, command):
        for peer in self.peers: yield Send(peer, MESSAGE)
    def receive(self, sender, message): yield Observe("heard")

class Silence(Invariant):
    "Nobody hears anything."
    watches = (str,)
    def observe(self, event): return self.violation(event.node + " heard something", event)

NOISY = Scenario(name="noisy", factory=Node, invariants=(Silence,), sizes=(2,), label=lambda message: ("Said", None),
                 clients=lambda size: (0,))
"""


@pytest.fixture
def noisy(tmp_path, monkeypatch):
    def write(name, message):
        (tmp_path / f"{name}.py").write_text(textwrap.dedent(BROKEN).replace("MESSAGE", message), encoding="utf-8")
        return f"{name}:NOISY"

    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    return write


@pytest.mark.parametrize("message", ["{2: 3}", "{('log', 1): [Ellipsis is None]}", "{1: {2, 'x', None}}"])
def test_messages_with_odd_keys_are_hunted_and_replayed(noisy, tmp_path, message):
    name = noisy(f"noisy_{abs(sum(message.encode()))}", message)
    assert main(["hunt", name, "--seed", "1", "--out", "found", "--runs", "50"]) == 1
    (saved,) = (tmp_path / "found").iterdir()
    assert main(["replay", str(saved)]) == 1


def test_messages_that_cannot_be_encoded_are_refused_by_the_hunt_and_the_schedule_stays(noisy, tmp_path, capsys):
    assert main(["hunt", noisy("noisy_opaque", "Said(1)"), "--seed", "1", "--out", "found", "--runs", "50"]) == 2
    said = capsys.readouterr().err
    assert "Silence broke (n2 heard something), but no replay can tell" in said
    assert "Sent holds what has no canonical encoding (noisy_opaque.Said); use msgspec structs" in said
    assert "Traceback" not in said
    assert len(list((tmp_path / "found").iterdir())) == 1


def test_conformance_tells_of_clients_that_are_no_nodes():
    with pytest.raises(ConformanceError, match=r"\n  \* scenario 'scripted': clients\(3\) returned \(7,\), but"):
        conformance(scripted(request=says, clients=lambda size: (7,), sizes=(3,)))


def test_the_command_line_tells_of_a_scenario_s_mistake_and_exits_with_2(noisy, tmp_path, capsys):
    name = noisy("noisy_mistaken", "3")
    file = tmp_path / "noisy_mistaken.py"
    file.write_text(file.read_text(encoding="utf-8").replace("event.node +", "event.nod +"), encoding="utf-8")
    assert main(["hunt", name, "--seed", "1", "--out", "found", "--runs", "50"]) == 2
    said = capsys.readouterr().err
    assert "splitbrain: scenario 'noisy': Silence.observe(str) raised AttributeError" in said
    assert f"(at {file}:" in said
    assert "Traceback" not in said


def test_a_schedule_on_file_whose_messages_cannot_be_encoded_does_not_hide_a_new_counterexample(noisy, tmp_path):
    name = noisy("noisy_known", "3 if self.me == 'n1' else Said(1)")
    result = hunt(find_scenario(name)[1], seed=1, runs=50)
    found = result.found
    header = new_header(name, found.setup, invariant="Silence", fingerprint=found.violation.fingerprint, found="by hand")
    on_file = SavedSchedule(header, (Request("n2", "r1", "v1"), Deliver("n2", "n1", "Said", None)))
    folder = tmp_path / "tests" / "schedules"
    save(folder / "old.schedule.jsonl", on_file)
    made = pursue(Draft(found, scenario=name, folder=folder, how="a test"), result)
    assert known(made.saved, made.path) is None
    assert made.path.exists()


# Nodes that were cut off


def stubborn(node, *_):
    try:
        yield Write("a", 1)
        yield Sync()
        yield Observe(Note("x"))
    finally:
        yield Observe(Note("too late"))
        try:
            yield Observe(Note("much too late"))
        finally:
            yield Sync()


@pytest.mark.parametrize("host", ["direct", "trio"])
def test_handlers_that_yield_while_they_are_closed_are_ended_without_a_word(host):
    slow = scripted(request=stubborn, budget=FaultBudget(slow_disks=True))
    with World(slow, host=host) as world:
        world.apply(ASK)  # waits for its disk until the world is closed
    with World(slow, host=host) as other:
        other.apply(Crash("n1", during=ASK, after=1))
        other.apply(Request("n2", "r2", "x"))
        other.apply(Crash("n2"))
    with World(scripted(request=lambda *_: malformed()), host=host) as third:
        third.apply(ASK)
        assert of(third, Failed)[0].how == "malformed"
    texts = [event.observation.text for each in (world, other, third) for event in of(each, Observed)]
    del world, other, third
    gc.collect()  # what it complains of is a warning, and so an error here
    assert texts == []


def malformed():
    try:
        yield 3
    finally:
        yield 4


@pytest.mark.parametrize("host", ["direct", "trio"])
def test_a_node_that_fails_loses_what_it_has_not_synced(host):
    def start(node):
        if "kept" in node.disk:
            yield Observe(Note(tuple(node.disk)))
        yield SetTimer("t", 1, 1)

    def request(node, *_):
        yield Write("kept", 1)
        yield Sync()
        yield Write("lost", 1)
        raise RuntimeError("oh")

    with World(scripted(start=start, request=request), host=host) as world:
        world.apply(ASK)
        world.apply(Restart("n1"))
        world.apply(Crash("n1", keep=9, during=Fire("n1", "t")))
        world.apply(Restart("n1"))
        assert [event.observation.text for event in of(world, Observed)] == [("kept",), ("kept",)]


@pytest.mark.parametrize("host", ["direct", "trio"])
def test_a_method_called_run_does_not_make_a_node_async(host):
    def helper(node, *arguments):
        return [Observe(Note("helped"))]

    scenario = scripted(start=lambda node: node.run(), run=helper)
    assert scenario.host == "direct"
    with World(scenario, host=host) as world:
        assert [event.node for event in of(world, Observed)] == ["n1", "n2", "n3"]
    with pytest.raises(AsyncNodeError, match="async def run"):
        World(scripted(run=says_async), host="direct")


def test_a_run_with_nothing_wrong_is_not_disturbed():
    assert run(Setup(scripted(request=says), 3), [ASK], keep=True).violation is None
