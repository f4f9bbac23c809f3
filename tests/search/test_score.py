"""The score: what it hunts, what its rows say, and what must not be found."""

import json
import multiprocessing
import os
import re
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from msgspec.structs import replace as replace_struct
from toy_museum import BUG, CONTROL, EXHIBITS

from splitbrain.command.cli import main
from splitbrain.errors import SplitbrainError
from splitbrain.exhibit import Goal
from splitbrain.report.objects.score import exhibit
from splitbrain.report.targets import assess
from splitbrain.report.terminal.scoreboard import board, markdown
from splitbrain.search.row import row
from splitbrain.search.score import Score, planned, score
from splitbrain.search.trial import UNIFORM, Outcome, Trial, attempt, length

MUSEUM = "toy_museum:EXHIBITS"
SIZES = " or ".join(map(str, sorted(BUG.scenario.sizes)))
ASKED = {
    *("id", "control", "seeds", "found", "runs", "steps", "seconds", "strategy", "invariant"),
    *("actions_found", "actions", "shortest", "ratio", "minimise_seconds", "replays"),
}


def run(capsys, *arguments):
    """Exit code, standard output, standard error."""
    try:
        code = main([str(argument) for argument in arguments])
    except SystemExit as exit_:
        code = exit_.code
    return code, *capsys.readouterr()


def outcome(seed=1, **fields):
    """A trial that found the bug, but for ``fields``."""
    strategy = fields.pop("by", None)
    found = {
        "outcome": "violation",
        "runs": 10 * seed,
        "steps": 1000 * seed,
        "seconds": seed / 10,
        "strategy": "swarm",
        "invariant": "OneValue",
        "actions_found": 40 + seed,
        "actions": 3,
        "minimal": True,
        "minimise_seconds": 0.5,
        "replays": 100,
    }
    return Outcome(Trial("toy-forgets", seed, 60.0, strategy), **found | fields)


def missed(seed=1, **fields):
    nothing = dict.fromkeys(("strategy", "invariant", "actions_found", "actions", "minimise_seconds", "replays"))
    return outcome(seed, outcome="clean", seconds=60.0, minimal=False, runs=5000, steps=10**6, **nothing, **fields)


# A whole score


def test_a_bug_is_found_blind_and_minimised_and_a_control_and_the_unbroken_protocol_are_clean(capsys):
    code, out, err = run(capsys, "score", "--bugs", MUSEUM, "--seconds", 0.5, "--seeds", 2, "--workers", 2, "--json")
    report = json.loads(out)
    assert (code, err, report["outcome"]) == (0, "", "ok")
    bug, control = report["exhibits"]
    assert set(bug) >= ASKED | {"minimal", "found_within", "uniform_found", "uniform_runs", "uniform_seconds"}
    assert (bug["id"], bug["control"], bug["seeds"], bug["found"]) == ("toy-forgets", False, 2, 2)
    assert (bug["invariant"], bug["actions"], bug["shortest"], bug["ratio"], bug["minimal"]) == ("OneValue", 3, 3, 1, 2)
    assert bug["actions_found"] > 3
    assert bug["uniform_seeds"] == bug["uniform_found"] == 1
    assert report["uniform_seeds"] == 1
    assert (control["id"], control["control"], control["seeds"], control["found"]) == ("toy-hasty", True, 1, 0)
    assert control["seconds"] >= 0.5
    (unbroken,) = report["unbroken"]
    assert (unbroken["scenario"], unbroken["outcome"]) == ("toy_museum:REGISTER", "clean")
    assert unbroken["steps"] > 0
    assert (report["workers"], report["seeds"], report["interrupted"]) == (2, 2, False)


def test_equal_seeds_give_equal_rows_however_many_workers_there_are():
    def rows(workers):
        scored = score([BUG], seconds=20, seeds=3, workers=workers, museum=MUSEUM)
        return [{name: value for name, value in exhibit(each).items() if "seconds" not in name} for each in scored.exhibits]

    assert rows(1) == rows(2)


def test_a_violation_where_there_can_be_none_is_an_alarm(capsys):
    arguments = ("score", "--bugs", "toy_museum:ALARMS", "--seconds", 10, "--seeds", 1)
    code, out, _ = run(capsys, *arguments)
    assert code == 1
    assert "control no-control          ALARM: OneValue, in 1 of 1 seed" in out
    assert "unbroken toy_museum:BROKEN  ALARM: OneValue" in out
    assert "NO  controls and unbroken protocols: an alarm (target: no alarm); missed by no-control, toy_museum:BROKEN" in out
    code, out, _ = run(capsys, *arguments, "--json")
    assert (code, json.loads(out)["outcome"]) == (1, "alarm")


