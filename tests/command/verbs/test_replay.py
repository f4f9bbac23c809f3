"""The command `replay`: how it ends where a schedule no longer fits, or somebody has edited it."""

import json
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
    assert "\n    skipped 2: deliver n3->n2 RequestVote" in out


def test_a_replay_that_diverged_says_how_to_go_on(capsys, stale):
    _, out, _ = run(capsys, "replay", stale, "--host", "direct")
    assert f"run the rest:  splitbrain replay {stale} --lenient --host direct\n" in out
    _, out, _ = run(capsys, "replay", stale, "--lenient")
    assert "run the rest" not in out


HEADER = (
    '{"format":"splitbrain-schedule","version":1,"scenario":"raft-kv","size":1,"invariant":"Linearizable",'
    '"fingerprint":"Linearizable(Requested, Replied)"}\n'
)
ASK = '{"do":"request","node":"n1","id":"s1.1","command":["put","x",1],"session":"s1"}\n'
AGAIN = '{"do":"resend","node":"n1","id":"s1.1"}\n'  # too late, where it was answered
FIRE = '{"do":"fire","node":"n1","timer":"election"}\n'
CRASH = '{"do":"crash","node":"n1"}\n'


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ((FIRE, ASK, AGAIN, CRASH), "Among these is evidence of how Linearizable was broken (action 3): without it this says"),
        ((FIRE, CRASH, CRASH), "evidence of how Linearizable was broken (action 3)"),  # the last one, whatever it is
        ((CRASH, CRASH, '{"do":"restart","node":"n1"}\n'), None),
        ((FIRE, ASK), None),
    ],
)
def test_a_lenient_replay_says_whether_evidence_of_the_old_violation_was_skipped(capsys, tmp_path, lines, said):
    path = tmp_path / "old.schedule.jsonl"
    path.write_text(HEADER + "".join(lines))
    code, out, _ = run(capsys, "replay", path, "--lenient")
    assert code == 0
    assert (said in out) if said else ("evidence" not in out)


def test_a_client_whose_part_no_longer_fits_is_named_and_json_has_what_was_skipped(capsys, tmp_path):
    path = tmp_path / "old.schedule.jsonl"
    path.write_text(HEADER + ASK + CRASH + ASK)
    code, out, _ = run(capsys, "replay", path)
    assert (code, "\nWhat a client asks for may well differ once nodes are mended." in out) == (3, True)
    _, out, _ = run(capsys, "replay", path, "--lenient", "--json")
    told = json.loads(out)
    assert (told["skipped"], told["skipped_at"], told["decisive"]) == (1, [3], [3])


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
