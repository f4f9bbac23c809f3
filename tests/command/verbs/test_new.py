"""The command `new`, and that what it writes passes at once, and fails once it is broken."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from shell import run

from splitbrain.beginning.project import STYLES

ODD = {"sans-io": "my 1st (test)", "trio": "harness", "library": "test/"}
NOTICES = """
import json
from mynode import SCENARIO
from splitbrain.doctor.weakenings.weakened import weakened
found = weakened(SCENARIO, runs=300, seconds=None)
print(json.dumps([found.problems, [row.name for row in found.rows if row.noticed]]))
"""


def shell(folder, *arguments):
    """A command in a process of its own, as a user gives it: exit code, and all that it printed."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "HYPOTHESIS", "CI"))}
    done = subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=clean, capture_output=True, text=True, check=False, timeout=300
    )
    return done.returncode, done.stdout + done.stderr


def pytest_in(folder, *arguments):
    return shell(folder, "-m", "pytest", "-q", "--hypothesis-profile", "splitbrain-ci", *arguments)


def command(folder, *arguments):
    return shell(folder, "-m", "splitbrain.command.cli", *arguments)


def break_it(folder):
    node = folder / "mynode.py"
    text = node.read_text(encoding="utf-8")
    broken = re.sub(r"^( *)(.*# BREAK ME)", r"\1# \2", text, flags=re.MULTILINE)
    assert broken != text
    node.write_text(broken, encoding="utf-8")
    return text


@pytest.mark.slow
@pytest.mark.parametrize("style", STYLES)
def test_it_passes_at_once_and_fails_once_it_is_broken_as_it_says(style, tmp_path):
    assert command(tmp_path, "new", ODD[style], "--style", style)[0] == 0
    folder = tmp_path / ODD[style]
    code, out = pytest_in(folder)
    assert (code, "3 passed" in out) == (0, True), out
    assert "nothing was tested" not in out
    assert command(folder, "hunt", "mynode:SCENARIO", "--runs", "100", "--seed", "1")[0] == 0
    code, out = shell(folder, "-c", NOTICES)
    assert code == 0, out
    problems, noticed = json.loads(out)
    assert (problems, set(noticed)) == ([], {"sync", "disk", "voters"})

    whole = break_it(folder)
    code, out = pytest_in(folder)
    assert (code, "OneValue is broken" in out) == (1, True), out
    assert "Replay it:  splitbrain replay tests/schedules/" in out
    saved = sorted((folder / "tests" / "schedules").glob("*.schedule.jsonl"))
    assert saved
    code, out = command(folder, "replay", str(saved[0].relative_to(folder)))
    assert (code, "REPRODUCED" in out) == (1, True), out

    (folder / "mynode.py").write_text(whole, encoding="utf-8")
    code, out = pytest_in(folder)
    assert (code, f"{3 + len(saved)} passed" in out) == (0, True), out


@pytest.mark.slow
@pytest.mark.parametrize("name", ["1", "tests", "node.py", 'a\'b "c"', "--dashes", "kn\u00f6ten", "class", "one/two/three"])
def test_whatever_it_is_called_its_tests_and_its_scenario_are_found(name, tmp_path):
    assert command(tmp_path, "new", "--", name)[0] == 0
    folder = tmp_path / name
    code, out = pytest_in(folder, "--collect-only")
    assert (code, "3 tests collected" in out) == (0, True), out
    code, out = command(folder, "hunt", "mynode:SCENARIO", "--runs", "5", "--seed", "1", "--json")
    assert (code, json.loads(out.splitlines()[-1])["scenario"]) == (0, "mynode:SCENARIO"), out
    assert (tmp_path / "pyproject.toml").exists() is False


@pytest.mark.parametrize("style", STYLES)
def test_it_says_what_it_wrote_and_how_to_go_on(style, tmp_path, capsys):
    folder = tmp_path / "my node"
    code, out, err = run(capsys, "new", folder, "--style", style)
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0] == f"{folder}: {style}, {STYLES[style]}. Written:"
    for path in folder.rglob("*"):
        if path.is_file():
            assert any(line.split()[0] == path.relative_to(folder).as_posix() for line in lines[1:]), path
    told = lines[lines.index("Go on with") + 1 :]
    assert told[0].strip() == f"cd {shlex.quote(str(folder))}"
    assert [line.split("  ")[1] for line in told[1:]] == [
        "pytest",
        "splitbrain hunt mynode:SCENARIO",
        "splitbrain doctor mynode:SCENARIO",
    ]


def test_where_one_is_already_there_is_no_folder_to_go_to(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, out, _ = run(capsys, "new", ".")
    assert (code, "cd " in out) == (0, False)
    assert Path("mynode.py").is_file()


def test_a_folder_called_like_an_option_can_be_gone_to(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, out, _ = run(capsys, "new", "--", "-x")
    assert (code, Path("-x/mynode.py").is_file()) == (0, True)
    assert "cd ./-x" in out


def test_the_ordinary_style_is_sans_io(tmp_path, capsys):
    run(capsys, "new", tmp_path / "a")
    run(capsys, "new", tmp_path / "b", "--style", "sans-io")
    assert (tmp_path / "a" / "mynode.py").read_text().replace('name="a"', 'name="b"') == (tmp_path / "b" / "mynode.py").read_text()


def test_bad_input_is_told_and_changes_nothing(tmp_path, capsys):
    (tmp_path / "mine.txt").write_text("mine")
    code, out, err = run(capsys, "new", tmp_path)
    assert (code, out) == (2, "")
    assert err.startswith(f"splitbrain: {tmp_path} is not empty, and nothing there is to be overwritten; choose")
    code, _, err = run(capsys, "new", tmp_path / "it", "--style", "asyncio")
    assert code == 2
    assert "invalid choice: 'asyncio'" in err
    code, _, err = run(capsys, "new")
    assert (code, "DIR" in err) == (2, True)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
