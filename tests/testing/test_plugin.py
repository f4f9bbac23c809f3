import html
import re
import subprocess
import sys

import hypothesis  # noqa: F401 - its own plugin needs it: without this, every run within a run would import it anew
import pytest
from projects import TOYS

from splitbrain.actions import Crash, Deliver, Fire, Request, Restart
from splitbrain.schedule.file import SavedSchedule, save
from splitbrain.schedule.header import Header

FORGET = (Request("n1", "r1", "v1"), Crash("n1"), Restart("n1"), Request("n1", "r2", "v2"))


def schedule(project, name="a", actions=FORGET, folder="tests/schedules", scenario="ducks:FORGETFUL", **fields):
    path = project.path / folder / f"{name}.schedule.jsonl"
    header = Header(**({"scenario": scenario, "size": 2, "invariant": "OneValue"} | fields))
    save(path, SavedSchedule(header, tuple(actions)))
    return path


def test_the_plugin_imports_nothing_heavy_at_start_up():
    heavy = "hypothesis", "networkx", "trio", "msgspec", "rich", "protocols", "invariants"
    code = f"import sys, pytest; import splitbrain.testing.plugin; print([name for name in {heavy!r} if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"


def test_the_plugin_is_loaded_by_its_entry_point(project):
    project.runpytest("--help").stdout.fnmatch_lines(["*--schedules-dir=DIR*"])


def test_a_fixed_schedule_passes_and_has_a_stable_node_id(project):
    schedule(project, scenario="ducks:REGISTER")
    result = project.runpytest("-v")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["tests/schedules/a.schedule.jsonl::replay PASSED*"])
    project.runpytest("tests/schedules/a.schedule.jsonl::replay").assert_outcomes(passed=1)
    project.runpytest("-k", "a.schedule").assert_outcomes(passed=1)


def test_a_fixed_schedule_is_replayed_leniently(project):
    schedule(project, actions=(FORGET[0], Fire("n2", "remind"), *FORGET[1:]), scenario="ducks:REGISTER")
    project.runpytest().assert_outcomes(passed=1)


def test_a_bug_that_is_back_fails_in_the_users_terms_and_says_how_to_replay_it(project):
    schedule(project)
    result = project.runpytest()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "REPRODUCED: OneValue breaks after 4 actions: n1 decided 'v1', then 'v2'",
            "OneValue is broken: *A node that has decided a value never decides another one.",
            "*step 1 * n1 * v1*",
            "*step 4 * n1 * v2*",
            "*1*n1*r1*v1*",
            "*2*n1*",
            "*3*n1*",
            "*4*n1*r2*v2*",
            "How: 1 a client asks n1: *",
            "Nothing breaks without step 2 (crash n1)*",
            "Replay it:  splitbrain replay tests/schedules/a.schedule.jsonl",
            "FAILED tests/schedules/a.schedule.jsonl::replay - REPRODUCED: OneValue breaks*",
        ]
    )
    result.stdout.no_fnmatch_line("*harness*plugin.py*")
    result.stdout.no_fnmatch_line("*Traceback*")


def test_a_failure_that_needed_skipping_says_that_replaying_it_does(project):
    schedule(project, actions=(FORGET[0], Fire("n2", "remind"), *FORGET[1:]))
    project.runpytest().stdout.fnmatch_lines(["*--lenient*"])


def test_another_violation_than_the_saved_one_fails_too(project):
    schedule(project, invariant="Agreement")
    result = project.runpytest()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["CHANGED: OneValue(Decided, Decided) breaks after 4 actions, where Agreement did: *"])


def test_a_schedule_of_which_nothing_of_substance_is_left_is_stale(project):
    gone = [Deliver("n1", "n2", "Renamed", None, number) for number in range(1, 10)]
    schedule(project, actions=(FORGET[0], *gone), scenario="ducks:REGISTER")
    result = project.runpytest()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["STALE: only 1 of the 10 deliveries, timers and requests of this schedule can still happen, so that *"]
    )


def test_an_expected_violation_passes_when_it_reproduces(project):
    schedule(project, expect="violation")
    project.runpytest().assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("fields", "line"),
    [
        ({"scenario": "ducks:REGISTER"}, 'FIXED: the schedule ran to its end*"expect": "violation"*if the bug is mended*"fixed"*'),
        ({"invariant": "Agreement"}, "CHANGED: *"),
        (
            {"actions": (FORGET[0], Fire("n2", "remind"))},
            "DIVERGED AT 2: action 2 of 2: cannot fire n2 remind: that timer is not armed*",
        ),
    ],
)
def test_an_expected_violation_that_does_not_reproduce_strictly_fails(project, fields, line):
    schedule(project, expect="violation", **fields)
    result = project.runpytest()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([line])