def test_whoever_names_exhibits_gets_those_alone(capsys):
    code, out, _ = run(capsys, "score", "--bugs", MUSEUM, "toy-forgets", "--seeds", 1, "--uniform-seeds", 0, "--markdown")
    assert code == 0
    assert out.count("\n| toy-forgets | 1/1 |") == 1
    assert "unbroken" not in out
    assert "hasty" not in out


def test_ctrl_c_ends_a_score_with_what_there_is_and_leaves_no_process_behind():
    before = multiprocessing.active_children()

    def interrupt(so_far):
        if so_far.found:
            raise KeyboardInterrupt

    result = score(EXHIBITS, seconds=60, seeds=1, uniform_seeds=0, workers=2, museum=MUSEUM, progress=interrupt)
    assert result.interrupted
    (bug,) = result.exhibits  # the control was under way
    assert (bug.id, bug.finding.seeds, bug.finding.found) == ("toy-forgets", 1, 1)
    for process in multiprocessing.active_children():
        process.join(10)
    assert multiprocessing.active_children() == before


def test_what_goes_wrong_in_the_score_itself_leaves_no_process_behind():
    before = multiprocessing.active_children()

    def fail(so_far):
        raise RuntimeError(f"{so_far.done} done")

    with pytest.raises(RuntimeError, match="done"):
        score(EXHIBITS, seconds=60, seeds=1, uniform_seeds=0, workers=1, museum=MUSEUM, progress=fail)
    for process in multiprocessing.active_children():
        process.join(10)
    assert multiprocessing.active_children() == before


def test_ctrl_c_is_answered_at_once_and_without_a_traceback(tmp_path):
    command = [sys.executable, "-m", "splitbrain.command.cli", "score", "--bugs", MUSEUM, "--seconds", "60", "--workers", "2"]
    root, tests = Path(__file__).parents[2], Path(__file__).parents[1]
    path = os.pathsep.join([str(root), str(tests), os.environ.get("PYTHONPATH", "")])
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path, env=os.environ | {"PYTHONPATH": path}
    )
    assert process.stderr is not None
    assert "0 of 8 hunts" in process.stderr.readline()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "interrupted after" in out
    assert "Traceback" not in err + out


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("toy-forget",), r"there is no exhibit 'toy-forget' among the 2 of toy_museum:EXHIBITS; did you mean toy-forgets"),
        (("qqqq",), r"there is no exhibit 'qqqq' among the 2 of toy_museum:EXHIBITS; it has toy-forgets, toy-hasty"),
        (("--protocol", "paxos"), "there are no exhibits of --protocol 'paxos'; use register"),
        (("--bugs", "no_such_module:EXHIBITS"), "there is no module 'no_such_module'"),
        (("--bugs", "toy_museum:EXHIBIT"), "has no 'EXHIBIT'; it has toy_museum:EXHIBITS"),
        (("--bugs", "toys:BUGS"), "has no 'BUGS'; it has toys:EXHIBITS"),
        (("--bugs", "splitbrain.dice:BUGS"), "has no 'BUGS'; it has no museum at all; assign one to that name"),
        (("--bugs", "toy_museum"), "'toy_museum' is not a museum's name; write module:NAME"),
        (("--bugs", "tests/toys.py:EXHIBITS"), "names a file, but museums are named by module; write tests.toys:EXHIBITS"),
        (
            ("--bugs", "toy_museum:NOT_A_SEQUENCE"),
            "is an object of type dict, not a sequence; make toy_museum:NOT_A_SEQUENCE a tuple",
        ),
        (("--bugs", "toy_museum:BUG"), "is an object of type Exhibit, not a sequence"),
        (
            ("--bugs", "toy_museum:MIXED"),
            "holds an object of type Scenario at place 2; make toy_museum:MIXED a tuple of Exhibits alone",
        ),
        (
            ("--bugs", "toy_museum:NO_SCENARIO"),
            "has an exhibit 'none' whose scenario is an object of type NoneType; give it a Scenario",
        ),
        (("--bugs", "toy_museum:TWICE"), "has two exhibits that are called 'toy-forgets'; rename one, or leave it out"),
        (("--bugs", "toy_museum:EMPTY"), "toy_museum:EMPTY has no exhibits, so there is nothing to score; put some in"),
        (("--seeds", "0"), "0 is not a positive whole number"),
        (("--uniform-seeds", "-1"), "-1 is not a whole number of at least 0"),
        (("--uniform-seeds", "few"), "few is not a whole number"),
        (("--json", "--markdown"), "not allowed with argument"),
    ],
)
def test_bad_input_is_told_in_the_users_terms_and_ends_with_2(capsys, arguments, complaint):
    museum = () if "--bugs" in arguments else ("--bugs", MUSEUM)
    code, out, err = run(capsys, "score", *museum, *arguments)
    assert (code, out) == (2, "")
    assert complaint in err
    assert "Traceback" not in err


