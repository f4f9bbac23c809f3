"""The workload as files know it: what comes back is what was asked for, or is refused before it is asked."""

import re
from dataclasses import dataclass
from enum import Enum

import pytest
from msgspec import Struct, json, structs
from scripted import Note, scripted

from splitbrain.actions import Calm, Crash, Request
from splitbrain.dice import Dice
from splitbrain.errors import NotEnabled, ScenarioError
from splitbrain.filed.commands import check, number_of, recalled
from splitbrain.invariant import KeepsContract
from splitbrain.node import Observe, Reply
from splitbrain.observations import Decided
from splitbrain.scenario import PAYLOADS, padded
from splitbrain.schedule.file import SavedSchedule, load, save
from splitbrain.schedule.header import bare_header
from splitbrain.search.hunt import hunt
from splitbrain.testing.simulate import simulate
from splitbrain.testing.simulation import Simulation
from splitbrain.trace.encoding import digest
from splitbrain.trace.saving import same, text
from splitbrain.world.run import Setup, run
from splitbrain_invariants import Agreement


class Colour(Enum):
    RED = "red"


@dataclass(frozen=True)
class Put:
    key: str
    value: object


@dataclass(frozen=True)
class Delete:
    key: str
    value: object


@dataclass(frozen=True)
class Backwards:
    value: int
    key: str


def echo(invariants=(Agreement,), **fields):
    """Nodes that decide whatever they are asked for."""
    return scripted(
        request=lambda node, name, command: [Observe(Decided(command)), Reply(name, command)], invariants=invariants, **fields
    )


def written(request):
    """The request as a file has it."""
    return Request(request.node, request.id, json.decode(text(request.command)))


WORKLOADS = {
    "beyond 64 bits": lambda n: 2**70 + n,
    "fractions": lambda n: 0.1 * n,
    "one, true, 1.0, nothing": lambda n: [1, True, 1.0, None][n % 4],
    "tuples": lambda n: (n, (n, "x")),
    "bytes": lambda n: bytes([n % 256]),
    "enums": lambda n: Colour.RED,
    "sets": lambda n: frozenset({n, n + 1}),
    "records": lambda n: Put("k", n),
    "records of two kinds": lambda n: (Put, Delete)[n % 2]("k", n),
    "records whose fields are not in order": lambda n: Backwards(n, "x"),
    "structs in lists": lambda n: [Note((n,))],
    "mappings": lambda n: {"z": n, "a": [n]},
    "text and an enum of the same text": lambda n: ("red", Colour.RED)[n % 2],
    "tuples and lists of the same text": lambda n: ([1, 2], (1, 2))[n % 2],
}


@pytest.mark.parametrize("commands", WORKLOADS.values(), ids=WORKLOADS)
@pytest.mark.parametrize("name", ["r{}", "calm-{}"])
def test_a_numbered_request_comes_back_as_the_workload_made_it(commands, name):
    scenario = echo(commands=commands)
    for number in (1, 2, 3, 4, 30, 77, 5_003):
        asked = Request("n1", name.format(number), commands(number))
        check(scenario, asked)
        assert same(recalled(scenario, written(asked)).command, asked.command)


@pytest.mark.parametrize("commands", WORKLOADS.values(), ids=WORKLOADS)
def test_a_request_that_somebody_named_comes_back_as_it_was_or_is_refused(commands):
    scenario = echo(commands=commands)
    refused = 0
    for number in (1, 2, 3, 4, 30):
        asked = Request("n1", "by hand", commands(number))
        try:
            check(scenario, asked)
        except ScenarioError:
            refused += 1
        else:
            assert same(recalled(scenario, written(asked)).command, asked.command)
    twins = commands in (WORKLOADS["text and an enum of the same text"], WORKLOADS["tuples and lists of the same text"])
    assert (refused > 0) == twins


