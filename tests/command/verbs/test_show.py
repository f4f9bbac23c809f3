"""The command `show`: how far it gets."""

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
