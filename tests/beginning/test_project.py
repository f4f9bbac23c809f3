"""A project to begin with: what is written, and what is left alone."""

import os
import re
import tomllib
from pathlib import Path

import pytest

from splitbrain.beginning import project
from splitbrain.beginning.project import STYLES, begin, name_of, templates
from splitbrain.errors import SplitbrainError

COMMON = {"README.md", ".gitignore", ".github/workflows/splitbrain.yml", "pyproject.toml"}
COMMON |= {"tests/test_mynode.py", "tests/schedules/README.md", "mynode.py"}


def written(folder):
    return {path.relative_to(folder).as_posix() for path in Path(folder).rglob("*") if path.is_file()}


@pytest.mark.parametrize("style", STYLES)
def test_all_files_of_a_style_are_written(style, tmp_path):
    begun = begin(tmp_path / "it", style)
    assert written(tmp_path / "it") == COMMON | ({"firstvote.py"} if style == "library" else set())
    assert {path.as_posix() for path in begun.files} == written(tmp_path / "it")
    assert begun.files[0].suffix == ".py"  # what is to be read first


@pytest.mark.parametrize("style", STYLES)
def test_each_has_one_line_to_break_and_says_how(style):
    lines = [line for path, text in templates(style) for line in text.splitlines() if "# BREAK ME" in line]
    (line,) = lines
    assert line.split("# BREAK ME")[0].strip().startswith(("yield Sync()", "await env.sync()", "self.store("))
    assert "put a # before this line" in line


@pytest.mark.parametrize("style", STYLES)
def test_they_are_linted_python_without_the_placeholder(style, tmp_path):
    folder = begin(tmp_path / "My Node", style).folder
    for path in folder.rglob("*"):
        if path.is_file():
            assert "PROJECT" not in path.read_text(encoding="utf-8")
        if path.suffix == ".py":
            compile(path.read_text(encoding="utf-8"), path, "exec")
    assert 'name="my-node"' in (folder / "mynode.py").read_text(encoding="utf-8")
    assert (folder / "README.md").read_text(encoding="utf-8").startswith("# my-node\n")
    assert tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["pytest"]


def test_the_workflow_runs_pytest_and_keeps_what_was_found():
    (text,) = (text for path, text in templates("trio") if path.suffix == ".yml")
    assert "python -m pytest --hypothesis-profile splitbrain-ci" in text
    assert "path: tests/schedules/" in text
    assert not re.search(r"https?:|index-url", text)


NAMES = {
    "mynode": "mynode",
    "My Node": "my-node",
    "1st--try_": "1st-try",
    "test": "test",
    "harness": "harness",
    "kn\u00f6ten": "kn-ten",
    "\u65e5\u672c": "mynode",
    'a "quoted" one': "a-quoted-one",
    "back\\slash": "back-slash",
    "...": "mynode",
    "-x": "x",
}


@pytest.mark.parametrize(("folder", "name"), NAMES.items())
def test_a_project_is_called_after_its_folder_in_letters_digits_and_dashes(folder, name, tmp_path):
    assert name_of(tmp_path / folder) == name
    assert begin(tmp_path / folder).name == name


def test_a_name_is_the_last_folders_whatever_way_it_is_written(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert begin("one/two/").name == "two"
    (tmp_path / "three").mkdir()
    monkeypatch.chdir(tmp_path / "three")
    assert begin(".").name == "three"
    assert written(tmp_path / "three") == COMMON


def test_an_empty_folder_is_written_into_and_another_is_not(tmp_path):
    begin(tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    with pytest.raises(SplitbrainError, match="is not empty, and nothing there is to be overwritten"):
        begin(tmp_path, "trio")
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_a_hidden_file_is_something_too(tmp_path):
    (tmp_path / ".env").write_text("mine")
    with pytest.raises(SplitbrainError, match="not empty"):
        begin(tmp_path)
    assert written(tmp_path) == {".env"}


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(SplitbrainError, match="is there already, and is no folder"):
        begin(tmp_path / "file")
    with pytest.raises(SplitbrainError, match="cannot be written"):
        begin(tmp_path / "file" / "below")
    (tmp_path / "nowhere").symlink_to(tmp_path / "gone")
    with pytest.raises(SplitbrainError, match="no folder"):
        begin(tmp_path / "nowhere")
    assert written(tmp_path) == {"file"}


@pytest.mark.parametrize("style", ["sansio", "", "all", "../trio"])
def test_there_is_no_other_style(style, tmp_path):
    with pytest.raises(SplitbrainError, match=r"there is no style .*; it may be sans-io, trio, library"):
        begin(tmp_path / "it", style)
    assert not (tmp_path / "it").exists()


@pytest.mark.parametrize("folder", ["", "  "])
def test_a_folder_has_a_name(folder):
    with pytest.raises(SplitbrainError, match="has no name; give it one"):
        begin(folder)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_where_nobody_may_write_nothing_is_left_behind(tmp_path):
    (tmp_path / "locked").mkdir(mode=0o500)
    with pytest.raises(SplitbrainError, match=r"cannot be written: .*; choose another folder"):
        begin(tmp_path / "locked" / "it")
    assert list((tmp_path / "locked").iterdir()) == []


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
@pytest.mark.parametrize("there", [False, True])
def test_what_ends_early_leaves_nothing_behind(error, there, tmp_path, monkeypatch):
    def some(style):
        yield from list(templates(style))[:4]
        raise error

    monkeypatch.setattr(project, "templates", some)
    if there:
        (tmp_path / "a").mkdir()
    with pytest.raises(SplitbrainError if isinstance(error, OSError) else KeyboardInterrupt) as raised:
        begin(tmp_path / "a")
    assert list(tmp_path.iterdir()) == ([tmp_path / "a"] if there else [])
    assert written(tmp_path) == set()
    if isinstance(error, OSError):
        assert "No space left on device" in str(raised.value)