def test_two_commands_with_one_text_are_told_when_the_name_does_not_say_which():
    scenario = echo(commands=WORKLOADS["tuples and lists of the same text"])
    with pytest.raises(ScenarioError) as refusal:
        check(scenario, Request("n1", "by hand", [1, 2]))
    assert str(refusal.value) == (
        "scenario 'scripted': its commands (1, 2) and [1, 2] are both [1,2] in a schedule file, so that request n1 by hand may be "
        "for either; call it by its number (r1 asks for the first command), or make commands that differ as JSON"
    )


@pytest.mark.parametrize("size", PAYLOADS)
def test_a_command_that_a_search_makes_longer_comes_back_too(size):
    scenario = echo(commands=lambda n: Put("k", "v"), payload=lambda command, size: Put(command.key, command.value * size))
    asked = Request("n1", "r4", scenario.command(4, size))
    check(scenario, asked)
    assert recalled(scenario, written(asked)) == asked


@pytest.mark.parametrize("size", PAYLOADS)
def test_bytes_of_a_session_come_back_as_long_as_they_were(size):
    scenario = echo(commands=lambda n: b"set %d" % n, payload=padded, sessions=1)
    asked = Request("n1", "s1.2", scenario.command(4, size), "s1")
    check(scenario, asked)
    assert recalled(scenario, written(asked)).command == asked.command


def test_what_a_file_would_give_back_as_something_else_is_refused():
    scenario = echo()
    for command, again in (((1, 2), "[1, 2]"), (Put("k", 1), "{'key': 'k', 'value': 1}"), (Colour.RED, "'red'"), (b"a", "'YQ=='")):
        with pytest.raises(ScenarioError) as refusal:
            check(scenario, Request("n1", "r1", command))
        assert str(refusal.value).startswith(f"scenario 'scripted': the command of request n1 r1, {command!r}, would come back")
        assert f"from a schedule file as {again}; ask for what commands(n) returns, or for plain data" in str(refusal.value)
    for command in ("x", "é", "x" * 5_000, 7, 2**70, None, [1, {"a": None}]):
        check(scenario, Request("n1", "r1", command))


def nested(depth):
    value = 0
    for _ in range(depth):
        value = [value]
    return value


REFUSED = {
    "infinity": (lambda n: float("inf"), "inf, for which JSON has no number"),
    "minus infinity inside": (lambda n: {"due": [float("-inf")]}, r"-inf in \['due'\]\[0\], for which JSON has no number"),
    "nan": (lambda n: float("nan"), "nan, for which JSON has no number"),
    "numbers as keys": (lambda n: {n: n, n + 1: 2}, "the key \\d+, where JSON's keys are text"),
    "objects": (lambda n: object(), "an object of type builtins.object"),
    "half characters": (lambda n: "\ud800", "'.ud800', which is half a character"),
    "deep nests": (lambda n: nested(5_000), "something nested more than 100 deep"),
    "deep tuples": (lambda n: (nested(5_000),), "something nested more than 100 deep"),
    "huge values": (lambda n: "x" * (1 << 20), "a value of 1,048,578 bytes, where a line of a file has room for 524,288"),
}
refusals = pytest.mark.parametrize(("commands", "why"), REFUSED.values(), ids=REFUSED)


@refusals
def test_what_no_file_can_hold_is_refused_at_the_first_request_of_a_hunt(commands, why):
    with pytest.raises(
        ScenarioError, match=rf"scenario 'scripted': the command of request n\d r\d+, .*, can be in no .* holds {why}; let"
    ):
        hunt(echo(commands=commands), seed=1, runs=50)


@refusals
def test_and_of_a_simulation_where_no_violation_is_lost_for_it(commands, why):
    @simulate(echo(commands=commands), runs=5, seed=1)
    def attack(world):
        world.storm(50)

    with pytest.raises(ScenarioError, match=f"can be in no schedule file, for it holds {why}"):
        attack()


