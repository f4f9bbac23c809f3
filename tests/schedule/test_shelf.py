"""The shelf: which file is an exhibit's, and whether a new schedule is on file already."""

from pathlib import Path

import pytest
from toy_museum import BUG
from trials import on_file

from splitbrain.actions import Crash, Fire, Request, Restart
from splitbrain.catalogue.museum import bugs
from splitbrain.schedule.file import SavedSchedule, save
from splitbrain.schedule.format import SUFFIX
from splitbrain.schedule.header import Header
from splitbrain.schedule.shelf import known, schedule_of

ROOT = Path(__file__).resolve().parents[2]
FORGET = (Request("n1", "r1", "v1"), Crash("n1"), Restart("n1"), Request("n1", "r2", "v2"))
LONG = (FORGET[0], Fire("n1", "remind"), *FORGET[1:])


def test_every_bug_of_the_museum_has_its_schedule_with_it_and_an_installed_museum_too():
    for exhibit in bugs().values():
        assert (schedule_of(exhibit) is None) is exhibit.control
    assert '"tests/schedules/museum" = "splitbrain_protocols/museum/schedules"' in (ROOT / "pyproject.toml").read_text()
    assert schedule_of(BUG) is None


def test_a_museum_that_is_not_installed_has_its_schedules_beside_it(tmp_path, monkeypatch):
    (tmp_path / "annex_on_a_shelf.py").write_text("from toy_museum import EXHIBITS\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert schedule_of(BUG, "annex_on_a_shelf:EXHIBITS") is None
    path = tmp_path / "schedules" / f"{BUG.id}{SUFFIX}"
    save(path, on_file(2))
    assert schedule_of(BUG, "annex_on_a_shelf:EXHIBITS") == path


@pytest.fixture
def shelf(tmp_path):
    """Puts a schedule of a forgetful register on the shelf; returns it as saved, and its path."""

    def put(name, actions, scenario="toys:FORGETFUL", fingerprint="OneValue(Decided, Decided)"):
        saved = SavedSchedule(Header(scenario=scenario, size=2, fingerprint=fingerprint), actions)
        path = tmp_path / f"{name}{SUFFIX}"
        save(path, saved)
        return saved, path

    return put


def test_a_file_that_fails_in_the_same_way_and_is_no_longer_is_known(shelf):
    old, _ = shelf("old", FORGET)
    for new in (shelf("new", LONG), shelf("again", FORGET)):
        found, again = known(*new)
        assert found == old
        assert again.violation.fingerprint == "OneValue(Decided, Decided)"


def test_a_longer_file_or_one_that_fails_otherwise_or_no_more_is_another(shelf, tmp_path):
    shelf("longer", LONG)
    shelf("other", FORGET[:1], fingerprint="Agreement(Decided, Decided)")
    shelf("fixed", FORGET[:2])  # it says that it fails in this way, and does not
    (tmp_path / f"broken{SUFFIX}").write_text("nothing of the kind")
    (tmp_path / "notes.txt").write_text("nothing at all")
    assert known(*shelf("new", FORGET)) is None