def test_an_exhibit_of_the_museum_is_replayed_by_its_id(project):
    fields = {"scenario": "raft", "bug": "vote-quorum-too-small", "size": 3, "invariant": "LeadsByVotes"}
    schedule(project, actions=(Fire("n1", "election"),), expect="violation", **fields)
    project.runpytest().assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("", "*bad.schedule.jsonl is empty, but a schedule begins with a header line*"),
        ("{", "*bad.schedule.jsonl, line 1: the file ends in the middle of this line*"),
        ('{"format": "splitbrain-schedule", "version": 9}\n', "*line 1: the file is version 9 of the format*"),
        (
            '{"format": "splitbrain-schedule", "version": 1, "scenario": "swans:S", "size": 2}\n',
            "*there is no module 'swans', neither installed nor in*",
        ),
    ],
)
def test_a_broken_file_is_an_error_with_a_clear_message_and_no_traceback(project, content, line):
    schedule(project, scenario="ducks:REGISTER")
    project.path.joinpath("tests/schedules/bad.schedule.jsonl").write_text(content)
    result = project.runpytest()
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines([line])
    result.stdout.no_fnmatch_line("*INTERNALERROR*")
    result.stdout.no_fnmatch_line("*Traceback*")


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["prepend", "append", "importlib"])
def test_a_scenario_of_a_test_module_is_found_in_every_import_mode(project, mode):
    project.path.joinpath("tests/test_ducks.py").write_text(TOYS + "\n\ndef test_that_it_is_collected(): pass\n")
    name = "tests.test_ducks" if mode == "importlib" else "test_ducks"
    schedule(project, scenario=f"{name}:REGISTER")
    project.runpytest_subprocess(f"--import-mode={mode}").assert_outcomes(passed=2)
    project.runpytest_subprocess(f"--import-mode={mode}", "tests/schedules").assert_outcomes(passed=1)


@pytest.mark.slow
def test_a_scenario_is_found_through_the_ini_option_pythonpath(project):
    project.mkdir("src").joinpath("geese.py").write_text(TOYS)
    project.makeini("[pytest]\npythonpath = src\n")
    schedule(project, scenario="geese:REGISTER")
    project.runpytest_subprocess().assert_outcomes(passed=1)


@pytest.mark.slow
def test_a_scenario_is_found_from_another_folder_than_the_root(project):
    schedule(project, scenario="tests.ducks:REGISTER")
    elsewhere = project.mkdir("elsewhere")
    command = [sys.executable, "-m", "pytest", "-q", "../tests/schedules"]
    result = subprocess.run(command, cwd=elsewhere, capture_output=True, text=True, check=False)
    assert "1 passed" in result.stdout, result.stdout


def test_replaying_leaves_the_path_as_it_was(project):
    schedule(project, scenario="ducks:REGISTER")
    before = list(sys.path)
    project.runpytest()
    assert sys.path == before


def test_the_schedules_dir_is_collected_besides_the_test_paths(project):
    schedule(project, name="a", scenario="ducks:REGISTER")
    schedule(project, name="b", scenario="ducks:REGISTER", folder="found")
    project.path.joinpath("found/ducks.py").write_text(TOYS)
    project.runpytest("--schedules-dir=found").assert_outcomes(passed=2)
    project.runpytest("--schedules-dir=tests/schedules").assert_outcomes(passed=1)
    project.runpytest("--schedules-dir=found", "found").assert_outcomes(passed=1)
    project.runpytest("--schedules-dir=not/there/yet").assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("ini", "arguments", "expected"),
    [
        ("[pytest]\n", [], "tests/schedules"),
        ("[pytest]\ntestpaths = checks more\n", [], "checks/schedules"),
        ("[pytest]\n", ["--schedules-dir", "found/here"], "found/here"),
    ],
)
def test_other_modules_ask_the_plugin_where_schedules_are_saved(pytester, ini, arguments, expected):
    pytester.makeini(ini)
    pytester.makepyfile(
        f"""
        from splitbrain.testing.plugin import schedules_dir
        def test_it(pytestconfig):
            assert schedules_dir(pytestconfig) == pytestconfig.rootpath / {expected!r}
        """
    )
    pytester.runpytest(*arguments, "test_other_modules_ask_the_plugin_where_schedules_are_saved.py").assert_outcomes(passed=1)


