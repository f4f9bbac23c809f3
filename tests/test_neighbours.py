"""Import names that are good neighbours: a project with folders called harness, protocols and invariants keeps its own."""

import subprocess
import sys

import pytest

OWN = ("harness", "protocols", "invariants")


@pytest.fixture
def project(tmp_path):
    """Each of the folders is a package, and a test imports from all of them."""
    for name in OWN:
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("")
        (tmp_path / name / "mine.py").write_text(f"NAME = {name!r}\n")
    lines = [*(f"from {name}.mine import NAME as {name.upper()}" for name in OWN), "", ""]
    lines += ["def test_each_is_the_project_s_own():", f"    assert (HARNESS, PROTOCOLS, INVARIANTS) == {OWN!r}", ""]
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_mine.py").write_text("\n".join(lines))
    return tmp_path


def python(project, *arguments):
    done = subprocess.run([sys.executable, *arguments], cwd=project, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


@pytest.mark.slow
def test_its_tests_are_collected_with_the_plugin_loaded(project):
    code, out, err = python(project, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--co", "-q")
    assert (code, err) == (0, "")
    code, out, _ = python(project, "-m", "pytest", "-p", "no:cacheprovider", "--schedules-dir", "found")
    assert code == 0, out
    assert "1 passed" in out


@pytest.mark.slow
def test_a_bug_of_a_shipped_protocol_is_hunted_from_its_root(project):
    hunt = ("-m", "splitbrain.command.cli", "hunt", "raft", "--bug", "figure-8", "--seed", "2", "--runs", "3000")
    code, out, err = python(project, *hunt)
    assert code == 1, out + err
    assert "LeaderCompleteness is broken" in out or "StateMachineSafety is broken" in out
    (file,) = (project / "splitbrain-out").glob("*.schedule.jsonl")
    assert '"scenario": "raft"' in file.read_text()
    code, out, _ = python(project, "-m", "splitbrain.command.cli", "replay", str(file))
    assert (code, out.split()[0]) == (1, "REPRODUCED")


def test_a_story_of_the_museum_is_told_from_its_root(project):
    code, out, err = python(project, "-m", "splitbrain.command.cli", "bugs", "figure-8")
    assert (code, err) == (0, "")
    assert "◆" in out  # with the lanes of the saved schedule


def test_a_file_of_an_earlier_version_is_for_the_shipped_scenario_unless_the_project_has_that_module(project):
    header = '{"format": "splitbrain-schedule", "version": 1, "scenario": "protocols.raft.scenario:RAFT", "size": 3}\n'
    file = project / "old.schedule.jsonl"
    file.write_text(header + '{"do": "fire", "node": "n1", "timer": "election"}\n')
    replay = ("-m", "splitbrain.command.cli", "replay", str(file), "--json")
    code, _, err = python(project, *replay)
    assert code == 0, err
    (project / "protocols" / "raft").mkdir()
    (project / "protocols" / "raft" / "scenario.py").write_text("RAFT = 'mine'\n")
    code, _, err = python(project, *replay)
    assert code == 2
    assert "protocols.raft.scenario:RAFT is an object of type str" in err
