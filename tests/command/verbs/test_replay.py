"""The command `replay`: how it ends where a schedule no longer fits."""

import pytest
from shell import run

STALE = """\
{"format":"splitbrain-schedule","version":1,"scenario":"raft","size":3}
{"do":"fire","node":"n1","timer":"election"}
{"do":"deliver","from":"n3","to":"n2","kind":"RequestVote","epoch":9}
"""


@pytest.fixture
def stale(tmp_path):
    path = tmp_path / "other.schedule.jsonl"
    path.write_text(STALE)
    return path


def test_a_schedule_that_no_longer_fits_diverges(capsys, stale):
    code, out, _ = run(capsys, "replay", stale)
    assert (code, out.split(":")[0]) == (3, "DIVERGED AT 2 (strict)")


def test_a_lenient_replay_skips_what_no_longer_fits_and_says_how_much(capsys, stale):
    code, out, _ = run(capsys, "replay", stale, "--lenient")
    assert code == 0
    assert "1 of 2 actions" in out
