"""The keeper of the best so far."""

from dataclasses import replace

import pytest
from msgspec import structs
from shrinkers import FORGET, SETUP

from splitbrain.counterexample.keeper import Keeper
from splitbrain.counterexample.minimiser.minimised import Minimised
from splitbrain.errors import ScheduleError
from splitbrain.schedule.file import SavedSchedule, load, save
from splitbrain.schedule.header import about, bare_header
from splitbrain.world.run import run

SHORT = run(SETUP, FORGET).found()


def keeper(folder):
    return Keeper(
        folder / "best.schedule.jsonl", lambda best: SavedSchedule(about(bare_header("toys:FORGETFUL", SETUP), best), best.actions)
    )


def so_far(actions, seconds=0.0):
    return Minimised(replace(SHORT, actions=actions), 9, seconds=seconds)


def test_nothing_is_written_until_there_is_something_better(tmp_path):
    kept = keeper(tmp_path)
    kept.settle()
    assert (kept.held, list(tmp_path.iterdir())) == (None, [])


def test_one_that_comes_soon_after_another_is_written_when_all_is_settled(tmp_path):
    kept = keeper(tmp_path)
    kept.keep(so_far(FORGET, 0.0))
    kept.keep(so_far(FORGET[:3], 0.4))
    assert (load(kept.path).actions, kept.held.actions) == (FORGET, FORGET)
    kept.settle()
    assert (load(kept.path).actions, kept.held.actions) == (FORGET[:3], FORGET[:3])
    kept.keep(so_far(FORGET[:2], 0.6))
    assert load(kept.path).actions == FORGET[:2]


def test_what_the_disk_does_not_take_leaves_what_it_holds_and_is_told_where_one_asks_for_it(tmp_path):
    kept = keeper(tmp_path / "wall")
    (tmp_path / "wall").write_text("a file, and so no folder")
    kept.keep(so_far(FORGET))
    assert kept.held is None
    with pytest.raises(ScheduleError, match="cannot be written"):
        kept.save(SHORT)
    assert kept.held is None


@pytest.mark.parametrize(("actions", "expect"), [(FORGET, "violation"), (FORGET[:3], "fixed")], ids=["the same", "another"])
def test_the_same_schedule_again_is_to_end_as_the_file_says_already(tmp_path, actions, expect):
    kept = keeper(tmp_path)
    kept.save(SHORT)
    there = load(kept.path)
    save(kept.path, replace(there, header=structs.replace(there.header, expect="violation", found="long ago"), actions=actions))
    kept.save(SHORT)
    again = load(kept.path)
    assert (again.actions, again.header.expect, again.header.found) == (FORGET, expect, "")


def test_what_is_no_schedule_is_replaced_by_one(tmp_path):
    kept = keeper(tmp_path)
    kept.path.write_text("{")
    kept.save(SHORT)
    assert (load(kept.path).actions, load(kept.path).header.expect) == (FORGET, "fixed")
