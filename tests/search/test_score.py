"""The score: what it hunts and in which order, what must not be found, and how it ends."""

import json
import multiprocessing
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from shell import run
from toy_museum import BUG, EXHIBITS
from trials import on_file

from splitbrain.errors import SplitbrainError
from splitbrain.report.objects.score import figures
from splitbrain.search.score import planned, score

MUSEUM = "toy_museum:EXHIBITS"
ASKED = {
    *("id", "control", "seeds", "found", "runs", "steps", "seconds", "strategy", "invariant"),
    *("actions_found", "actions", "shortest", "ratio", "minimise_seconds", "replays"),
}


# A whole score


@pytest.mark.slow
def test_a_bug_is_found_blind_and_minimised_and_a_control_and_the_unbroken_protocol_are_clean(capsys):
    code, out, err = run(capsys, "score", "--bugs", MUSEUM, "--seconds", 2, "--seeds", 2, "--workers", 2, "--json")
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
    assert control["seconds"] >= 2
    (unbroken,) = report["unbroken"]
    assert (unbroken["scenario"], unbroken["outcome"]) == ("toy_museum:REGISTER", "clean")
    assert unbroken["steps"] > 0
    assert (report["workers"], report["seeds"], report["interrupted"]) == (2, 2, False)


@pytest.mark.slow
def test_equal_seeds_give_equal_rows_however_many_workers_there_are():
    def rows(workers):
        scored = score([BUG], seconds=600, seeds=3, workers=workers, museum=MUSEUM)
        return [{name: value for name, value in figures(each).items() if "seconds" not in name} for each in scored.exhibits]

    assert rows(1) == rows(2)


@pytest.mark.slow
def test_a_violation_where_there_can_be_none_is_an_alarm(capsys):
    arguments = ("score", "--bugs", "toy_museum:ALARMS", "--seconds", 600, "--seeds", 1)
    code, out, _ = run(capsys, *arguments)
    assert code == 1
    assert "control no-control          ALARM: OneValue, in 1 of 1 seed" in out
    assert "unbroken toy_museum:BROKEN  ALARM: OneValue" in out
    assert "NO  controls and unbroken protocols: an alarm (target: no alarm); missed by no-control, toy_museum:BROKEN" in out
    code, out, _ = run(capsys, *arguments, "--json")
    assert (code, json.loads(out)["outcome"]) == (1, "alarm")


def test_ctrl_c_ends_a_score_with_what_there_is_and_leaves_no_process_behind():
    before = multiprocessing.active_children()

    def interrupt(so_far):
        if so_far.found:
            raise KeyboardInterrupt

    result = score(EXHIBITS, seconds=600, seeds=1, uniform_seeds=0, workers=2, museum=MUSEUM, progress=interrupt)
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
        score(EXHIBITS, seconds=600, seeds=1, uniform_seeds=0, workers=1, museum=MUSEUM, progress=fail)
    for process in multiprocessing.active_children():
        process.join(10)
    assert multiprocessing.active_children() == before


def test_ctrl_c_is_answered_at_once_and_without_a_traceback(tmp_path):
    command = [sys.executable, "-m", "splitbrain.command.cli", "score", "--bugs", MUSEUM, "--seconds", "600", "--workers", "2"]
    root, tests = Path(__file__).parents[2], Path(__file__).parents[1]
    path = os.pathsep.join([str(root), str(tests), os.environ.get("PYTHONPATH", "")])
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path, env=os.environ | {"PYTHONPATH": path}
    )
    assert process.stderr is not None
    assert "of 8 hunts" in process.stderr.readline()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=300)
    assert process.returncode == 130
    assert "interrupted after" in out
    assert "Traceback" not in err + out


# The plan


def test_every_trial_is_planned_once_and_those_that_take_all_of_their_time_are_not_the_last():
    trials = planned(EXHIBITS, 9.0, 20, 2, MUSEUM, ["toy_museum:REGISTER"])
    assert len(set(trials)) == len(trials) == 20 + 1 + 2 + 1
    assert {trial.seconds for trial in trials} == {9.0}
    assert all(trial.subject == BUG.id and trial.strategy is None for trial in trials[-4:])
    seeds = [trial.seed for trial in trials if trial.subject == BUG.id and trial.strategy is None]
    assert seeds == sorted(seeds)


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
    scored = score([BUG], seconds=600, seeds=1, uniform_seeds=0, workers=1, museum=name)
    assert (scored.exhibits[0].length.shortest, scored.exhibits[0].length.exact) == (2, False)
    path.write_text("nothing of the kind")
    with pytest.raises(SplitbrainError, match=re.escape(path.name)):
        score([BUG], seconds=600, seeds=1, uniform_seeds=0, workers=1, museum=name)