@pytest.mark.slow
def test_schedules_are_replayed_under_xdist_with_the_same_ids_and_reports(project):
    for number in range(4):
        schedule(project, name=f"good{number}", scenario="ducks:REGISTER")
    schedule(project, name="back")
    schedule(project, name="found", folder="found", scenario="ducks:REGISTER")
    project.path.joinpath("found/ducks.py").write_text(TOYS)
    project.path.joinpath("tests/schedules/bad.schedule.jsonl").write_text("")
    result = project.runpytest_subprocess("-n2", "--schedules-dir=found")
    result.assert_outcomes(passed=5, failed=1, errors=1)
    result.stdout.fnmatch_lines(
        ["REPRODUCED: OneValue breaks after 4 actions: *", "Replay it:  splitbrain replay tests/schedules/back*"]
    )
    result.stdout.fnmatch_lines(["*bad.schedule.jsonl is empty*"])


def test_an_exception_that_carries_a_report_is_printed_as_that_and_nothing_else(pytester):
    pytester.makepyfile(
        test_it="""
        import unittest
        class Found(Exception):
            splitbrain_report = "OneValue is broken\\n  1. crash n1"
        def test_plain(): raise Found("hidden")
        def test_group(): raise ExceptionGroup("hidden", [Found(), Found()])
        class TestCase(unittest.TestCase):
            def runTest(self): raise Found("hidden")
        """
    )
    result = pytester.runpytest()
    result.assert_outcomes(failed=3)
    result.stdout.fnmatch_lines(["OneValue is broken", "  1. crash n1", "FAILED *::test_plain - OneValue is broken"])
    result.stdout.no_fnmatch_line("*hidden*")


def test_an_exception_beside_one_with_a_report_is_not_hidden(pytester):
    pytester.makepyfile(
        """
        class Found(Exception):
            splitbrain_report = "OneValue is broken"
        def test_group(): raise ExceptionGroup("two", [Found(), ValueError("another")])
        """
    )
    pytester.runpytest().stdout.fnmatch_lines(["*ValueError: another*"])


def test_other_failures_keep_their_traceback(pytester):
    pytester.makepyfile("def test_it(): assert 1 + 1 == 3")
    pytester.runpytest().stdout.fnmatch_lines(["*assert (1 + 1) == 3"])


def test_a_replay_that_fails_is_told_in_the_junit_report_too(project):
    schedule(project)
    project.runpytest("--junit-xml=report.xml")
    report = project.path.joinpath("report.xml").read_text()
    assert 'failure message="REPRODUCED: OneValue breaks after 4 actions' in report
    assert "Replay it:" in report


STORIES = """
import pytest
from ducks import FORGETFUL
from splitbrain import simulate

@pytest.fixture
def clumsy():
    yield
    raise RuntimeError("of the finaliser")

@simulate(FORGETFUL, seed=1)
def test_story(world):
    world.storm(300)

@simulate(FORGETFUL, seed=1)
def test_clumsy(world, clumsy):
    world.storm(300)

@simulate(FORGETFUL, seed=1)
def test_pressed(world):
    try:
        world.storm(300)
    finally:
        if world.violation:
            raise KeyboardInterrupt
"""


COLORS = "NO_COLOR", "FORCE_COLOR", "PY_COLORS"
XDIST = pytest.mark.parametrize("xdist", [(), pytest.param(("-n1",), marks=pytest.mark.slow)], ids=["alone", "xdist"])
RED = "\x1b[1;31mOneValue is broken"


