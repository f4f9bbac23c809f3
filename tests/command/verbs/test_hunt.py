"""The command `hunt`: what it saves, shows and prints, and how it ends."""

import io
import json
import os
import re
import subprocess
import sys

import pytest
from shell import hunt, run

from splitbrain.catalogue.importing import declared
from splitbrain.catalogue.scenarios import SCENARIOS, find_scenario
from splitbrain.report.objects.hunt import HUNTED
from splitbrain.schedule.file import load
from splitbrain.schedule.replay import replay


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
    code, _, err = run(capsys, "hunt", *arguments)
    assert code == 3
    assert "the same schedule ran on the trio host, and that does NOT break it in the same way" in err
    assert "The likely cause: the host" in err
    (path,) = (here / "out").iterdir()
    assert load(path).header.unconfirmed.startswith("NONDETERMINISTIC: ")
    assert hunt(capsys, *arguments)[1]["outcome"] == "nondeterministic"


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


def test_a_hunt_in_which_an_invariant_had_nothing_to_judge_is_vacuous_and_names_it(capsys, here):
    code, out, _ = run(capsys, "hunt", "faulty_nodes:SOUND", "--runs", 20, "--seed", 1)
    assert code == 3
    assert out.startswith(
        "SOUND: VACUOUS: no invariant was broken, but Agreement had nothing to judge.\nAgreement: nobody said Decided"
    )
    code, found = hunt(capsys, "faulty_nodes:SOUND", "--runs", 20, "--seed", 1)
    assert (code, found["outcome"], found["invariants"]) == (3, "vacuous", {"Agreement": 0, "KeepsContract": 0})


def test_a_hunt_of_no_run_of_which_its_invariant_knows_whether_it_breaks_it_is_vacuous(capsys, here):
    code, out, _ = run(capsys, "hunt", "toys:UNSURE", "--runs", 20, "--seed", 1)
    assert code == 3
    assert "VACUOUS: no invariant was broken, but of no run is known whether it breaks GivesUp." in out
    code, found = hunt(capsys, "toys:UNSURE", "--runs", 20, "--seed", 1)
    assert (code, found["outcome"], found["inconclusive"]) == (3, "vacuous", {"GivesUp": 20})


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
        ("NONSENSE", "yielded 'nonsense', a str, which is not an effect"),
        ("ENDLESS", "effects for one input"),
        ("NOTHING", "receive returned None, which is not effects"),
        ("MUTE", "a Mute has no handler `receive`"),
    ],
)
@pytest.mark.parametrize("host", ["direct", "trio"])
def test_a_node_that_breaks_the_contract_is_an_outcome_with_a_schedule(capsys, here, node, complaint, host):
    arguments = (f"faulty_nodes:{node}", "--runs", 50, "--seed", 1, "--host", host, "--out", here / "out")
    code, out, err = run(capsys, "hunt", *arguments, "--json")
    found = json.loads(out)
    assert (code, found["outcome"], found["invariant"]) == (1, "violation", "KeepsContract")
    assert set(found) == set(HUNTED)
    assert complaint in found["summary"]
    assert (found["message"], err) == (found["summary"], "")
    assert found["actions"] == 2  # a timer that sends, and a delivery
    code, out, _ = run(capsys, "replay", found["schedule"])
    assert code == 1
    assert complaint in out.replace("\n" + " " * 15, " ")


@pytest.mark.parametrize("host", ["direct", "trio"])
def test_a_node_that_raises_at_the_start_is_shown_with_a_schedule_of_no_actions(capsys, here, host):
    arguments = ("faulty_nodes:STILLBORN", "--runs", 50, "--seed", 1, "--host", host, "--out", here / "out")
    code, out, err = run(capsys, "hunt", *arguments)
    (path,) = (here / "out").iterdir()
    assert code == 1
    assert "minimal: 0 actions, from 0" in out
    assert "KeepsContract is broken" in out
    assert re.search(r"◆ +0  every node starts", out)
    assert "start: LookupError: no such thing" in out
    assert f"in a run of 0 actions, saved as {path}; minimising\n" in err
    assert load(path).actions == ()
    for command, expected in (("replay", 1), ("show", 0), ("shrink", 1)):
        code, out, _ = run(capsys, command, path)
        assert code == expected
        assert "KeepsContract is broken" in out


