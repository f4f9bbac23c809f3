"""Mistakes in a user's project, all the way through: never told as a node's failure, never with a traceback of ours."""

import textwrap

import pytest

from splitbrain.actions import Deliver, Request
from splitbrain.catalogue.scenarios import find_scenario
from splitbrain.command.cli import main
from splitbrain.counterexample.draft import Draft
from splitbrain.schedule.file import SavedSchedule, save
from splitbrain.schedule.header import new_header
from splitbrain.schedule.shelf import known
from splitbrain.search.hunt import hunt
from splitbrain.search.pursuit import pursue

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


def test_messages_that_cannot_be_encoded_are_told_of_and_what_was_found_is_not_lost(noisy, tmp_path, capsys):
    assert main(["hunt", noisy("noisy_opaque", "Said(1)"), "--seed", "1", "--out", "found", "--runs", "50"]) == 1
    said = capsys.readouterr().err
    assert "Silence broke (n2 heard something), but no replay can tell" in said
    assert "Sent holds what has no canonical encoding (noisy_opaque.Said); use msgspec structs" in said
    assert "Traceback" not in said
    assert len(list((tmp_path / "found").iterdir())) == 1


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


COMMANDS = """
from enum import Enum
import msgspec
from splitbrain.node import Observe
from splitbrain.observations import Decided
from splitbrain.scenario import Scenario
from splitbrain_invariants import Agreement, Validity

class Colour(Enum):
    RED = "red"
    BLUE = "blue"

class Put(msgspec.Struct, frozen=True):
    key: str
    value: object

class Delete(Put, frozen=True): ...

class Echo:
    def __init__(self, me, peers, disk): ...
    def start(self): return ()
    def timeout(self, timer): return ()
    def receive(self, sender, message): return ()
    def request(self, request, command): yield Observe(Decided(command))

COMMANDS = Scenario(name="commands", factory=Echo, invariants=(Agreement, Validity), commands=lambda n: MADE)
"""
CARRIED = {
    "beyond_64_bits": "2**70 + n",
    "fractions": "0.1 * n",
    "mixed": "[1, True, 1.0, None][n % 4]",
    "tuples": "(n, (n, 'x'))",
    "some_bytes": "bytes([n % 256])",
    "enums": "list(Colour)[n % 2]",
    "records": "(Put, Delete)[n % 2]('k', (n,))",
    "the_same_in_a_file": "((1, 2), [1, 2], 'x')[n % 3]",
    "text_or_not": "('red', Colour.RED, 'x')[n % 3]",
}
REFUSED = {
    "infinities": ("float('inf') if n % 2 else float('-inf')", "inf, for which JSON has no number"),
    "not_numbers": ("[float('nan')]", "nan in [0], for which JSON has no number"),
    "keys": ("{n: n, n + 1: 2}", "where JSON's keys are text"),
    "objects": ("object()", "an object of type builtins.object"),
}


@pytest.mark.parametrize(("name", "made"), CARRIED.items(), ids=CARRIED)
def test_a_find_with_commands_that_json_has_not_as_they_are_breaks_the_same_when_it_is_replayed(
    tmp_path, monkeypatch, capsys, name, made
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / f"asks_for_{name}.py").write_text(COMMANDS.replace("MADE", made), encoding="utf-8")
    assert main(["hunt", f"asks_for_{name}:COMMANDS", "--seed", "1", "--out", "found", "--runs", "50"]) == 1
    what = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("What happened: "))
    (saved,) = (tmp_path / "found").iterdir()
    assert main(["replay", str(saved)]) == 1
    said = capsys.readouterr().out
    assert said.startswith("REPRODUCED (strict): ")
    assert what in said
    assert main(["shrink", str(saved)]) == 1
    assert what in capsys.readouterr().out


@pytest.mark.parametrize(("name", "made", "why"), [(name, *each) for name, each in REFUSED.items()], ids=REFUSED)
def test_commands_that_no_file_can_hold_are_refused_before_the_hunt_has_spent_anything(
    tmp_path, monkeypatch, capsys, name, made, why
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / f"asks_for_{name}.py").write_text(COMMANDS.replace("MADE", made), encoding="utf-8")
    assert main(["hunt", f"asks_for_{name}:COMMANDS", "--seed", "1", "--out", "found", "--runs", "50"]) == 2
    said = capsys.readouterr().err
    assert "splitbrain: scenario 'commands': the command of request n" in said
    assert f"{why}; let commands be plain data: text, finite numbers, lists, and mappings with text as keys\n" in said
    assert "Traceback" not in said
    assert list((tmp_path / "found").iterdir()) == []


def test_commands_that_are_too_long_for_a_file_are_refused_likewise(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "asks_for_much.py").write_text(COMMANDS.replace("MADE", "'x' * (1 << 20)"), encoding="utf-8")
    assert main(["hunt", "asks_for_much:COMMANDS", "--seed", "1", "--out", "found", "--runs", "50"]) == 2
    said = capsys.readouterr().err
    assert "holds a value of 1,048,578 bytes, where a line of a file has room for 524,288; let commands be shorter\n" in said
