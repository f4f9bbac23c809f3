"""A draft: a failing run is on disk from the moment it was found."""

from dataclasses import replace

import pytest
from shrinkers import FORGET, SETUP

from splitbrain.actions import Fire
from splitbrain.counterexample.draft import Draft
from splitbrain.counterexample.minimiser.minimised import Minimised
from splitbrain.errors import NondeterminismError, ScheduleError
from splitbrain.schedule.file import load
from splitbrain.schedule.replay import replay
from splitbrain.world.run import run

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


def test_in_the_end_the_minimal_run_has_a_name_of_its_own_and_the_draft_is_gone(tmp_path):
    draft = drafted(tmp_path)
    made = draft.finish(Minimised(SHORT, 5, complete=True))
    assert on_disk(tmp_path) == [FORGET]
    assert made.path != draft.path
    assert made.path == made.saved.path
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
