"""The command `shrink`: what it leaves in the file, and what it refuses to shrink."""

import json
import os
import sys

from shell import run

from splitbrain.actions import Fire, Request
from splitbrain.catalogue.museum import find_bug
from splitbrain.catalogue.scenarios import find_scenario
from splitbrain.schedule.file import SavedSchedule, load, save
from splitbrain.schedule.header import new_header
from splitbrain.search.hunt import hunt as search
from splitbrain.world.run import Setup


def long_schedule(here, **header):
    """A file with a failing run as it was found, and its actions."""
    found = search(find_bug("vote-not-durable").scenario, seed=3, runs=200).found
    path = here / "long.schedule.jsonl"
    save(
        path,
        SavedSchedule(new_header("raft", found.setup, bug="vote-not-durable", **header), found.actions),
    )
    return path, found.actions


def test_shrinking_a_long_schedule_makes_it_minimal_in_place(capsys, here):
    path, actions = long_schedule(here)
    code, out, _ = run(capsys, "shrink", path, "--seconds", 600)
    assert code == 1
    assert out.startswith("minimal: ")
    assert len(load(path).actions) < min(len(actions), 15)
    assert load(path).header.invariant is not None
    code, out, _ = run(capsys, "shrink", path, "--seconds", 600, "--json")
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
    found = search(find_bug("vote-not-durable").scenario, seed=3, runs=200).found
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
    assert code == 3
    assert "NONDETERMINISTIC" in err


def test_ctrl_c_ends_a_shrink_with_the_smallest_so_far(capsys, here):
    _, scenario = find_scenario("faulty_nodes:CTRL_C")
    fires = [Fire(node, "tick") for _ in range(100) for node in ("n1", "n2")]  # all in the past of the two requests
    actions = (*fires, Request("n1", "r1", "a"), Request("n2", "r2", "b"))
    path = here / "long.schedule.jsonl"
    save(path, SavedSchedule(new_header("faulty_nodes:CTRL_C", Setup(scenario, 2)), actions))
    # The first part goes after some 20 nodes, the last after some 70: 45 are in between.
    before = path.read_bytes()
    for arguments in ((), ("--json",)):
        sys.modules["faulty_nodes"].COUNTDOWN[0] = 45
        path.write_bytes(before)
        code, out, err = run(capsys, "shrink", path, *arguments)
        assert code == 130
        left = len(load(path).actions)
        assert left < len(actions)
        if arguments:
            told = json.loads(out)
            assert (told["outcome"], told["interrupted"], told["actions"], told["minimal"]) == ("REPRODUCED", True, left, False)
        else:
            assert err == f"interrupted: the smallest so far has {left} actions, from {len(actions)}; saved as {path}\n"


def test_ctrl_c_before_anything_is_shrunk_leaves_the_file_as_it_was(capsys, here):
    _, scenario = find_scenario("faulty_nodes:CTRL_C")
    path = here / "long.schedule.jsonl"
    actions = (Request("n1", "r1", "a"), Request("n2", "r2", "b"))
    save(path, SavedSchedule(new_header("faulty_nodes:CTRL_C", Setup(scenario, 2)), actions))
    sys.modules["faulty_nodes"].COUNTDOWN[0] = 1
    code, _, err = run(capsys, "shrink", path)
    assert (code, err) == (130, f"interrupted: nothing is written, and {path} is as it was\n")
    assert load(path).actions == actions


def test_a_file_that_was_never_confirmed_is_not_shrunk_where_it_does_not_reproduce(capsys, here):
    path = here / "unconfirmed.schedule.jsonl"
    header = new_header("faulty_nodes:SOUND", Setup(find_scenario("faulty_nodes:SOUND")[1], 2), unconfirmed="it ran twice")
    save(path, SavedSchedule(header, (Fire("n1", "tick"),)))
    before = path.read_bytes()
    code, out, _ = run(capsys, "shrink", path)
    assert (code, out.split(":")[0]) == (3, "NONDETERMINISTIC")
    assert "mend the nodes, delete this file, and hunt again" in out
    assert path.read_bytes() == before
