"""A draft: a failing run is on disk from the moment it was found."""

from dataclasses import replace

import pytest
import unsteady
from questions import ASKED
from shrinkers import FORGET, SETUP

from splitbrain.actions import Deliver, Fire
from splitbrain.counterexample.draft import Draft
from splitbrain.counterexample.minimiser.minimised import Minimised
from splitbrain.errors import NondeterminismError, ScheduleError
from splitbrain.scenario import Scenario
from splitbrain.schedule.file import load
from splitbrain.schedule.replay import replay
from splitbrain.world.run import Setup, run

LONG = (FORGET[0], Fire("n1", "remind"), *FORGET[1:])
SHORT = run(SETUP, FORGET).found()


def drafted(folder):
    return Draft(run(SETUP, LONG).found(), scenario="toys:FORGETFUL", folder=folder, how="a test")


def on_disk(folder):
    return [load(path).actions for path in folder.iterdir()]


def test_a_run_is_saved_as_soon_as_there_is_a_draft_of_it_and_its_file_reproduces_it(tmp_path):
    draft = drafted(tmp_path / "new")
    saved = load(draft.path)
    assert (saved.actions, saved.header.scenario, saved.header.found) == (LONG, "toys:FORGETFUL", "a test")
    assert replay(saved).outcome == "REPRODUCED"
    draft.confirm()


def test_a_run_that_does_not_fail_again_is_told_with_its_file(tmp_path):
    draft = drafted(tmp_path)
    draft.found = replace(draft.found, actions=LONG[:1])
    with pytest.raises(NondeterminismError, match="nothing broke") as error:
        draft.confirm()
    assert error.value.schedule == draft.path
    assert draft.path.exists()


def test_the_best_so_far_is_kept_at_most_every_half_second_of_the_minimisation(tmp_path):
    draft = drafted(tmp_path)
    kept = []
    for seconds, actions in ((0.0, LONG), (0.4, FORGET), (0.6, FORGET), (0.7, LONG)):
        draft.keep(Minimised(replace(SHORT, actions=actions), 5, seconds=seconds))
        kept += on_disk(tmp_path)
    assert kept == [LONG, LONG, FORGET, FORGET]


def test_a_disk_that_takes_no_more_leaves_what_was_saved_before(tmp_path):
    draft = drafted(tmp_path)
    draft.path.unlink()
    draft.path.mkdir()  # a folder cannot be replaced by a file
    draft.keep(Minimised(SHORT, 5))
    assert draft.path.is_dir()


def test_git_is_not_asked_before_a_run_is_on_disk_and_the_final_file_has_its_answer(tmp_path, monkeypatch):
    asked = []

    def revision():
        asked.append(on_disk(tmp_path))
        return "abc-dirty"

    monkeypatch.setattr("splitbrain.schedule.header.git_revision", revision)
    draft = drafted(tmp_path)
    draft.keep(Minimised(SHORT, 5))
    assert (asked, load(draft.path).header.git, load(draft.path).header.splitbrain) == ([], None, "")
    made = draft.finish(Minimised(SHORT, 5))
    assert asked == [[FORGET]]  # the best so far was there before
    assert load(made.path).header.git == "abc-dirty"
    assert load(made.path).header.splitbrain


def test_what_could_not_be_saved_is_once_it_is_small_enough(tmp_path):
    draft = Draft(run(SETUP, LONG).found(), scenario="toys:FORGETFUL", folder=tmp_path, how="a test", unsaved="no room")
    assert (draft.path, draft.best.actions, on_disk(tmp_path)) == (None, LONG, [])
    draft.keep(Minimised(SHORT, 5))
    assert (on_disk(tmp_path), draft.best) == ([FORGET], SHORT)
    made = draft.finish(Minimised(SHORT, 5))
    assert (made.path, made.unsaved, on_disk(tmp_path)) == (draft.path, None, [FORGET])


def test_what_cannot_be_saved_at_all_is_made_smaller_all_the_same_and_says_why(tmp_path):
    (tmp_path / "wall").write_text("a file, and so no folder")
    draft = Draft(run(SETUP, LONG).found(), scenario="toys:FORGETFUL", folder=tmp_path / "wall", how="a test", unsaved="no room")
    draft.keep(Minimised(SHORT, 5))
    assert (draft.path, draft.best) == (None, SHORT)
    made = draft.finish(Minimised(SHORT, 5))
    assert (made.path, made.saved.path, made.saved.actions) == (None, None, FORGET)
    assert "cannot be written" in made.unsaved