def test_a_node_that_raises_is_a_find_shown_and_blamed(capsys, here):
    code, out, _ = run(capsys, "hunt", "faulty_nodes:RAISES", "--runs", 50, "--seed", 1, "--out", here / "out")
    assert code == 1
    assert "KeepsContract is broken" in out
    assert re.search(r"n[12] raised: receive: LookupError: no such thing", out)
    (path,) = (here / "out").iterdir()
    assert f"saved as {path}\n" in out


def test_a_node_that_behaves_differently_the_second_time_is_nondeterministic(capsys, here):
    code, _, err = run(capsys, "hunt", "faulty_nodes:LEAKY", "--runs", 50, "--seed", 1, "--out", here / "out")
    assert code == 3
    assert "NONDETERMINISTIC" in err
    (path,) = (here / "out").iterdir()  # the failing schedule is kept
    assert err.endswith(f"; the schedule is saved as {path}\n")
    path.unlink()
    sys.modules["faulty_nodes"].SEEN.clear()
    code, found = hunt(capsys, "faulty_nodes:LEAKY", "--runs", 50, "--seed", 1, "--out", here / "out")
    assert (code, found["outcome"]) == (3, "nondeterministic")
    assert set(found) == set(HUNTED)
    assert os.listdir(here / "out") == [os.path.basename(found["schedule"])]


# Ctrl-C; tests/command/test_interrupt.py presses it in processes of its own


def test_ctrl_c_while_minimising_ends_a_hunt_with_the_smallest_so_far_on_disk_and_says_so(capsys, here):
    find_scenario("faulty_nodes:CTRL_C")
    for json_too in (True, False):
        sys.modules["faulty_nodes"].COUNTDOWN[0] = 180  # some 110 nodes are made to find and check, 210 to minimise
        arguments = ("faulty_nodes:CTRL_C", "--seed", 1, "--out", here / "out", *(["--json"] if json_too else []))
        code, out, err = run(capsys, "hunt", *arguments)
        (path,) = (here / "out").iterdir()
        assert code == 130
        assert replay(load(path)).outcome == "REPRODUCED"
        if json_too:
            found = json.loads(out)
            assert (found["outcome"], found["interrupted"], found["minimal"]) == ("violation", True, False)
            assert (found["schedule"], found["actions"]) == (str(path), len(load(path).actions))
            assert set(found) == set(HUNTED)
        else:
            assert out == ""
            said, smallest, *_ = err[err.index("interrupted: ") :].splitlines()
            assert said.startswith("interrupted: Agreement is broken: ")
            assert smallest.endswith(f" {len(load(path).actions)} actions, and is saved as {path}")


def test_ctrl_c_before_anything_is_found_says_how_far_the_hunt_was(capsys, here):
    find_scenario("faulty_nodes:PATIENT_CTRL_C")
    for arguments in ((), ("--json",)):
        sys.modules["faulty_nodes"].COUNTDOWN[0] = 20
        code, out, err = run(capsys, "hunt", "faulty_nodes:PATIENT_CTRL_C", "--runs", 100, "--seed", 1, *arguments)
        assert code == 130
        if arguments:
            found = json.loads(out)
            assert (found["outcome"], found["interrupted"], found["schedule"]) == ("interrupted", True, None)
            assert 0 < found["runs"] < 20
        else:
            assert out == ""
            assert "\ninterrupted after " in err
            assert "no invariant was broken by then" in err


# What is where, and judged by what