def test_bad_input_is_told_as_json_too(capsys):
    code, out, _ = run(capsys, "score", "--bugs", "toy_museum:EMPTY", "--json")
    assert code == 2
    assert json.loads(out) == {
        "outcome": "error",
        "message": "toy_museum:EMPTY has no exhibits, so there is nothing to score; put some in",
    }


def test_an_exhibit_is_scored_with_its_protocol_alone(capsys):
    code, _, err = run(capsys, "score", "--protocol", "raft", "pax-quorum-half")
    assert code == 2
    assert "pax-quorum-half is not of --protocol 'raft'; leave one of the two out" in err


# One trial


def test_a_trial_whose_scenario_cannot_run_is_an_error_with_a_message():
    tried = attempt(Trial("no-such-exhibit", 1, 1.0, museum=MUSEUM))
    assert tried.outcome == "error"
    assert "there is no exhibit 'no-such-exhibit'" in tried.message
    assert tried.seconds == 1.0  # no better than a hunt that finds nothing


def test_a_trial_that_raises_what_nobody_expects_is_an_error_too():
    tried = attempt(Trial("toy-crumbles", 1, 1.0, museum="toy_museum:CRUMBLING"))
    assert (tried.outcome, tried.seconds) == ("error", 1.0)
    assert tried.message.startswith("AttributeError: 'NoneType' object has no attribute")


def test_a_uniform_walk_s_find_is_not_minimised():
    tried = attempt(Trial("toy-forgets", 1, 20.0, UNIFORM, MUSEUM))
    assert tried.found
    assert (tried.actions, tried.replays) == (None, None)


def test_a_crash_with_its_restart_is_one_action():
    from splitbrain.actions import Crash, Request, Restart  # noqa: PLC0415

    assert length([Request("n1", "r1", "v1"), Crash("n1"), Restart("n1"), Request("n1", "r2", "v2")]) == 3
    assert length([Crash("n1", during=Request("n1", "r1", "v1")), Restart("n1")]) == 1


# The plan


def test_every_trial_is_planned_once_and_those_that_take_all_of_their_time_are_not_the_last():
    trials = planned(EXHIBITS, 9.0, 20, 2, MUSEUM, ["toy_museum:REGISTER"])
    assert len(set(trials)) == len(trials) == 20 + 1 + 2 + 1
    assert {trial.seconds for trial in trials} == {9.0}
    assert all(trial.subject == BUG.id and trial.strategy is None for trial in trials[-4:])
    seeds = [trial.seed for trial in trials if trial.subject == BUG.id and trial.strategy is None]
    assert seeds == sorted(seeds)


# Rows


def test_a_row_has_medians_over_the_seeds_and_the_worst_where_that_matters():
    uniform = [outcome(1, by=UNIFORM, runs=70, seconds=7.0), missed(2, by=UNIFORM)]
    made = row(BUG, [outcome(1), outcome(2, actions=6, minimal=False, minimise_seconds=9.0), outcome(3, strategy="pct"), *uniform])
    assert (made.finding.seeds, made.finding.found, made.finding.open) == (3, 3, False)
    assert (made.finding.runs, made.finding.steps, made.finding.seconds, made.finding.strategy) == (20, 2000, 0.2, "swarm")
    assert (made.length.actions_found, made.length.actions, made.length.shortest, made.length.exact) == (42, 3, 3, True)
    assert (made.length.ratio, made.length.ratio_worst, made.length.minimal) == (1, 2, 2)
    assert (made.length.minimise_seconds, made.length.minimise_seconds_worst) == (0.5, 9.0)
    assert (made.uniform.seeds, made.uniform.found, made.uniform.runs, made.uniform.seconds) == (2, 1, 2535, 33.5)
    assert made.finding.found_within == {"1": 3, "10": 3, "60": 3}


