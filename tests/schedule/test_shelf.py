"""The shelf: which file is an exhibit's, and whether a new schedule is on file already."""

from pathlib import Path

import pytest
from msgspec import structs
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

    def put(name, actions, **fields):
        of = {"scenario": "toys:FORGETFUL", "size": 2, "fingerprint": "OneValue(Decided, Decided)"}
        saved = SavedSchedule(Header(**of | fields), actions)
        path = tmp_path / f"{name}{SUFFIX}"
        save(path, saved)
        return saved, path

    return put


def test_the_same_schedule_under_another_name_is_known_whatever_its_header_says_of_where_it_comes_from(shelf):
    old, path = shelf("old", FORGET)
    new, beside = shelf("new", FORGET)
    found, again = known(SavedSchedule(structs.replace(new.header, found="elsewhere"), new.actions), beside)
    assert (found, found.path) == (old, path)
    assert again.violation.fingerprint == "OneValue(Decided, Decided)"


def test_another_schedule_another_setup_or_one_that_fails_otherwise_or_no_more_is_another_story(shelf, tmp_path):
    shelf("longer", LONG)
    shelf("elsewhere", tuple(action.renamed({"n1": "n2"}) for action in FORGET))
    shelf("larger", FORGET, size=3)
    shelf("patient", FORGET, options={"patience": 50})
    shelf("other", FORGET, fingerprint="Agreement(Decided, Decided)")
    (tmp_path / f"broken{SUFFIX}").write_text("nothing of the kind")
    (tmp_path / "notes.txt").write_text("nothing at all")
    assert known(*shelf("new", FORGET)) is None


def test_the_same_schedule_that_breaks_nothing_any_more_is_not_known(shelf):
    shelf("fixed", FORGET[:2])  # it says that it fails in this way, and does not
    assert known(*shelf("new", FORGET[:2])) is None


def test_a_file_that_was_never_confirmed_stands_for_no_other(shelf):
    shelf("unconfirmed", FORGET, unconfirmed="it ran twice")
    assert known(*shelf("new", FORGET)) is None
