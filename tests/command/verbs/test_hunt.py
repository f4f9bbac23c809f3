"""The command `hunt`: what it saves, shows and prints, and how it ends."""

import json
import os
import re
import signal
import subprocess
import sys

import pytest
from shell import hunt, run

from splitbrain.catalogue.scenarios import find_scenario
from splitbrain.report.objects.hunt import HUNTED
from splitbrain.schedule.file import load


@pytest.mark.slow
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
    code, found = hunt(capsys, "raft", "--runs", 80, "--seed", 1)
    assert code == 0
    assert 0 < found["coverage"]["Led under partition"] < found["coverage"]["Led"]
    assert 0 < found["coverage"]["crash losing writes"] < found["coverage"]["crash"]


# Nodes that break their contract


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


# Ctrl-C


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


@pytest.mark.skipif(os.name != "posix", reason="a terminal that a test can read needs a pty")
def test_ctrl_c_ends_a_hunt_with_what_it_has():
    """On a terminal, for the live line there says how far it has come."""
    import pty  # noqa: PLC0415

    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "splitbrain.command.cli", "hunt", "raft", "--seconds", "600", "--seed", "1"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=theirs, text=True)
    os.close(theirs)
    shown = ""
    while max(map(int, re.findall(r"(\d+) runs", shown)), default=0) < 30:  # by then somebody has led and committed
        shown += os.read(ours, 1_000).decode()
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=300)
    while chunk := read(ours):
        shown += chunk
    os.close(ours)
    assert process.returncode == 0
    assert out.startswith("interrupted after ")
    assert "raft: clean" in out
    assert "Traceback" not in shown


def read(terminal):
    """What is left on it; nothing, where its other end is closed."""
    try:
        return os.read(terminal, 1_000).decode()
    except OSError:
        return ""