def test_a_seed_that_missed_counts_with_its_whole_budget():
    made = row(BUG, [outcome(1), missed(2), missed(3)])
    assert (made.finding.found, made.finding.open, made.finding.seconds, made.finding.runs) == (1, True, 60.0, 5000)
    assert made.finding.found_within == {"1": 1, "10": 1, "60": 1}
    made = row(BUG, [missed(1)])
    assert (made.finding.strategy, made.finding.invariant, made.length.actions, made.length.ratio, made.length.replays) == (
        None,
        None,
        None,
        None,
        None,
    )


def test_the_shortest_is_that_of_the_invariant_that_broke():
    made = row(BUG, [outcome(1, invariant="Other"), outcome(2, invariant="Other"), outcome(3)])
    assert (made.finding.invariant, made.length.shortest, made.length.exact, made.length.ratio, made.finding.expected) == (
        "Other",
        None,
        False,
        1,
        False,
    )


def on_file(crashes, invariant="OneValue"):
    """A schedule of so many actions."""
    from splitbrain.actions import Crash, Restart  # noqa: PLC0415
    from splitbrain.schedule.file import SavedSchedule  # noqa: PLC0415
    from splitbrain.schedule.header import new_header  # noqa: PLC0415
    from splitbrain.world.run import Setup  # noqa: PLC0415

    header = new_header("toy_museum:REGISTER", Setup(BUG.scenario, 2))
    return SavedSchedule(replace_struct(header, invariant=invariant), (Crash("n1"), Restart("n1")) * crashes)


@pytest.mark.parametrize(
    ("exact", "saved", "known"),
    [
        ({"OneValue": 3}, None, (3, True, 1)),
        ({"OneValue": 3}, on_file(3), (3, True, 1)),
        ({"OneValue": 3}, on_file(4), (3, True, 1)),
        ({"OneValue": 3}, on_file(2), (2, False, 1.5)),  # a search with other options or sizes
        ({"OneValue": 3}, on_file(2, "Other"), (3, True, 1)),
        ({}, on_file(6), (6, False, 0.5)),
        ({}, on_file(6, "Other"), (None, False, None)),
    ],
)
def test_the_shortest_known_is_the_exact_one_unless_a_shorter_is_on_file_or_there_is_none(exact, saved, known):
    made = row(replace(BUG, shortest=exact), [outcome(1)], saved)
    assert (made.length.shortest, made.length.exact, made.length.ratio) == known


