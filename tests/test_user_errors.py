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


def test_messages_that_cannot_be_encoded_are_refused_by_the_hunt_and_the_schedule_stays(noisy, tmp_path, capsys):
    assert main(["hunt", noisy("noisy_opaque", "Said(1)"), "--seed", "1", "--out", "found", "--runs", "50"]) == 2
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
