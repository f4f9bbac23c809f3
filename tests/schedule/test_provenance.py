"""Where a schedule comes from."""

import shutil
import subprocess
import sys
from importlib.metadata import version

import pytest

from splitbrain.schedule.provenance import git_revision, python_version, splitbrain_version


@pytest.fixture
def revision(tmp_path, monkeypatch):
    """Asks anew, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))

    def ask():
        git_revision.cache_clear()
        return git_revision()

    yield ask
    git_revision.cache_clear()


def test_the_versions_are_those_of_what_is_installed_and_runs():
    assert splitbrain_version() == version("splitbrain")
    assert python_version().endswith(f" {sys.version_info.major}.{sys.version_info.minor}.{sys.version_info.micro}")


def test_outside_a_repository_there_is_no_revision(revision):
    assert revision() is None


def test_without_git_there_is_no_revision_and_no_error(revision, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert revision() is None


@pytest.mark.skipif(shutil.which("git") is None, reason="there is no git here")
def test_a_repository_s_revision_says_whether_files_differ_from_it(revision, tmp_path):
    def git(*arguments):
        command = ["git", "-c", "user.name=n", "-c", "user.email=n@example.org", "-c", "commit.gpgsign=false", *arguments]
        subprocess.run(command, cwd=tmp_path, capture_output=True, check=True)

    git("init")
    (tmp_path / "file").write_text("one")
    git("add", "file")
    git("commit", "-m", "one")
    clean = revision()
    assert len(clean) == 12
    (tmp_path / "file").write_text("two")
    assert revision() == f"{clean}-dirty"
