"""The README and ci/docs hold: examples run, commands, files and names exist, and the counterexample is what the code prints."""

import json
import re
import shlex
import sys
import tomllib
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from types import ModuleType

import msgspec
import pytest
from floor_plan import FLOORS, NAMES, floor
from hypothesis import settings

import splitbrain
from splitbrain import observations
from splitbrain.actions import KINDS
from splitbrain.catalogue.museum import bugs, find_bug
from splitbrain.catalogue.scenarios import find_scenario
from splitbrain.command.cli import main
from splitbrain.command.exits import BAD_INPUT, DIVERGED, INTERRUPTED, OK, VIOLATION
from splitbrain.events import Observed
from splitbrain.linearizability.models import MODELS
from splitbrain.schedule.file import decode
from splitbrain.schedule.header import Header
from splitbrain.testing.profiles import CI, DEV, NIGHTLY
from splitbrain_invariants import TermsNeverGoBack

ROOT = Path(__file__).resolve().parents[1]
DOCS = {path: path.read_text(encoding="utf-8") for path in (ROOT / "README.md", *sorted((ROOT / "ci" / "docs").glob("*.md")))}
README = DOCS[ROOT / "README.md"]
PROSE = " ".join(README.split())  # as it reads, wherever its lines end
BUG = 'yield Write("vote", self.vote)'


def doc(name):
    return DOCS[ROOT / "ci" / "docs" / f"{name}.md"]


def block(language, text=README):
    """The first fenced block of this language."""
    found, *_ = re.findall(rf"^```{language}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    return found


def section(title, text=README):
    return text.partition(f"\n## {title}")[2].partition("\n## ")[0]


def spans(text):
    """What stands between backticks, but for fenced blocks."""
    text = re.sub(r"^```.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE)
    return [" ".join(span.split()) for span in re.findall(r"`([^`]+)`", text)]


def commands():
    """Every `splitbrain ...` that is shown, cut off before what is no argument any more."""
    shown = {span for text in DOCS.values() for span in spans(text) if span.startswith("splitbrain ")}
    for text in DOCS.values():
        shown |= set(re.findall(r"^ {4}(?:.*\.venv/bin/)?(splitbrain .*)$", text, re.MULTILINE))
    return sorted({*shown, block("text").partition("\n")[0].removeprefix("$ ")})


def scripts():
    """Every `python ci/...` that is shown."""
    return sorted({shown.strip() for text in DOCS.values() for shown in re.findall(r"(?:`| {4})(python ci/[^`\n]+)", text)})


@cache
def ours():
    """Every name that a module of ours has."""
    return {name for module in NAMES if "hosted" not in module for name in dir(import_module(module))}  # those need a library


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


def test_it_fits_on_three_screens():
    assert README.count("\n") <= 200
    assert max(map(len, README.splitlines())) <= 113


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
    if name == "hunt" and ":" not in arguments[0] and (arguments[0] != "pysyncobj" or find_spec("pysyncobj")):
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


@pytest.mark.parametrize("command", scripts())
def test_every_script_exists_and_has_the_options_that_are_shown(command):
    _, script, *arguments = shlex.split(command)
    text = (ROOT / script).read_text(encoding="utf-8")
    assert all(f'"{each}"' in text for each in arguments if each.startswith("--"))


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.name)
def test_every_file_that_is_named_exists(path):
    text = DOCS[path]
    for name in re.findall(r"\]\(([^)#]+)\)", text):
        assert (path.parent / name).exists(), name
    for name in sorted(set(re.findall(r"(?<![\w/-])((?:harness|ci|protocols|invariants|tests)/[\w/.-]*\w)", text))):
        assert name == "tests/test_majority.py" or (ROOT / name).exists(), name


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.name)
def test_every_python_name_exists(path):
    for span in spans(DOCS[path]):
        dotted = re.match(r"(splitbrain\w*)((?:\.\w+)+)$", span)
        called = re.match(r"([A-Z][a-z]\w+)(\(|$)", span)
        if dotted and span not in ("splitbrain.scenarios", "splitbrain.bugs", "splitbrain.models"):  # groups of entry points
            module = span if span in NAMES else span.rpartition(".")[0]
            assert module == span or hasattr(import_module(module), span.rpartition(".")[2]), span
        elif called and called[1] != "Hunt":  # 0.2's
            assert called[1] in ours(), span


