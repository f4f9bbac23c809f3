"""The command line as a whole: what it lists, and errors in the user's terms."""

import json
import subprocess
import sys

import pytest
from shell import run

from splitbrain.errors import NondeterminismError
from splitbrain.nemesis.names import STRATEGIES
from splitbrain.report.objects.hunt import HUNTED
from splitbrain.schedule.provenance import splitbrain_version


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("hunt", "rafft"), "raft"),
        (("hunt", "faulty_nodes:MISSING"), "MISSING"),
        (("hunt", "faulty_nodes:NUMBER"), "not a Scenario"),
        (("hunt", "no_such_module:NAME"), "no_such_module"),
        (("hunt", "broken_module:NAME"), "OSError: no licence"),
        (("hunt", "faulty_nodes:NO_FACTORY"), "the factory cannot make node n1"),
        (("hunt", "raft", "--bug", "figure-9"), "figure-8"),
        (("hunt", "raft", "--bug", "pax-quorum-half"), "a bug of 'paxos'"),
        (("hunt", "raft", "--seconds", "-1"), "not a positive number"),
        (("hunt", "raft", "--runs", "0"), "not a positive whole number"),
        (("hunt", "raft", "--seconds", "soon"), "soon"),
        (("hunt", "raft", "--out", "faulty_nodes.py/out"), "--out faulty_nodes.py/out"),
        (("hunt",), "SCENARIO"),
        (("replay", "missing.schedule.jsonl"), "cannot be read"),
        (("replay", "faulty_nodes.py"), "line 2"),
        (("shrink", "missing.schedule.jsonl"), "cannot be read"),
        (("show", "missing.schedule.jsonl"), "cannot be read"),
        ((), "COMMAND"),
        (("conquer",), "conquer"),
    ],
)
def test_bad_input_is_told_in_the_users_terms_and_ends_with_2(capsys, here, arguments, complaint):
    code, _, err = run(capsys, *arguments)
    assert code == 2
    assert complaint in err
    assert "Traceback" not in err


def test_bad_input_is_told_as_json_too(capsys, here):
    code, out, _ = run(capsys, "hunt", "rafft", "--json")
    assert code == 2
    report = json.loads(out)
    assert report["outcome"] == "error"
    assert "raft" in report["message"]
    assert set(report) == set(HUNTED)
    assert report["schedule"] is report["invariant"] is report["coverage"] is None


def test_the_help_names_every_strategy_and_the_exit_codes(capsys):
    _, out, _ = run(capsys, "hunt", "--help")
    told = " ".join(out.split()).replace("power- cuts", "power-cuts")
    assert ", ".join(STRATEGIES) in told
    _, out, _ = run(capsys, "--help")
    assert "130 interrupted" in " ".join(out.split())


def test_the_commands_are_listed_in_the_order_in_which_one_needs_them(capsys):
    _, out, _ = run(capsys, "--help")
    listed = [line.split()[0] for line in out.splitlines() if line.startswith("    ") and not line.startswith("     ")]
    assert listed == ["new", "doctor", "hunt", "replay", "shrink", "show", "check", "bugs", "score"]


def test_a_help_loads_nothing_heavy():
    heavy = ("trio", "networkx", "msgspec", "rich", "hypothesis", "splitbrain.nemesis.portfolio", "splitbrain.world.run")
    code = (
        "import sys; from splitbrain.command.parser import parser; "
        f"parser(); print([each for each in {heavy} if each in sys.modules])"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert shown == "[]\n"


def test_the_version_is_that_which_schedules_are_saved_with(capsys):
    code, out, _ = run(capsys, "--version")
    assert (code, out) == (0, f"splitbrain {splitbrain_version()}\n")


def test_a_node_that_behaves_differently_the_second_time_ends_any_command_with_3(capsys, here, monkeypatch):
    def unsteady(_):
        raise NondeterminismError("event 3 differs")

    monkeypatch.setattr("splitbrain.schedule.file.load", unsteady)
    code, out, err = run(capsys, "replay", "some.schedule.jsonl", "--json")
    assert (code, json.loads(out)["outcome"]) == (3, "nondeterministic")
    assert err.startswith("splitbrain: NONDETERMINISTIC: event 3 differs. A node must depend on ")
