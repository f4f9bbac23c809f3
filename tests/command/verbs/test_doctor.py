"""The command `doctor`: exit codes, forms, bad input."""

import json
import re
import shutil
import sys
from pathlib import Path

import pytest
from shell import run

from splitbrain.catalogue.scenarios import find_scenario
from splitbrain.report.objects.doctor import DOCTORED

TESTS = Path(__file__).parents[2]


@pytest.fixture
def nodes(tmp_path, monkeypatch):
    """A user's folder with nodes, as the current one."""
    names = ("escaping", "gappy", "unsteady")
    for name in names:
        shutil.copy(TESTS / f"{name}.py", tmp_path / f"{name}_nodes.py")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    yield tmp_path
    for name in names:
        sys.modules.pop(f"{name}_nodes", None)


def examined(capsys, *arguments):
    code, out, err = run(capsys, "doctor", *arguments, "--json")
    assert err == ""
    return code, json.loads(out)


@pytest.mark.parametrize("name", ["raft", "paxos"])
def test_what_is_shipped_is_in_good_health(capsys, name):
    code, found = examined(capsys, name, "--runs", 25)
    assert (code, found["outcome"], found["scenario"]) == (0, "fit", name)
    assert found["contract"]["problems"] == []
    assert found["determinism"]["alike"] is True
    assert found["escapes"] == []
    assert found["runs"] == 25
    assert found["exercised"]["share"] > 0.7
    assert not found["weakened"]["hollow"]
    assert {row["name"] for row in found["weakened"]["worlds"] if row["noticed"]}


def test_people_read_a_verdict_a_part_and_what_to_do(capsys, nodes):
    code, out, err = run(capsys, "doctor", "gappy_nodes:GAPPY", "--runs", 8)
    assert code == 1  # its invariants are hollow
    assert err.startswith("examining gappy_nodes:GAPPY, seed 0\n")
    assert re.match(r"gappy: NOT fit to be hunted: 1 problem, 1 warning\n\nok       contract     The nodes keep it", out)
    parts = re.findall(r"^(ok|warning|PROBLEM|unknown) +(\w+)", out, re.MULTILINE)
    assert [name for _, name in parts] == ["contract", "determinism", "escapes", "speed", "exercised", "invariants"]
    assert re.search(r"^ +gappy_nodes.py:\d+-\d+  yield Observe\(observations.Led\(1\)\)$", out, re.MULTILINE)
    assert "- the handler synced was never called" in out
    assert out.endswith("* look again: splitbrain doctor gappy_nodes:GAPPY\n")


def test_set_order_is_a_problem_with_the_first_event_and_the_cause(capsys, nodes):
    code, out, _ = run(capsys, "doctor", "unsteady_nodes:ORDERED", "--runs", 2)
    assert code == 1
    said = " ".join(out.split())
    assert "PROBLEM determinism The same schedule ran in another process (PYTHONHASHSEED=" in said
    assert re.search(r"event \d+ differs: here Sent\(step=\d+, sender='n\d'.*, there Sent\(step=\d+", said)
    assert "The likely cause: iteration over a set" in said


def test_escapes_are_warnings_by_file_and_line_each_once(capsys, nodes):
    lines = (nodes / "escaping_nodes.py").read_text().splitlines()
    code, found = examined(capsys, "escaping_nodes:WORLD", "--runs", 2)
    calls = {(each["call"], lines[each["line"] - 1].strip()) for each in found["escapes"]}
    assert calls == {
        ("time.time", "time.time()"),
        ("random.random", "random.random()"),
        ("os.urandom", "os.urandom(4)"),
        ("uuid.uuid4", "uuid.uuid4()"),
        ("open", "with open(__file__) as file:"),
        ("socket.socket", "socket.socket().close()"),
    }
    assert len(found["escapes"]) == len(calls)
    assert found["determinism"]["difference"] is None
    assert code == (0 if not found["weakened"]["problems"] else 1)


def test_equal_seeds_and_runs_say_the_same_but_for_times(capsys, nodes):
    one, other = (examined(capsys, "gappy_nodes:GAPPY", "--runs", 5, "--seed", 3)[1] for _ in range(2))
    assert one.pop("speed")["steps"] == other.pop("speed")["steps"]
    assert one == other


def test_an_exhibit_can_be_examined(capsys):
    code, found = examined(capsys, "paxos", "--bug", "pax-ignore-reported", "--runs", 3)
    assert found["bug"] == "pax-ignore-reported"
    assert found["determinism"]["alike"] is True
    assert code in (0, 1)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["nix"], "there is no scenario 'nix'"),
        (["nowhere:IT"], "nowhere"),
        (["raft", "--bug", "pax-ignore-reported"], "run `splitbrain doctor paxos --bug pax-ignore-reported`"),
    ],
)
def test_what_cannot_be_found_is_bad_input(capsys, arguments, told):
    code, out, err = run(capsys, "doctor", *arguments)
    assert (code, out) == (2, "")
    assert told in err
    code, out, _ = run(capsys, "doctor", *arguments, "--json")
    found = json.loads(out)
    assert code == 2
    assert tuple(found) == DOCTORED
    assert (found["outcome"], told in found["message"]) == ("error", True)


@pytest.mark.parametrize("arguments", [["--runs", "0"], ["--seconds", "-1"], ["--runs", "1", "--seconds", "1"]])
def test_a_budget_that_is_none_is_bad_usage(capsys, arguments):
    assert run(capsys, "doctor", "raft", *arguments)[0] == 2


@pytest.mark.parametrize("as_json", [False, True])
def test_ctrl_c_ends_it_with_130(capsys, here, as_json):
    find_scenario("faulty_nodes:PATIENT_CTRL_C")
    sys.modules["faulty_nodes"].COUNTDOWN[0] = 60
    code, out, err = run(capsys, "doctor", "faulty_nodes:PATIENT_CTRL_C", "--runs", 3, *(["--json"] if as_json else []))
    assert code == 130
    if as_json:
        found = json.loads(out)
        assert (tuple(found), found["outcome"]) == (DOCTORED, "interrupted")
    else:
        assert out == ""
        assert err.endswith("interrupted\n")


@pytest.mark.parametrize("name", ["RAISES", "STILLBORN", "NONSENSE", "NOTHING", "NO_FACTORY", "LEAKY"])
def test_what_breaks_the_contract_is_a_problem(capsys, here, name):
    code, out, _ = run(capsys, "doctor", f"faulty_nodes:{name}", "--runs", 2)
    assert code == 1
    assert "NOT fit to be hunted" in out.splitlines()[0]
