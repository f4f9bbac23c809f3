"""The command line: exit codes, what --json prints, and errors in the user's terms."""

import json
import os
import re
import signal
import subprocess
import sys
import textwrap

import pytest

from splitbrain.actions import Fire, Request
from splitbrain.catalogue.museum import find_bug
from splitbrain.catalogue.scenarios import find_scenario
from splitbrain.command.cli import main
from splitbrain.nemesis.names import STRATEGIES
from splitbrain.report.objects.hunt import HUNTED
from splitbrain.schedule.file import SavedSchedule, load, save
from splitbrain.schedule.header import new_header
from splitbrain.search.hunt import hunt as search
from splitbrain.world.run import Setup

NODES = '''
"""Nodes with one fault each."""
import itertools
import signal
import trio
from splitbrain import observations as say
from splitbrain.node import Observe, Send, SetTimer, Sync, Write
from splitbrain.scenario import Scenario
from splitbrain_invariants import Agreement

class Sound:
    """Decides what it is asked for first, alone."""
    def __init__(self, me, peers, disk): self.me, self.peers = me, peers
    def start(self): return [SetTimer("tick", 10, 20)]
    def receive(self, sender, message): return ()
    def timeout(self, timer): return [SetTimer("tick", 10, 20), *(Send(peer, "hello") for peer in self.peers)]
    def request(self, request, command): return ()

class Selfish(Sound):
    def request(self, request, command): return [Observe(say.Decided(command))]

class Raises(Sound):
    def receive(self, sender, message): raise LookupError("no such thing")

class Stillborn(Sound):
    def start(self): raise LookupError("no such thing")

class Nonsense(Sound):
    def receive(self, sender, message): return ["nonsense"]

class Endless(Sound):
    def receive(self, sender, message):
        for number in itertools.count(): yield Write("count", number)

class Nothing(Sound):
    def receive(self, sender, message): return None

SEEN = []
class Leaky(Sound):
    """Its state outlives it."""
    def receive(self, sender, message):
        SEEN.append(message)
        return [Observe(say.Decided(len(SEEN)))]

class Eager(Sound):
    """Decides one and the same thing, and never has a leader."""
    def timeout(self, timer): return [*super().timeout(timer), Observe(say.Decided(1))]

class OnlyDirect(Sound):
    """Knows what runs it, which no node may."""
    def request(self, request, command):
        try:
            trio.lowlevel.current_task()
        except RuntimeError:
            return [Observe(say.Decided(command))]
        return ()

COUNTDOWN = [0]
class CtrlC(Selfish):
    """Once so many nodes have been made, the user presses Ctrl-C."""
    def __init__(self, *args):
        super().__init__(*args)
        COUNTDOWN[0] -= 1
        if COUNTDOWN[0] == 0: signal.raise_signal(signal.SIGINT)

class PatientCtrlC(CtrlC):
    request = Sound.request

def scenario(name, factory, **fields):
    return Scenario(name=name, factory=factory, invariants=(Agreement,), sizes=(2,), **fields)

SOUND = scenario("sound", Sound)
IDLE = scenario("idle", Sound, progress=(say.Decided,))
SELFISH = scenario("selfish", Selfish)
EAGER = scenario("eager", Eager, progress=(say.Led, say.Decided))
ONLY_DIRECT = scenario("only direct", OnlyDirect)
CTRL_C, PATIENT_CTRL_C = scenario("ctrl-c", CtrlC), scenario("patient", PatientCtrlC)
RAISES, NONSENSE = scenario("raises", Raises), scenario("nonsense", Nonsense)
STILLBORN = scenario("stillborn", Stillborn)
ENDLESS, NOTHING = scenario("endless", Endless), scenario("nothing", Nothing)
LEAKY = scenario("leaky", Leaky)
class Mute:
    def __init__(self, me, peers, disk): self.peers = peers
    def start(self): return [SetTimer("tick", 10, 20)]
    def timeout(self, timer): return [Send(peer, "hello") for peer in self.peers]
    def request(self, request, command): return ()

MUTE = scenario("mute", Mute)
NO_FACTORY = scenario("no_factory", lambda me: None)
NUMBER = 7
'''


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder with a module of faulty nodes, as the current one."""
    (tmp_path / "faulty_nodes.py").write_text(NODES)
    (tmp_path / "broken_module.py").write_text("raise OSError('no licence')\n")
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    for name in ("faulty_nodes", "broken_module"):
        sys.modules.pop(name, None)


def run(capsys, *arguments):
    """Exit code, standard output, standard error."""
    try:
        code = main([str(argument) for argument in arguments])
    except SystemExit as exit_:
        code = exit_.code
    out, err = capsys.readouterr()
    return code, out, err


def hunt(capsys, *arguments):
    code, out, _ = run(capsys, "hunt", *arguments, "--json")
    return code, json.loads(out)


def test_a_hunt_for_a_bug_saves_a_minimal_schedule_that_replays(capsys, here):
    code, found = hunt(capsys, "raft", "--bug", "vote-not-durable", "--seed", 1, "--out", here / "out")
    assert code == 1
    assert found["outcome"] == "violation"
    assert found["scenario"] == "raft"
    assert found["bug"] == "vote-not-durable"
    assert found["actions"] <= 12 <= found["actions_found"]
    assert found["confirmed"]
    assert found["minimal"]
    assert not found["interrupted"]
    assert sum(found["removed"].values()) == found["actions_found"] - found["actions"]
    assert set(found) == set(HUNTED)
    assert found["coverage"]["deliver"] > 0
    assert os.listdir(here / "out") == [os.path.basename(found["schedule"])]

    code, out, _ = run(capsys, "replay", found["schedule"], "--json")
    again = json.loads(out)
    assert (code, again["outcome"], again["actions"]) == (1, "REPRODUCED", found["actions"])
    assert again["invariant"] == found["invariant"]
    assert again["fingerprint"] == found["fingerprint"]
    assert len(again["digest"]) == 64
    assert again["explanation"] == found["explanation"]
    assert found["explanation"]["nearest"]["left_out"] in range(1, found["actions"])

    _, out, _ = run(capsys, "replay", found["schedule"], "--host", "trio", "--json")
    assert json.loads(out)["digest"] == again["digest"]

    code, out, _ = run(capsys, "replay", found["schedule"], "--unbroken", "--lenient")
    assert (code, out.split()[0]) == (0, "FIXED")
    _, out, _ = run(capsys, "replay", found["schedule"], "--unbroken", "--lenient", "--json")
    assert json.loads(out)["explanation"] is None


def test_equal_seeds_find_equal_schedules(capsys, here):
    arguments = ("paxos", "--bug", "pax-promise-not-durable", "--seed", 7, "--out", here / "out")
    first, second = (hunt(capsys, *arguments)[1] for _ in range(2))
    assert first["runs"] == second["runs"]
    assert first["steps"] == second["steps"]
    assert first["actions_found"] == second["actions_found"]


def test_a_counterexample_is_shown_on_one_screen_and_shown_again_by_show(capsys, here):
    code, out, err = run(capsys, "hunt", "raft", "--bug", "vote-twice-in-term", "--seed", 1, "--out", here / "out")
    assert code == 1
    assert "OneVotePerTerm is broken" in out
    assert "splitbrain replay" in out
    assert "seed 1" in err
    assert out.startswith("minimal: ")
    assert "the trio host agrees" in out
    path = next((here / "out").iterdir())
    code, shown, _ = run(capsys, "show", path)
    assert code == 0
    assert len(shown.splitlines()) <= 40
    assert "OneVotePerTerm is broken" in shown
    assert all(line in out for line in shown.splitlines() if line.startswith(" " * 4) and "deliver" in line)
    _, _, why = shown.partition("\nWhy: ")
    assert "How: " in why
    assert "Nothing breaks without step " in why
    assert why in out


def test_a_violation_that_the_trio_host_does_not_confirm_is_told_loudly(capsys, here):
    arguments = ("faulty_nodes:ONLY_DIRECT", "--runs", 50, "--seed", 1, "--host", "direct", "--out", here / "out")
    code, out, _ = run(capsys, "hunt", *arguments)
    assert code == 1
    assert "the trio host does NOT break it in the same way" in out
    assert hunt(capsys, *arguments)[1]["confirmed"] is False


def long_schedule(here, **header):
    """A file with a failing run as it was found, and its actions."""
    found = search(find_bug("vote-not-durable").scenario, seed=3, runs=200)
    path = here / "long.schedule.jsonl"
    save(
        path,
        SavedSchedule(new_header("raft", found.setup, bug="vote-not-durable", **header), found.actions),
    )
    return path, found.actions


def test_shrinking_a_long_schedule_makes_it_minimal_in_place(capsys, here):
    path, actions = long_schedule(here)
    code, out, _ = run(capsys, "shrink", path, "--seconds", 5)
    assert code == 1
    assert out.startswith("minimal: ")
    assert len(load(path).actions) < min(len(actions), 15)
    assert load(path).header.invariant is not None
    code, out, _ = run(capsys, "shrink", path, "--seconds", 5, "--json")
    again = json.loads(out)
    assert (code, again["outcome"], again["minimal"], again["schedule"]) == (1, "REPRODUCED", True, str(path))


def test_a_schedule_is_not_called_minimal_when_time_ran_out(capsys, here):
    path, _ = long_schedule(here)
    code, out, _ = run(capsys, "shrink", path, "--seconds", 0.0001, "--out", here / "other.schedule.jsonl")
    assert code == 1
    assert out.startswith("smallest found so far: ")
    assert "actions (out of time)" in out
    _, out, _ = run(capsys, "shrink", path, "--seconds", 0.0001, "--json")
    assert json.loads(out)["minimal"] is False


def test_shrinking_what_breaks_nothing_any_more_ends_fixed_in_json_too(capsys, here):
    found = search(find_bug("vote-not-durable").scenario, seed=3, runs=200)
    path = here / "fixed.schedule.jsonl"
    save(path, SavedSchedule(new_header("raft", found.setup), found.actions))
    code, out, _ = run(capsys, "shrink", path)
    assert (code, out.split(":")[0]) == (0, "FIXED")
    code, out, _ = run(capsys, "shrink", path, "--json")
    report = json.loads(out)
    assert (code, report["outcome"], report["schedule"]) == (0, "FIXED", None)


def test_shrinking_never_turns_one_violation_into_another(capsys, here):
    path, _ = long_schedule(here, invariant="Agreement", fingerprint="Agreement")
    before = path.read_bytes()
    code, out, _ = run(capsys, "shrink", path)
    assert (code, out.split(":")[0]) == (1, "CHANGED")
    code, out, _ = run(capsys, "shrink", path, "--out", here / "other.schedule.jsonl", "--json")
    assert (code, json.loads(out)["outcome"]) == (1, "CHANGED")
    assert path.read_bytes() == before
    assert os.listdir(here).count("other.schedule.jsonl") == 0


def test_shrinking_refuses_nodes_that_behave_differently_the_second_time(capsys, here):
    run(capsys, "hunt", "faulty_nodes:LEAKY", "--runs", 50, "--seed", 1, "--out", here / "out")
    (path,) = (here / "out").iterdir()
    sys.modules["faulty_nodes"].SEEN.clear()
    code, _, err = run(capsys, "shrink", path)
    assert code == 2
    assert "NONDETERMINISTIC" in err


def test_ctrl_c_ends_a_shrink_with_the_smallest_so_far(capsys, here):
    _, scenario = find_scenario("faulty_nodes:CTRL_C")
    fires = [Fire(node, "tick") for _ in range(100) for node in ("n1", "n2")]  # all in the past of the two requests
    actions = (*fires, Request("n1", "r1", "a"), Request("n2", "r2", "b"))
    path = here / "long.schedule.jsonl"
    save(path, SavedSchedule(new_header("faulty_nodes:CTRL_C", Setup(scenario, 2)), actions))
    sys.modules["faulty_nodes"].COUNTDOWN[0] = 45  # the first part goes after some 20 nodes, the last after some 70
    code, out, _ = run(capsys, "shrink", path)
    assert code == 1
    assert out.startswith("smallest found so far: ")
    assert "actions (interrupted)" in out
    assert len(load(path).actions) < len(actions)


def test_ctrl_c_while_minimising_ends_a_hunt_with_the_smallest_so_far_and_says_so(capsys, here):
    find_scenario("faulty_nodes:CTRL_C")
    sys.modules["faulty_nodes"].COUNTDOWN[0] = 180  # some 110 nodes are made to find and check, 210 to minimise
    code, found = hunt(capsys, "faulty_nodes:CTRL_C", "--seed", 1, "--out", here / "out")
    assert (code, found["outcome"], found["interrupted"], found["minimal"]) == (1, "violation", True, False)


def test_ctrl_c_ends_a_hunt_that_says_so(capsys, here):
    find_scenario("faulty_nodes:PATIENT_CTRL_C")
    for arguments in ((), ("--json",)):
        sys.modules["faulty_nodes"].COUNTDOWN[0] = 20
        code, out, _ = run(capsys, "hunt", "faulty_nodes:PATIENT_CTRL_C", "--runs", 100, "--seed", 1, *arguments)
        assert code == 0
        if arguments:
            found = json.loads(out)
            assert (found["outcome"], found["interrupted"]) == ("clean", True)
            assert found["runs"] < 20
        else:
            assert out.startswith("interrupted after ")


def test_a_clean_hunt_says_what_was_exercised(capsys, here):
    code, out, _ = run(capsys, "hunt", "paxos", "--runs", 30, "--seed", 1)
    assert code == 0
    assert "paxos: clean" in out
    assert "decisions" in out
    assert "not a proof" in out


def test_a_hunt_in_which_nothing_happened_is_vacuous(capsys, here):
    code, out, _ = run(capsys, "hunt", "faulty_nodes:IDLE", "--runs", 5, "--seed", 1)
    assert code == 3
    assert "VACUOUS" in out
    code, found = hunt(capsys, "faulty_nodes:IDLE", "--runs", 5, "--seed", 1)
    assert (code, found["outcome"], found["schedule"]) == (3, "vacuous", None)


def test_a_hunt_that_lacks_one_thing_that_must_happen_is_vacuous(capsys, here):
    code, out, _ = run(capsys, "hunt", "faulty_nodes:EAGER", "--runs", 20, "--seed", 1)
    assert code == 3
    assert "there were no leaders elected, so nothing was tested" in out
    _, found = hunt(capsys, "faulty_nodes:EAGER", "--runs", 20, "--seed", 1)
    assert found["coverage"]["Decided"] > 0


def test_what_happened_under_partitions_and_to_writes_is_counted(capsys, here):
    code, found = hunt(capsys, "raft", "--runs", 200, "--seed", 1)
    assert code == 0
    assert 0 < found["coverage"]["Led under partition"] < found["coverage"]["Led"]
    assert 0 < found["coverage"]["crash losing writes"] < found["coverage"]["crash"]


@pytest.mark.parametrize(
    ("node", "complaint"),
    [
        ("RAISES", "receive: LookupError: no such thing"),
        ("NONSENSE", "it yielded a str, which is not an effect"),
        ("ENDLESS", "one handler yielded more than 10,000 effects for one input"),
        ("NOTHING", "receive returned something that is not effects"),
        ("MUTE", "a Mute has no handler `receive`"),
    ],
)
@pytest.mark.parametrize("host", ["direct", "trio"])
def test_a_node_that_breaks_the_contract_is_an_outcome_with_a_schedule(capsys, here, node, complaint, host):
    arguments = (f"faulty_nodes:{node}", "--runs", 50, "--seed", 1, "--host", host, "--out", here / "out")
    code, out, err = run(capsys, "hunt", *arguments, "--json")
    found = json.loads(out)
    assert (code, found["outcome"], found["invariant"]) == (2, "error", "KeepsContract")
    assert set(found) == set(HUNTED)
    assert complaint in found["summary"]
    assert found["message"] == f"{found['summary']}; the schedule is saved as {found['schedule']}"
    assert err == f"splitbrain: {found['message']}\n"
    assert found["actions"] == 2  # a timer that sends, and a delivery
    code, out, _ = run(capsys, "replay", found["schedule"])
    assert code == 1
    assert complaint in out.replace("\n" + " " * 15, " ")


@pytest.mark.parametrize("host", ["direct", "trio"])
def test_a_node_that_raises_at_the_start_is_shown_with_a_schedule_of_no_actions(capsys, here, host):
    arguments = ("faulty_nodes:STILLBORN", "--runs", 50, "--seed", 1, "--host", host, "--out", here / "out")
    code, out, err = run(capsys, "hunt", *arguments)
    (path,) = (here / "out").iterdir()
    assert code == 2
    assert "minimal: 0 actions, from 0" in out
    assert "KeepsContract is broken" in out
    assert re.search(r"◆ +0  every node starts", out)
    assert re.search(
        rf"^splitbrain: n\d raised: start: LookupError: no such thing.*; the schedule is saved as {path}$", err, re.MULTILINE
    )
    assert load(path).actions == ()
    for command, expected in (("replay", 1), ("show", 0), ("shrink", 1)):
        code, out, _ = run(capsys, command, path)
        assert code == expected
        assert "KeepsContract is broken" in out


def test_a_node_that_raises_is_shown_and_blamed(capsys, here):
    code, out, err = run(capsys, "hunt", "faulty_nodes:RAISES", "--runs", 50, "--seed", 1, "--out", here / "out")
    assert code == 2
    assert "KeepsContract is broken" in out
    (path,) = (here / "out").iterdir()
    blame = err.splitlines()[-1]
    assert re.fullmatch(rf"splitbrain: n[12] raised: receive: LookupError: no such thing.*; the schedule is saved as {path}", blame)


def test_a_node_that_behaves_differently_the_second_time_is_nondeterministic(capsys, here):
    code, _, err = run(capsys, "hunt", "faulty_nodes:LEAKY", "--runs", 50, "--seed", 1, "--out", here / "out")
    assert code == 2
    assert "NONDETERMINISTIC" in err
    (path,) = (here / "out").iterdir()  # the failing schedule is kept
    assert err.endswith(f"; the schedule is saved as {path}\n")
    path.unlink()
    sys.modules["faulty_nodes"].SEEN.clear()
    code, found = hunt(capsys, "faulty_nodes:LEAKY", "--runs", 50, "--seed", 1, "--out", here / "out")
    assert (code, found["outcome"]) == (2, "error")
    assert set(found) == set(HUNTED)
    assert os.listdir(here / "out") == [os.path.basename(found["schedule"])]


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


def test_a_schedule_that_no_longer_fits_diverges(capsys, here):
    path = here / "other.schedule.jsonl"
    path.write_text(
        textwrap.dedent("""\
        {"format":"splitbrain-schedule","version":1,"scenario":"raft","size":3}
        {"do":"fire","node":"n1","timer":"election"}
        {"do":"deliver","from":"n3","to":"n2","kind":"RequestVote","epoch":9}
        """)
    )
    code, out, _ = run(capsys, "replay", path)
    assert (code, out.split(":")[0]) == (3, "DIVERGED AT 2 (strict)")
    code, out, _ = run(capsys, "replay", path, "--lenient")
    assert code == 0
    assert "1 of 2 actions" in out


def test_the_help_names_every_strategy_and_the_exit_codes(capsys):
    _, out, _ = run(capsys, "hunt", "--help")
    told = " ".join(out.split()).replace("power- cuts", "power-cuts")
    assert ", ".join(STRATEGIES) in told
    _, out, _ = run(capsys, "--help")
    assert "130 interrupted" in " ".join(out.split())


def test_the_museum_is_listed(capsys):
    code, out, _ = run(capsys, "bugs")
    assert code == 0
    assert "figure-8" in out
    code, out, _ = run(capsys, "bugs", "--json")
    rows = json.loads(out)
    assert len(rows) >= 15
    assert {"id", "title", "protocol", "source", "mechanism", "invariant", "shortest", "control"} <= set(rows[0])


def test_ctrl_c_ends_a_hunt_with_what_it_has():
    command = [sys.executable, "-m", "splitbrain.command.cli", "hunt", "raft", "--seconds", "60", "--seed", "1"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    assert "hunting raft" in process.stderr.readline()  # it has begun: the handler is set a moment later
    assert "runs" in process.stderr.readline()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 0
    assert "raft: clean" in out
    assert "Traceback" not in err