@refusals
def test_and_of_a_world_where_nothing_has_changed(commands, why):
    scenario = echo()
    for host in ("direct", "trio"):
        with Setup(scenario, 3, host=host).world() as world:
            events = len(world.events)
            with pytest.raises(ScenarioError, match=f"holds {why}"):
                world.apply(Request("n1", "r1", commands(1)))
            with pytest.raises(ScenarioError, match=f"holds {why}"):
                world.apply(Crash("n1", 0, Request("n1", "r1", commands(1)), 1))
            assert (world.step, len(world.events)) == (0, events)


def test_a_fair_phase_asks_for_nothing_that_no_file_can_hold_either():
    endless = echo(commands=lambda n: float("inf"), calm_bound=500)
    refused = pytest.raises(ScenarioError, match=r"the command of request n1 calm-1001, inf, can be in no schedule file")
    with Setup(endless, 3).world() as world, refused:
        world.apply(Calm(world.nodes, 1, 500))


def test_a_lenient_run_skips_what_would_not_come_back_as_a_minimiser_s_guess_may_go_astray():
    done = run(Setup(echo(), 3), (Request("n1", "r1", (1, 2)), Request("n1", "r2", "x")), lenient=True)
    assert (done.idle, done.actions) == ((0,), (Request("n1", "r2", "x"),))
    with Setup(echo(), 3).world(lenient=True) as world, pytest.raises(NotEnabled, match="cannot ask n1: scenario 'scripted': the"):
        world.apply(Request("n1", "r1", (1, 2)))


def test_a_workload_that_ends_or_is_dear_is_asked_no_more_than_needed():
    asked = []

    def commands(number):
        asked.append(number)
        return ["a", "b"][number - 1]

    scenario = echo(commands=commands, requests=10_000)
    check(scenario, Request("n1", "r1", "a"))
    assert len(asked) <= 1_000
    asked.clear()
    for number in range(100):
        check(scenario, Request("n1", f"r{number}", "a"))
    assert asked == []


def test_the_number_of_a_request_is_in_its_name():
    names = ["r1", "r70", "calm-5003", "rx", "r", "R1", "r1x", "mine", "calm-", "r-1", "r" + "9" * 30]
    assert [number_of(Request("n1", name, None)) for name in names] == [1, 70, 5003] + [None] * 8


def test_a_simulation_carries_what_the_workload_makes_into_its_schedule():
    with_tuples = echo(commands=WORKLOADS["tuples"], invariants=(KeepsContract,))
    world = Simulation(Setup(with_tuples, 3), seed=Dice(1).seed())
    try:
        world.request("n1")
        world.request("n2", (7, (7, "x")))
        with pytest.raises(ScenarioError, match=r"the command of request n1 r3, \(7, 'x'\), would come back"):
            world.request("n1", (7, "x"))
    finally:
        world.close()
    again = [recalled(with_tuples, written(action)) for action in world.actions]
    assert tuple(again) == world.actions


# A workload of sessions


class Get(Struct, frozen=True, tag=True):
    key: str


class Set(Struct, frozen=True, tag=True):
    key: str
    value: int


class Asks:
    """A workload, of which only the type of its commands counts here."""

    def __init__(self, kind=None):
        if kind is not None:
            self.commands = kind

    def next(self, session, dice, history):
        return None


def drawn(kind=None):
    return echo(workload=Asks(kind))


def of_session(command):
    return Request("n1", "s1.1", command, "s1", "s2")


COMMANDS = {
    "as JSON has it": (None, (["get", "x"], {"put": [1, None]}, "x", 7, 2.5)),
    "tuples": (tuple, (("get", "x"), ("cas", "x", 1, 2))),
    "tuples of tuples": (tuple[str, tuple[int, ...]], (("put", (1, 2)),)),
    "tagged structs": (Get | Set, (Get("x"), Set("x", 3))),
    "dataclasses": (Put, (Put("k", "v"),)),
    "enums": (Colour, (Colour.RED,)),
    "sets": (frozenset[int], (frozenset({1, 2}),)),
}


