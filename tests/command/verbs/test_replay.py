"""The command `replay`: how it ends where a schedule no longer fits, or somebody has edited it."""

import os
import re

import pytest
from hand_edits import EDITS
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


@pytest.mark.parametrize(("content", "code", "said"), EDITS.values(), ids=EDITS)
def test_a_file_that_somebody_has_edited_has_a_clear_meaning_or_is_refused(capsys, tmp_path, content, code, said):
    path = tmp_path / "edited.schedule.jsonl"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    ended, out, err = run(capsys, "replay", path)
    beginning, _, rest = said.partition("...")
    if code == 2:
        where = re.escape(str(path)) + (", " if said.startswith("line ") else r"[ :]* ?")
        beginning = f"splitbrain: (?:{where})?{re.escape(beginning)}"
        text = err
    else:
        beginning, text = re.escape(beginning), out
    assert ended == code
    assert re.match(f"{beginning}.*{re.escape(rest)}", text, re.DOTALL), text
    assert len(err) < 1_000


@pytest.mark.parametrize("verb", ["replay", "show", "shrink"])
def test_what_cannot_be_read_is_told_with_its_name_and_what_to_do(capsys, tmp_path, verb):
    (tmp_path / "latin.schedule.jsonl").write_bytes(b'{"format": "caf\xe9"}\n')
    (tmp_path / "loop.schedule.jsonl").symlink_to("loop.schedule.jsonl")
    (tmp_path / "nowhere.schedule.jsonl").symlink_to("gone")
    for name, why in {
        "": "cannot be read: Is a directory; check the path",
        "none.schedule.jsonl": "cannot be read: No such file or directory; check the path",
        "none/of/this": "cannot be read: No such file or directory; check the path",
        "latin.schedule.jsonl/x": "cannot be read: Not a directory; check the path",
        "x" * 300: "cannot be read: File name too long; check the path",
        "loop.schedule.jsonl": "cannot be read: Too many levels of symbolic links; check the path",
        "nowhere.schedule.jsonl": "cannot be read: No such file or directory; check the path",
        "latin.schedule.jsonl": ", line 1: byte 0xe9 is not UTF-8, as a schedule must be; save the file as UTF-8",
    }.items():
        path = tmp_path / name
        gap = "" if why.startswith(",") else " "
        assert run(capsys, verb, path) == (2, "", f"splitbrain: {path}{gap}{why}\n")


@pytest.fixture
def powerless():
    """Whoever runs the tests is nobody for a while: root may read anything."""
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    if root:
        os.seteuid(65_534)
    yield
    if root:
        os.seteuid(0)


@pytest.mark.skipif(os.name != "posix", reason="permissions are POSIX'")
@pytest.mark.parametrize("verb", ["replay", "show", "shrink"])
def test_what_nobody_may_read_is_told_as_such(capsys, stale, verb, request):
    run(capsys, verb, stale)  # so that all is imported
    stale.chmod(0)
    request.getfixturevalue("powerless")
    assert run(capsys, verb, stale) == (2, "", f"splitbrain: {stale} cannot be read: Permission denied; check the path\n")