def test_a_find_is_complete_on_disk_before_the_first_word_about_it(capsys, here, monkeypatch):
    seen = []

    class Watching(io.StringIO):
        def write(self, text):
            if text.startswith("found "):
                (path,) = (here / "out").iterdir()
                seen.append((text, path, replay(load(path)).outcome))
            return super().write(text)

    monkeypatch.setattr(sys, "stderr", Watching())
    run(capsys, "hunt", "faulty_nodes:SELFISH", "--runs", 50, "--seed", 1, "--out", here / "out")
    ((text, path, outcome),) = seen
    assert text.endswith(f", saved as {path}; minimising")
    assert outcome == "REPRODUCED"


def test_a_hunt_speaks_of_the_name_that_the_user_gave(capsys, here):
    (here / "mutants.py").write_text(
        "from dataclasses import replace\nfrom splitbrain_protocols.raft.scenario import RAFT\nTAMED = replace(RAFT, requests=5)\n"
    )
    _, out, err = run(capsys, "hunt", "mutants:TAMED", "--runs", 1, "--seed", 1)
    assert err.startswith("hunting TAMED, seed 1")
    assert out.startswith("TAMED: ")
    _, _, err = run(capsys, "hunt", "raft", "--runs", 1, "--seed", 1)
    assert err.startswith("hunting raft, seed 1")


def test_invariants_can_be_muted_and_named_and_the_file_knows_which(capsys, here):
    code, found = hunt(capsys, "faulty_nodes:RAISES", "--runs", 20, "--seed", 1, "--without", "KeepsContract")
    assert (code, found["outcome"]) == (3, "vacuous")  # who raises is dead, and so nobody decides
    arguments = ("faulty_nodes:SELFISH", "--runs", 50, "--seed", 1, "--out", here / "out")
    code, found = hunt(capsys, *arguments, "--only", "Agreement", "--only", "Agreement,KeepsContract")
    assert (code, found["invariant"]) == (1, "Agreement")
    assert load(found["schedule"]).header.only == ("KeepsContract", "Agreement")
    assert "--only Agreement,Agreement,KeepsContract --seed 1" in load(found["schedule"]).header.found
    code, _, err = run(capsys, "hunt", *arguments, "--without", "Agrement")
    assert code == 2
    assert "Agreement" in err


