"""The pursuit of a failing run: what is on disk meanwhile, and what it ends with."""

import pytest

from splitbrain.catalogue.museum import find_bug
from splitbrain.counterexample.draft import Draft
from splitbrain.schedule.file import load
from splitbrain.schedule.replay import replay
from splitbrain.search.hunt import hunt
from splitbrain.search.pursuit import pursue
from splitbrain.search.tally import Tally


def failing(bug):
    return hunt(find_bug(bug).scenario, seed=1, runs=3_000).found


def drafted(found, folder):
    return Draft(found, scenario="raft", bug="vote-not-durable", folder=folder, how="a test")


class Unplugged(BaseException):
    """The machine goes, while something is being minimised."""


def test_what_is_on_disk_while_a_run_is_minimised_is_one_file_that_reproduces_the_best_so_far(tmp_path):
    first = failing("vote-not-durable")
    seen = []

    def progress(so_far):
        (file,) = tmp_path.iterdir()
        saved = load(file)
        assert replay(saved).outcome == "REPRODUCED"
        seen.append(len(saved.actions))
        if len(seen) == 3:
            raise Unplugged

    with pytest.raises(Unplugged):
        pursue(drafted(first, tmp_path), Tally(first.setup.scenario, 1), seconds=600, progress=progress)
    (file,) = tmp_path.iterdir()
    assert replay(load(file)).outcome == "REPRODUCED"
    assert len(load(file).actions) <= seen[-1] < len(first.actions)


def test_ctrl_c_while_minimising_leaves_the_best_so_far_as_the_only_file(tmp_path):
    first = failing("vote-not-durable")

    def progress(so_far):
        if len(so_far.smallest.actions) < len(first.actions) // 4:
            raise KeyboardInterrupt

    draft = drafted(first, tmp_path)
    with pytest.raises(KeyboardInterrupt) as interrupt:
        pursue(draft, Tally(first.setup.scenario, 1), seconds=600, progress=progress)
    (note,) = interrupt.value.__notes__
    assert note == f"OneVotePerTerm is broken; the smallest failing run so far is saved as {draft.path}"
    assert not draft.minimised.complete
    assert sum(draft.minimised.removed.values()) == draft.minimised.length - len(draft.best.actions)
    assert [load(file).actions for file in tmp_path.iterdir()] == [draft.best.actions]
    assert len(draft.best.actions) < len(first.actions) // 4


def test_ctrl_c_while_more_like_it_are_looked_for_ends_at_once_and_leaves_what_was_found(tmp_path):
    first = failing("vote-not-durable")
    draft = drafted(first, tmp_path)

    class Pressed(Tally):
        @property
        def portfolio(self):
            raise KeyboardInterrupt

        @portfolio.setter
        def portfolio(self, _):
            pass

    with pytest.raises(KeyboardInterrupt):
        pursue(draft, Pressed(first.setup.scenario, 1))
    assert [load(file).actions for file in tmp_path.iterdir()] == [first.actions]