@pytest.mark.parametrize(("kind", "commands"), COMMANDS.values(), ids=COMMANDS)
def test_a_workload_says_what_its_commands_are_when_they_come_back(kind, commands):
    scenario = drawn(kind)
    for command in commands:
        asked = of_session(command)
        check(scenario, asked)
        again = recalled(scenario, structs.replace(asked, command=json.decode(text(command))))
        assert same(again.command, command)
        assert structs.replace(again, command=command) == asked  # with whose it is


@pytest.mark.parametrize(
    ("kind", "command", "again"),
    [
        (None, ("get", "x"), r"\['get', 'x'\]"),
        (None, Get("x"), r"{'key': 'x', 'type': 'Get'}"),
        (tuple, ("put", (1,)), r"\('put', \[1\]\)"),
    ],
)
def test_a_command_that_would_come_back_otherwise_is_refused_with_what_to_write(kind, command, again):
    with pytest.raises(ScenarioError) as refusal:
        check(drawn(kind), of_session(command))
    assert re.search(
        rf"the command of request n1 s1\.1, .*, would come back from a schedule file as {again}; let an attribute `commands` "
        r"of the workload say what JSON becomes \(commands = tuple, or Get \| Put\), or ask for plain data",
        str(refusal.value),
    )


def test_a_command_that_the_workload_does_not_name_is_refused_also_in_a_file():
    for given in ("v3", ["get"], {"type": "Del", "key": "x"}):
        for judge in (check, recalled):
            with pytest.raises(ScenarioError, match=r"s1\.1, .*, is none of its workload's `commands` \(.*\); ask for one of them"):
                judge(drawn(Get | Set), of_session(given))


@pytest.mark.parametrize("kind", [5, [["a"], ["b"]], object(), Put | Delete])
def test_commands_that_are_no_type_are_the_scenario_s_mistake(kind):
    with pytest.raises(
        ScenarioError,
        match=r"scenario 'scripted': its workload has commands = .* no type that msgspec knows \(.*\), but says .*; write",
    ):
        check(drawn(kind), of_session("x"))


def test_what_no_file_can_hold_a_workload_may_not_ask_for_either():
    for command in (float("nan"), {1: 2}, object()):
        with pytest.raises(ScenarioError, match="can be in no schedule file, for it holds"):
            check(drawn(), of_session(command))


def test_a_numbered_command_that_a_session_asks_for_comes_back_as_the_workload_made_it():
    scenario = echo(sessions=2, commands=lambda n: ("put", n))
    asked = of_session(("put", 7))
    check(scenario, asked)
    assert same(recalled(scenario, structs.replace(asked, command=["put", 7])).command, ("put", 7))
    assert number_of(Request("n1", "calm-4000.2", "x")) == 4002
    assert number_of(asked) is None


def test_a_lenient_run_leaves_out_what_no_workload_would_ask():
    scenario = drawn(Get | Set)
    wrong, right = Request("n1", "s1.1", "v3", "s1"), Request("n1", "s1.2", Get("x"), "s1")
    assert run(Setup(scenario, 2), [wrong, right], lenient=True).actions == (right,)
    with pytest.raises(ScenarioError, match="is none of its workload's"):
        run(Setup(scenario, 2), [wrong])


def test_what_a_session_asked_replays_from_its_file_and_is_not_drawn_anew(tmp_path):
    scenario = echo(workload=Asks(Get | Set))
    actions = (Request("n1", "s1.1", Set("x", 1), "s1"), Request("n2", "s2.1", Get("x"), "s2"))
    saved = SavedSchedule(bare_header("test:ECHO", Setup(scenario, 2)), actions)
    save(tmp_path / "x.schedule.jsonl", saved)
    back = load(tmp_path / "x.schedule.jsonl")
    assert back.actions[0].command == {"key": "x", "type": "Set", "value": 1}
    assert back.schedule(scenario) == actions
    assert digest(run(Setup(scenario, 2), back.schedule(scenario), keep=True).events) == digest(
        run(Setup(scenario, 2), actions, keep=True).events
    )