def test_a_museum_that_is_not_installed_has_its_schedules_beside_it(tmp_path, monkeypatch):
    from splitbrain.schedule.file import save  # noqa: PLC0415
    from splitbrain.schedule.format import SUFFIX  # noqa: PLC0415
    from splitbrain.schedule.shelf import schedule_of  # noqa: PLC0415

    (tmp_path / "annex_of_toys.py").write_text("from toy_museum import EXHIBITS\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    name = "annex_of_toys:EXHIBITS"
    assert schedule_of(BUG, name) is None
    (tmp_path / "schedules").mkdir()
    path = tmp_path / "schedules" / f"{BUG.id}{SUFFIX}"
    save(path, on_file(2))
    assert schedule_of(BUG, name) == path
    scored = score([BUG], seconds=20, seeds=1, uniform_seeds=0, workers=1, museum=name)
    assert (scored.exhibits[0].length.shortest, scored.exhibits[0].length.exact) == (2, False)
    path.write_text("nothing of the kind")
    with pytest.raises(SplitbrainError, match=re.escape(path.name)):
        score([BUG], seconds=20, seeds=1, uniform_seeds=0, workers=1, museum=name)


# The table and the targets


def scored(*rows, **fields):
    return Score(60.0, 3, 1, 2, list(rows), cores=2, python="CPython 3.11.7", elapsed=123.4, done=12, of=12, **fields)


@pytest.fixture
def whole():
    slow = replace(BUG, id="toy-that-has-a-very-long-name-indeed", shortest={})
    return scored(
        row(BUG, [outcome(1), outcome(2), outcome(3), outcome(1, by=UNIFORM, runs=70, seconds=7.0)]),
        row(slow, [outcome(1, actions=14, minimal=False), missed(2), missed(3), missed(1, by=UNIFORM)]),
        row(CONTROL, [missed(1), missed(2)]),
        unbroken=[replace(missed(1), trial=Trial("toy_museum:REGISTER", 1, 60.0, unbroken=True))],
        wanted=40,
    )


@pytest.mark.parametrize("width", [80, 160])
def test_the_table_fits_a_terminal(golden, whole, width):
    text = board(whole, width)
    assert max(map(len, text.splitlines())) <= width
    golden(f"score-{width}", text)


def test_the_table_is_told_in_markdown(golden, whole):
    golden("score-markdown", markdown(whole))


def test_every_target_is_stated_with_what_was_measured(whole):
    told = {each.target: each for each in assess(whole)}
    assert told["at least 90%"].missing == ("toy-that-has-a-very-long-name-indeed",)
    assert not told["at least 90%"].reached
    assert told["at most 1.2"].reached
    assert "1 counterexample" in told["every one"].measured or "3 of 4" in told["every one"].measured
    gain = told["at most 0.33"]
    assert "geometric mean of the portfolio's time to the uniform walk's: 0.169, over the 2 exhibits" in gain.measured
    assert gain.reached


def test_a_vacuous_hunt_for_nothing_is_not_called_clean():
    idle = row(CONTROL, [missed(1), replace(missed(2), outcome="vacuous")])
    (clean,) = assess(scored(idle))
    assert (clean.measured, clean.reached, clean.missing) == (
        "controls and unbroken protocols: vacuous, which says nothing",
        False,
        ("toy-hasty",),
    )
    assert "control toy-hasty  VACUOUS in 1 of 2 seeds" in board(scored(idle), 100)


def test_an_exhibit_is_held_to_its_own_goal():
    hard = row(replace(BUG, goal=Goal(100, "others need 364")), [outcome(11)])
    (told,) = [each for each in assess(scored(hard)) if each.measured.startswith("toy-forgets")]
    assert (told.measured, told.target) == (f"toy-forgets: 110 runs, on {SIZES} nodes", "at most 100; others need 364")
    assert not told.reached
    (told,) = [each for each in assess(scored(replace(hard, goal=Goal(110, "")))) if each.measured.startswith("toy-forgets")]
    assert told.reached


@pytest.mark.parametrize(("outcomes", "found"), [([outcome(1), missed(2), missed(3)], True), ([missed(1), missed(2)], False)])
def test_a_goal_without_a_number_is_to_be_found_at_all(outcomes, found):
    told = assess(scored(row(replace(BUG, goal=Goal(None, "with the no-op")), outcomes)))
    (told,) = [each for each in told if each.measured.startswith("toy-forgets")]
    assert told.measured == f"toy-forgets, found at all with the no-op: by {int(found)} of {len(outcomes)} seeds"
    assert (told.target, told.reached) == ("at least one", found)


def test_what_a_museum_is_to_have_is_asked_of_those_alone_who_say_so(whole):
    assert assess(whole)[0].target == "all, of 40 and more in the museum"
    assert assess(replace(whole, wanted=None))[0].target == "all"


def test_lengths_are_held_against_the_exact_shortest_and_against_the_shortest_known():
    rows = [
        row(BUG, [outcome(1, actions=6)]),
        row(replace(BUG, id="toy-shorter"), [outcome(1, actions=1)]),
        row(replace(BUG, id="toy-on-file"), [outcome(1, actions=3)], on_file(2)),
    ]
    exact, worst, known, worst_known = [each for each in assess(scored(*rows)) if "times the" in each.measured]
    assert exact.measured.startswith("minimised to 1.50 times the exact shortest on average, over the 2 exhibits for which")
    assert exact.measured.endswith("; shorter than that, and counted as 1: toy-shorter")
    assert (worst.measured, worst.missing) == ("worst of all seeds: 2.00 times the exact shortest", ("toy-forgets",))
    assert known.measured.startswith("minimised to 1.50 times the shortest known on average, over the 3 exhibits with")
    assert (worst_known.measured, worst_known.reached) == ("worst of all seeds: 2.00 times the shortest known", False)


def test_an_error_is_shown_and_nothing_is_called_found():
    told = "importing 'x' raised KeyError; mend that module first"
    result = scored(row(BUG, [Outcome(Trial(BUG.id, 1, 60.0), "error", message=told)]))
    assert result.errors == [f"toy-forgets: {told}"]
    assert f"ERROR: toy-forgets: {told}" in board(result, 200)
    assert "0/1" in board(result, 200)
