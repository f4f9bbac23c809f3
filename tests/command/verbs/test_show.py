"""The command `show`: how far it gets."""

import json
from pathlib import Path

from shell import run


def test_a_schedule_that_no_longer_fits_is_shown_up_to_where_it_stops(capsys, tmp_path):
    path = tmp_path / "other.schedule.jsonl"
    path.write_text(
        '{"format":"splitbrain-schedule","version":1,"scenario":"raft","size":3}\n'
        '{"do":"fire","node":"n1","timer":"election"}\n'
        '{"do":"restart","node":"n2"}\n'
    )
    code, out, err = run(capsys, "show", path)
    assert code == 3
    assert err == "DIVERGED AT 2: cannot restart n2: n2 runs; shown up to there\n"
    assert out.startswith("This schedule stopped at action 2: cannot restart n2: n2 runs")
    assert "fire n1 election" in out


MUSEUM = Path(__file__).parents[2] / "schedules" / "museum"


def test_what_the_clients_saw_is_shown_instead(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    code, out, _ = run(capsys, "show", MUSEUM / "figure-8.schedule.jsonl", "--history")
    assert code == 0
    assert out.startswith("raft with the bug figure-8: 2 operations, 2 of unknown outcome; LeaderCompleteness is broken")
    assert "┬ v1 (unknown)" in out


def test_a_history_as_json(capsys):
    code, out, _ = run(capsys, "show", MUSEUM / "figure-8.schedule.jsonl", "--history", "--json")
    told = json.loads(out)
    assert (code, told["unknown"], told["invariant"]) == (0, 2, "LeaderCompleteness")
    assert [each["command"] for each in told["operations"]] == ["v1", "v2"]


def test_a_screen_has_no_json(capsys):
    code, out, err = run(capsys, "show", MUSEUM / "figure-8.schedule.jsonl", "--json")
    assert (code, json.loads(out)["outcome"]) == (2, "error")
    assert "say --history for its operations" in err
