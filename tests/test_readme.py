"""The README holds: its example runs, its commands and files exist, and its counterexample is what the code prints."""

import re
import shlex
import sys
from pathlib import Path

import pytest

from splitbrain.catalogue.museum import bugs, find_bug
from splitbrain.catalogue.scenarios import find_scenario
from splitbrain.command.cli import main
from splitbrain.command.exits import BAD_INPUT, DIVERGED, OK, VIOLATION
from splitbrain.testing.profiles import CI, DEV, NIGHTLY

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PROSE = " ".join(README.split())  # as it reads, wherever its lines end
BUG = 'yield Write("vote", self.vote)'


def block(language):
    """The one fenced block of this language."""
    (found,) = re.findall(rf"^```{language}\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
    return found


def section(title):
    return README.partition(f"\n## {title}")[2].partition("\n## ")[0]


def commands():
    """Every `splitbrain ...` that the README shows, cut off before what is no argument any more."""
    shown = re.findall(r"`(splitbrain [^`]+)`", README) + re.findall(r"\.venv/bin/(splitbrain .*)$", README, re.MULTILINE)
    return sorted({*shown, block("text").partition("\n")[0].removeprefix("$ ")})


@pytest.fixture
def node_of_ones_own(pytester, monkeypatch):
    """The README's example, saved as the README says; `pytester` is in that folder."""
    folder = pytester.mkdir("tests")
    (folder / "test_majority.py").write_text(block("python"), encoding="utf-8")
    monkeypatch.setenv("PYTEST_ADDOPTS", "-p no:cacheprovider")
    return folder / "test_majority.py"


def mend(file):
    text = file.read_text(encoding="utf-8")
    assert text.count(BUG) == 1
    file.write_text(re.sub(rf"^( *){re.escape(BUG)}.*$", r"\g<0>\n\1yield Sync()", text, flags=re.MULTILINE), encoding="utf-8")


def test_it_fits_on_three_screens_but_for_the_table_at_its_end():
    text, _, table = README.partition("\n## The score\n")
    assert text.count("\n") <= 172
    assert max(map(len, text.splitlines())) <= 113
    assert max(map(len, table.splitlines()), default=0) <= 132


def test_the_two_commands_are_those_that_ci_runs():
    install = "python3 -m venv .venv && .venv/bin/pip install -e '.[test]' && .venv/bin"
    assert f"    {install}/splitbrain hunt raft --bug figure-8\n    {install}/pytest\n" in README


def test_the_counterexample_is_what_the_code_prints(capsys, monkeypatch):
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("COLUMNS", "113")
    command, _, printed = block("text").partition("\n")
    assert main(shlex.split(command)[2:]) == 0
    assert capsys.readouterr().out == printed, "if the code is right: copy what `COLUMNS=113 splitbrain show` prints"


@pytest.mark.parametrize("command", commands())
def test_every_command_exists(command, capsys):
    name, *arguments = shlex.split(command)[1:]
    with pytest.raises(SystemExit, match="0"):
        main([name, "--help"])
    usage = capsys.readouterr().out
    assert all(each in usage for each in arguments if each.startswith("--"))
    if name == "hunt" and ":" not in arguments[0]:
        find_scenario(arguments[0])


@pytest.mark.parametrize("bug", sorted(set(re.findall(r"--bug ([\w-]+)", README))))
def test_every_bug_that_is_named_is_in_the_museum(bug):
    assert find_bug(bug).id == bug


def test_the_museum_is_counted_rightly():
    exhibits = bugs().values()
    controls = sum(each.control for each in exhibits)
    words = {2: "two", 3: "three", 4: "four", 5: "five"}
    assert f"a museum of {len(exhibits)} mistakes" in PROSE
    assert f"({words[controls]} are controls" in PROSE


def test_the_map_of_the_code_names_files_that_exist():
    rows = [line[4:].split("  ")[0].split() for line in section("The code").splitlines() if line.startswith("    ")]
    assert len(rows) >= 10
    for first, *others in rows:
        assert (ROOT / first).exists(), first
        for other in others:
            near = (ROOT / first).parent
            assert (near / other).exists() or (ROOT / other).exists(), f"{other}, in the row of {first}"


def test_every_other_file_and_module_that_is_named_exists():
    for name in sorted(set(re.findall(r"\b((?:harness|ci|protocols|invariants)/[\w/]*\w(?:\.py)?)\b", README))):
        assert (ROOT / name).exists(), name


def test_every_exit_code_and_profile_is_the_code_s():
    assert f"{OK} clean or fixed, {VIOLATION} violation, {BAD_INPUT} bad usage, input or node (" in PROSE
    assert f"), {DIVERGED} diverged or vacuous." in PROSE
    assert all(f"`{profile}`" in README for profile in (DEV, CI, NIGHTLY))


@pytest.mark.slow
def test_the_example_keeps_the_contract_and_both_searches_find_its_bug(node_of_ones_own, pytester):
    result = pytester.runpytest_subprocess()
    result.assert_outcomes(passed=1, failed=2)
    result.stdout.fnmatch_lines(["Agreement is broken:*"])
    assert list(pytester.path.glob("tests/schedules/*.schedule.jsonl"))


@pytest.mark.slow
def test_the_example_is_hunted_without_pytest_and_its_file_guards_the_fix(node_of_ones_own, pytester):
    splitbrain = (sys.executable, "-m", "splitbrain.command.cli")  # the command itself may not be on PATH
    hunt = (*splitbrain, "hunt", "tests.test_majority:MAJORITY", "--seed", "1")
    assert pytester.run(*hunt, "--runs", "5000").ret == 1
    (file,) = pytester.path.glob("splitbrain-out/*.schedule.jsonl")
    pytester.runpytest_subprocess(file).assert_outcomes(failed=1)
    mend(node_of_ones_own)
    assert pytester.run(*splitbrain, "replay", file).ret == 0
    pytester.runpytest_subprocess(file).assert_outcomes(passed=1)
    assert pytester.run(*hunt, "--runs", "100").ret == 0