def test_a_find_that_depends_on_the_hash_seed_is_nondeterministic_and_its_file_is_no_regression_test(capsys, here):
    code, _, err = run(capsys, "hunt", "unsteady:ORDERED", "--runs", 50, "--seed", 1, "--out", here / "out")
    assert code == 3
    assert "NONDETERMINISTIC: the same schedule ran in another process (PYTHONHASHSEED=" in err
    assert "The likely cause: iteration over a set" in err
    (path,) = (here / "out").iterdir()
    assert load(path).header.unconfirmed.startswith("NONDETERMINISTIC: ")
    ends = set()
    for seed in (1, 2, 3):
        environment = os.environ | {"PYTHONHASHSEED": str(seed), "PYTHONPATH": os.pathsep.join(sys.path)}
        done = subprocess.run(
            [sys.executable, "-m", "splitbrain.command.cli", "replay", path],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        ends.add((done.returncode, done.stdout.partition(" ")[0]))
    assert ends <= {(1, "REPRODUCED"), (3, "NONDETERMINISTIC")}


STEADIED = """
import os
from splitbrain import FaultBudget, Observe, Scenario, SetTimer, Write
from splitbrain.observations import Decided
from splitbrain_invariants import Agreement

class Steadied:
    def __init__(self, me, peers, disk):
        self.steady, self.asked = False, 0

    def start(self):
        yield SetTimer("steady", 1, 2)

    def timeout(self, timer):
        self.steady = True
        return ()

    def receive(self, sender, message):
        return ()

    def request(self, request, command):
        self.asked += 1
        if not self.steady:
            yield Write("seed", os.environ.get("PYTHONHASHSEED"))
        if self.asked == 2:
            raise ValueError("the bug")
        yield Observe(Decided("x"))

ONE = Scenario(
    name="steadied", factory=Steadied, sizes=(1,), invariants=(Agreement,), progress=(Decided,), budget=FaultBudget(crashes="none")
)
"""


def test_a_find_that_is_confirmed_stays_the_find_where_smaller_ones_depend_on_the_process(capsys, here):
    (here / "steadied_nodes.py").write_text(STEADIED)
    arguments = ("steadied_nodes:ONE", "--runs", 50, "--seed", 1, "--out", here / "out")
    code, out, _ = run(capsys, "hunt", *arguments)
    assert code == 1
    assert "as it was found: " in out
    assert "smaller ones were not confirmed: NONDETERMINISTIC: the same schedule ran in another process" in out
    (path,) = (here / "out").iterdir()
    assert not load(path).header.unconfirmed
    assert run(capsys, "replay", path)[0] == 1
    code, found = hunt(capsys, *arguments)
    assert (code, found["confirmed"], found["minimal"], found["schedule"]) == (1, True, False, str(path))


def test_the_report_says_who_agrees(capsys, here):
    arguments = ("faulty_nodes:SELFISH", "--runs", 50, "--seed", 1, "--out", here / "out")
    assert "; the trio host agrees, and so do three other processes; saved as " in run(capsys, "hunt", *arguments)[1]
    found = hunt(capsys, *arguments)[1]
    assert (found["confirmed"], found["confirmation"]) == (True, "the trio host agrees, and so do three other processes")


ONCE = """
import os
from dataclasses import replace
from faulty_nodes import SELFISH
if os.environ.get("PYTHONHASHSEED") in ("19", "38", "57"):
    raise OSError("no licence here")
OWN = replace(SELFISH, name="own")
"""


def test_what_no_other_process_can_import_is_told_as_not_confirmed(capsys, here):
    (here / "once_nodes.py").write_text(ONCE)
    code, found = hunt(capsys, "once_nodes:OWN", "--runs", 50, "--seed", 1, "--out", here / "out")
    assert (code, found["confirmed"]) == (1, None)
    assert "not confirmed in another process: importing 'once_nodes' raised OSError: no licence here" in found["confirmation"]


@pytest.mark.skipif(os.name != "posix", reason="limits of a process")
@pytest.mark.parametrize(
    ("room", "saved"),
    [(10, False), (1_500, True)],  # bytes of one file: for nothing at all; for the minimal schedule, but not for the failing run
)
def test_a_disk_that_has_no_room_for_what_is_found_hides_no_violation(here, room, saved):
    (here / "limited.py").write_text(
        "import resource, sys\n"
        "from splitbrain.command.cli import main\n"
        "sys.path.insert(0, '.')\n"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({room}, {room}))\n"
        "sys.exit(main(sys.argv[1:]))\n"
    )
    # In many runs nothing is asked, so that the first that fails is long.
    command = [sys.executable, "-B", "limited.py", "hunt", "raft", "--bug", "vote-not-durable", "--seed", "1"]
    done = subprocess.run([*command, "--json"], check=False, cwd=here, capture_output=True, text=True)
    told = json.loads(done.stdout)
    assert (done.returncode, told["outcome"], told["invariant"]) == (1, "violation", "OneVotePerTerm")
    files = os.listdir(here / "splitbrain-out")
    assert len(files) == saved
    if saved:
        assert told["schedule"] == f"splitbrain-out/{files[0]}"
        assert len(load(here / told["schedule"]).actions) == told["actions"] < told["actions_found"]
        return
    assert told["schedule"] is None
    assert "cannot be written: File too large" in told["message"]
    done = subprocess.run(command, check=False, cwd=here, capture_output=True, text=True)
    assert done.returncode == 1
    assert re.search(
        r"^found OneVotePerTerm broken .*, not saved, for .* cannot be written: .*; minimising$", done.stderr, re.MULTILINE
    )
    assert "OneVotePerTerm is broken" in done.stdout
    assert "; not saved\n" in done.stdout


def test_the_help_names_every_scenario_that_is_installed(capsys):
    code, out, _ = run(capsys, "hunt", "--help")
    names = [each.name for each in declared(SCENARIOS)]
    assert {"raft", "paxos", "raft-kv"} <= set(names)
    assert (code, f"SCENARIO {', '.join(names)}, or module:NAME" in " ".join(out.split())) == (0, True)