@pytest.fixture
def plain(monkeypatch):
    """Nobody says anything of colours, or of the terminal's width."""
    for name in (*COLORS, "COLUMNS"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def stories(project, plain):
    """A project with tests that find a violation; one is run by ``stories(test, *options)``."""
    project.path.joinpath("tests", "test_stories.py").write_text(STORIES)

    def run(test, *options):
        runner = project.runpytest_subprocess if "-n1" in options or test == "test_pressed" else project.runpytest_inprocess
        return runner("-p", "no:cacheprovider", *options, f"tests/test_stories.py::{test}")

    return run


def test_a_finaliser_that_raises_is_an_error_beside_the_find(stories):
    result = stories("test_clumsy")
    result.assert_outcomes(failed=1, errors=1)
    result.stdout.fnmatch_lines(["*RuntimeError: of the finaliser", "OneValue is broken*", "Replay it:*"])


def test_control_c_ends_pytest_as_it_does_and_names_the_file(stories, project):
    result = stories("test_pressed")
    assert result.ret == pytest.ExitCode.INTERRUPTED
    (file,) = project.path.glob("tests/schedules/*")
    said = "KeyboardInterrupt: OneValue is broken; a schedule that shows it is saved as tests/schedules/"
    result.stdout.fnmatch_lines([f"*{said}{file.name}*", "*no tests ran in*"])


@XDIST
def test_one_line_says_what_broke_and_how_to_replay_it(stories, xdist):
    result = stories("test_story", "--tb=line", *xdist)
    (line,) = [line for line in result.outlines if "OneValue" in line and not line.startswith("FAILED")]
    said = r"test_stories\.py:11: OneValue is broken: n\d decided 'v.*', then 'v.*' \(splitbrain replay tests/schedules/.*\)$"
    assert re.search(said, line)
    result.stdout.no_fnmatch_line("*namespace(*")


@pytest.mark.parametrize("style", ["short", "long", "native", "auto"])
def test_other_styles_of_traceback_show_the_counterexample_as_it_is(stories, style):
    result = stories("test_story", f"--tb={style}", "-q", "-rf")
    summary = "FAILED tests/test_stories.py::test_story - OneValue*"
    result.stdout.fnmatch_lines(["OneValue is broken: *", "Replay it:*", summary])
    result.stdout.no_fnmatch_line("*Traceback*")


def test_without_tracebacks_the_summary_says_what_broke(stories, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    result = stories("test_story", "--tb=no", "-rf")
    result.stdout.fnmatch_lines(["FAILED tests/test_stories.py::test_story - OneValue is broken: n? decided 'v*', then 'v*' (*"])
    result.stdout.no_fnmatch_line("Replay it:*")


@XDIST
def test_the_junit_report_has_the_line_and_the_text(stories, project, xdist):
    stories("test_story", "--junit-xml=report.xml", *xdist)
    report = html.unescape(project.path.joinpath("report.xml").read_text())
    assert re.search(r'failure message="OneValue is broken: n\d decided .*, then .* \(splitbrain replay ', report)
    assert "Replay it:" in report


@pytest.mark.parametrize(
    ("variables", "options", "colors"),
    [
        ({}, (), False),
        ({}, ("--color=yes",), True),
        ({"FORCE_COLOR": "1"}, (), True),
        ({"FORCE_COLOR": "1"}, ("--color=no",), False),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, (), False),
        ({"PY_COLORS": "1"}, (), True),
    ],
    ids=str,
)
def test_colours_are_those_of_pytest(project, plain, monkeypatch, variables, options, colors):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    schedule(project)
    shown = project.runpytest("-p", "no:cacheprovider", *options).stdout.str()
    assert "REPRODUCED: " in shown
    assert (RED in shown) is colors


def test_a_test_s_own_counterexample_has_colours_too(stories):
    assert RED in stories("test_story", "--color=yes").stdout.str()


@XDIST
def test_reports_are_as_wide_as_the_terminal(stories, project, monkeypatch, xdist):
    def head(result):
        (line,) = [line for line in result.outlines if line.startswith(" step")]
        return line

    monkeypatch.setenv("COLUMNS", "60")
    assert head(stories("test_story", *xdist)).endswith("n1 n2 what changed")
    monkeypatch.setenv("COLUMNS", "130")
    (file,) = project.path.glob("tests/schedules/*")
    runner = project.runpytest_subprocess if xdist else project.runpytest
    assert re.search(r" n1 {38}n2$", head(runner("-p", "no:cacheprovider", *xdist, str(file))))


def test_nothing_is_collected_or_asked_of_a_project_without_schedules(pytester):
    pytester.makepyfile("def test_it(): pass")
    pytester.path.joinpath("other.jsonl").write_text("{}")
    pytester.runpytest("-p", "no:cacheprovider").assert_outcomes(passed=1)
    assert not pytester.path.joinpath("tests").exists()


def test_a_file_that_was_never_confirmed_does_not_pass_though_it_no_longer_reproduces(project):
    schedule(project, scenario="ducks:REGISTER", unconfirmed="NONDETERMINISTIC: it ran twice")
    result = project.runpytest()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["NONDETERMINISTIC: the schedule ran to its end, and no invariant broke; here that proves nothing*"]
    )