def test_the_invariant_that_is_shown_judges_as_it_says():
    *_, example = re.findall(r"^```python\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
    space = {"Invariant": splitbrain.Invariant, "Decided": observations.Decided}
    exec(compile(example, "README.md", "exec"), space)  # noqa: S102 - our own text
    fold = space["OneDecision"]().observe
    decided = [Observed(step, f"n{step}", observations.Decided(value)) for step, value in enumerate("aab", 1)]
    assert [fold(event) for event in decided[:2]] == [None, None]
    assert fold(decided[2]).summary == "n1 and n3 differ"
    assert len(example.splitlines()) <= 10


def test_the_trio_code_that_is_shown_keeps_its_term_and_without_its_sync_does_not():
    _, example, _ = re.findall(r"^```python\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
    sync = "await env.sync()"
    assert sync in example
    outcomes = []
    for text in (example, example.replace(sync, "pass")):
        space = {"EnteredTerm": observations.EnteredTerm}
        exec(compile(text, "README.md", "exec"), space)  # noqa: S102 - our own text
        scenario = splitbrain.Scenario(name="standing", factory=space["Standing"], invariants=(TermsNeverGoBack,))
        outcomes.append(splitbrain.hunt(scenario, seed=1, steps=20_000).outcome)
    assert outcomes == ["clean", "violation"]


def test_every_public_name_of_the_example_is_one():
    (names,) = re.findall(r"^from splitbrain import (.*)$", block("python"), re.MULTILINE)
    assert set(names.split(", ")) <= set(splitbrain.__all__)


def test_the_folders_stand_in_the_order_of_the_floor_plan():
    rows = [
        line[4:].split("   ")[0].split()
        for line in section("The floor plan", doc("contributing")).splitlines()
        if line.startswith("    ")
    ]
    rooms = {room: floor(room)[0] for level in FLOORS for room in level if room.startswith("splitbrain.")}
    heights = []
    for row in rows[:-1]:
        names = [f"splitbrain.{name.strip('/')}" for name in row]
        heights.append([height for room, height in rooms.items() for name in names if room == name or room.startswith(f"{name}.")])
        assert heights[-1], row
    for upper, lower in pairwise(heights):
        assert min(upper) > max(lower)
    folders = {path.parent.name for path in (ROOT / "harness" / "splitbrain").glob("*/__init__.py")}
    assert {name.strip("/") for row in rows[:-1] for name in row} == folders
    words = re.findall(
        r"\w+\.py", section("The floor plan", doc("contributing")).partition("    declared/")[2].partition("\n\n")[0]
    )
    assert words
    assert all((ROOT / "harness" / "splitbrain" / name).exists() for name in words)


def test_every_exit_code_and_profile_is_the_code_s():
    assert f"{OK} clean, fixed or linearizable, {VIOLATION} violation (a node that raises is one), " in PROSE
    assert f", {BAD_INPUT} bad usage or input, {DIVERGED} diverged, stale, vacuous, nondeterministic or inconclusive, " in PROSE
    assert f", {INTERRUPTED} interrupted." in PROSE
    assert all(f"`{profile}`" in doc("schedules") for profile in (DEV, CI, NIGHTLY))
    assert f"--hypothesis-profile {CI}" in README
    assert NIGHTLY in README


def test_the_figures_are_those_of_the_score():
    score, clients = doc("score").split("## What only clients see")
    found, seen = (re.findall(r"^\| ([\w-]+) \| (\d/\d) \|", each, re.MULTILINE) for each in (score, clients))
    assert {bug for bug, _ in (*found, *seen)} == {each.id for each in bugs().values() if not each.control}
    assert {seeds for _, seeds in found} == {"5/5"}
    assert {seeds for _, seeds in seen} <= {"4/5", "5/5"}
    median, least = re.search(r"median time: ([\d.]+) s", score)[1], re.search(r"minimised to ([\d.]+) times the exact", score)[1]
    assert f"All five seeds found each of {len(found)} bugs (median: {median} s)" in PROSE
    assert f"to {least} times the exact minimum" in PROSE


def test_the_changelog_begins_with_the_version_that_this_is():
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert section("Changelog").strip().startswith(f"{version}: ")


def test_the_schedule_file_that_is_shown_can_be_read_and_all_its_words_are_the_code_s():
    text = doc("schedules")
    saved = decode(block("text", text).encode())
    assert len(saved.actions) == 3
    fields = set(re.findall(r"`(\w+)`", text.partition("The header's fields:")[2].partition("The actions are")[0]))
    assert {field.name for field in msgspec.structs.fields(Header)} - {"format", "version"} <= fields
    words = re.search(r"by their `do`: `([^`]+)`", text)[1].split()
    assert sorted(words) == sorted(KINDS)


def test_the_history_that_is_shown_has_a_stale_read(tmp_path, capsys):
    (tmp_path / "h.jsonl").write_text(block("text", doc("linearizability")))
    assert main(["check", str(tmp_path / "h.jsonl"), "--model", "register"]) == VIOLATION
    assert "stale by 1 later write" in capsys.readouterr().out


def test_the_model_that_is_shown_judges_as_it_says(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("stacks_of_the_page.py").write_text(block("python", doc("linearizability")))
    push = {"client": 0, "op": "push", "stack": "s", "value": 7, "call": 0, "return": 1}
    pop = {"client": 1, "op": "pop", "stack": "s", "found": 7, "call": 2, "return": 3}
    for name, lines, code in (
        ("good", [push, pop, pop | {"found": None, "call": 4, "return": 5}], OK),
        ("bad", [push, pop | {"found": None}], VIOLATION),
        ("other", [push | {"stack": "t"}, pop], VIOLATION),
        ("open", [push, pop | {"return": None}, pop | {"client": 2}], OK),
        ("peek", [pop | {"op": "peek"}], BAD_INPUT),
    ):
        Path(name).write_text("\n".join(map(json.dumps, lines)))
        assert main(["check", name, "--model", "stacks_of_the_page:Stacks"]) == code, name
    sys.modules.pop("stacks_of_the_page")


def test_the_models_that_are_listed_are_those_that_are_shipped():
    table = doc("linearizability").partition("| name | what may be asked")[2].partition("\n\n")[0]
    assert re.findall(r"^\| `([\w-]+)`", table, re.MULTILINE) == list(MODELS)


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


DEDUPLICATES = "if request not in self.done:"


def executed(text, monkeypatch):
    """A module of this text, which a machine can be found in."""
    module = ModuleType("test_store")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    exec(compile(text, "clients.md", "exec"), vars(module))  # noqa: S102 - our own text
    return module


ONE_AT_A_TIME = "async with self.turn:  # break it:"


def test_the_async_node_is_right_in_all_that_its_page_does_with_it(monkeypatch):
    page = executed(block("python", doc("async-nodes")), monkeypatch)
    page.test_it_keeps_the_contract()
    page.test_it_elects_one_leader_a_term()
    hunted = splitbrain.hunt(page.ELECTS, seed=1, steps=20_000)
    assert (hunted.outcome, hunted.coverage["Led"] > 100) == ("clean", True)


def test_without_its_lock_the_async_node_is_found_to_vote_twice_as_its_page_says(monkeypatch):
    text = block("python", doc("async-nodes"))
    assert ONE_AT_A_TIME in text
    broken = executed(text.replace(ONE_AT_A_TIME, "if True:  #"), monkeypatch).ELECTS
    least = splitbrain.minimise(splitbrain.hunt(broken, seed=1, steps=20_000).found).smallest
    assert "".join(f"    {each}\n" for each in least.actions) in doc("async-nodes")
    assert f"*{least.violation.summary}*" in " ".join(doc("async-nodes").split())


def test_the_store_is_right_in_all_that_its_page_does_with_it(monkeypatch, pytester):
    store = executed(block("python", doc("clients")), monkeypatch)
    assert splitbrain.conformance(store.STORE).counts["replies"] > 0
    store.test_it_keeps_the_contract()
    store.test_a_session_that_gave_up_is_told_late()
    store.TestStore.settings = settings(max_examples=10)
    store.TestStore("runTest").runTest()
    hunted = splitbrain.hunt(store.STORE, seed=1, steps=20_000)
    assert (hunted.outcome, hunted.operations["answered"] > 100) == ("clean", True)


def test_without_its_sessions_table_it_is_found_to_count_twice_and_what_was_right_is_told(monkeypatch):
    text = block("python", doc("clients"))
    assert DEDUPLICATES in text
    hunted = splitbrain.hunt(executed(text.replace(DEDUPLICATES, "if True:"), monkeypatch).STORE, seed=1, steps=50_000)
    least = splitbrain.minimise(hunted.found).smallest
    assert "".join(f"    {each}\n" for each in least.actions) in doc("clients")
    assert f"*{least.violation.summary}*" in " ".join(doc("clients").split())


OWN_BUDGET = '    budgets={"witness": FaultBudget(crashes="none")},\n'


def test_the_pair_is_right_where_its_witness_has_a_budget_of_its_own_and_wrong_where_not(monkeypatch):
    page = doc("budgets")
    text, said = re.findall(r"^```python\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    pair = executed(text + said, monkeypatch)
    assert splitbrain.conformance(pair.PAIR).counts["crashes"] > 0
    assert splitbrain.hunt(pair.PAIR, seed=1, steps=20_000).outcome == "clean"
    assert [type(each.observation).__name__ for each in pair.said] == ["Recovering", "Ready"]
    assert OWN_BUDGET in text
    hunted = splitbrain.hunt(executed(text.replace(OWN_BUDGET, ""), monkeypatch).PAIR, seed=1, steps=20_000)
    least = splitbrain.minimise(hunted.found).smallest
    assert f"*{least.violation.summary}*" in " ".join(page.split())