def test_in_the_end_the_minimal_run_has_a_name_of_its_own_and_the_draft_is_gone(tmp_path):
    draft = drafted(tmp_path)
    first = draft.path
    made = draft.finish(Minimised(SHORT, 5, complete=True))
    assert on_disk(tmp_path) == [FORGET]
    assert made.path != first
    assert made.path == made.saved.path == draft.path
    assert (made.run.violation, made.run.actions, made.confirmed) == (SHORT.violation, FORGET, True)
    assert made.run.events


def test_a_run_that_could_not_be_made_smaller_stays_the_one_file(tmp_path):
    draft = drafted(tmp_path)
    assert draft.finish(Minimised(draft.found, 5)).path == draft.path
    assert on_disk(tmp_path) == [LONG]


def test_what_is_saved_nowhere_is_shown_all_the_same(tmp_path):
    draft = drafted(None)
    draft.keep(Minimised(SHORT, 5))
    made = draft.finish(Minimised(SHORT, 5))
    assert (draft.path, made.path, made.saved.actions) == (None, None, FORGET)


def test_a_folder_that_cannot_be_written_is_told_before_anything_is_minimised(tmp_path):
    (tmp_path / "wall").write_text("a file, and so no folder")
    with pytest.raises(ScheduleError, match="cannot be written"):
        drafted(tmp_path / "wall" / "in")


def unsteady_draft(folder):
    failing = run(Setup(unsteady.ORDERED, 3), (*ASKED, Deliver("n1", "n2", "str"))).found()
    return Draft(failing, scenario="unsteady:ORDERED", folder=folder, how="a test")


def test_a_run_that_is_another_one_elsewhere_is_no_counterexample_and_its_file_says_so(tmp_path):
    draft = unsteady_draft(tmp_path)
    with pytest.raises(NondeterminismError, match="in another process") as error:
        draft.confirm()
    assert error.value.schedule == draft.path
    saved = load(draft.path)
    assert saved.header.unconfirmed == str(error.value)
    assert saved.actions == draft.found.actions
    assert on_disk(tmp_path) == [draft.found.actions]


def test_where_the_minimal_run_is_not_confirmed_the_one_that_was_found_is_the_counterexample_and_the_only_file(tmp_path):
    draft = drafted(tmp_path)
    draft.confirm()
    unsure = Minimised(unsteady_draft(None).found, 5, complete=True)
    draft.keep(unsure)
    made = draft.finish(unsure)
    draft.settle()
    assert (made.path, made.saved.actions, on_disk(tmp_path)) == (draft.path, LONG, [LONG])
    assert (made.run.actions, made.minimised.smallest, made.minimised.complete) == (LONG, draft.found, False)
    assert (made.confirmed, made.unsteady, load(made.path).header.unconfirmed) == (True, True, "")
    assert replay(load(made.path)).outcome == "REPRODUCED"
    assert "the trio host agrees, and so do three other processes; but" in made.confirmation
    assert "smaller ones were not confirmed: NONDETERMINISTIC: the same schedule ran in another process" in made.confirmation
    assert "The likely cause: " in made.confirmation


def test_where_the_run_that_was_found_cannot_be_saved_again_no_smaller_one_is_left_in_its_place(tmp_path, monkeypatch):
    draft = drafted(tmp_path)
    draft.confirm()
    unsure = Minimised(unsteady_draft(None).found, 5)
    draft.keep(unsure)

    def full(path, saved):
        raise ScheduleError("no room")

    monkeypatch.setattr("splitbrain.counterexample.keeper.save", full)
    made = draft.finish(unsure)
    assert (made.path, made.unsaved, made.saved.actions, on_disk(tmp_path)) == (None, "no room", LONG, [])


def test_the_counterexample_says_who_agrees(tmp_path):
    draft = drafted(tmp_path)
    draft.confirm()
    made = draft.finish(Minimised(draft.found, 5))
    assert (made.confirmed, made.confirmation) == (True, "the trio host agrees, and so do three other processes")


def test_where_no_other_process_can_run_it_that_is_told(tmp_path):
    nameless = Scenario(name="nameless", factory=SETUP.scenario.factory, invariants=SETUP.scenario.invariants, sizes=(3,))
    draft = Draft(run(Setup(nameless, 3), LONG).found(), scenario="nowhere:NAMELESS", folder=None, how="a test")
    draft.confirm()
    made = draft.finish(Minimised(draft.found, 5))
    assert made.confirmed is None
    assert "the trio host agrees; not confirmed in another process: scenario 'nameless' is not a name" in made.confirmation
