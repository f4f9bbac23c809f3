"""What nightly holds a score against, and which exhibits CI hunts every time."""

from pathlib import Path

import pytest
from toy_museum import BUG, CONTROL

from splitbrain.catalogue.museum import bugs
from splitbrain.schedule.file import load
from splitbrain.search.score import Row, Score, row
from splitbrain.search.trial import Scored, Trial

CI = Path(__file__).resolve().parents[2] / "ci"


@pytest.fixture
def baseline(monkeypatch):
    monkeypatch.syspath_prepend(str(CI))
    import baseline  # noqa: PLC0415

    return baseline


@pytest.fixture
def nightly(baseline):
    import nightly  # noqa: PLC0415

    return nightly


def made(name="toy-forgets", found=5, steps=1000, actions=10, control=False) -> Row:
    """A row with five seeds."""
    outcomes = [
        Scored(Trial(name, seed, 60.0), "violation", 3, steps, 1.0, "swarm", "OneValue", 100, actions, True, 0.5, 10)
        if seed <= found
        else Scored(Trial(name, seed, 60.0), "clean", 900, 10**6, 60.0)
        for seed in range(1, 6)
    ]
    exhibit = CONTROL if control else BUG
    return row(exhibit, outcomes)


def test_equal_figures_are_no_regression(baseline):
    assert not list(baseline.regressions([made()], baseline.marks([made()])))


@pytest.mark.parametrize(
    ("now", "complaint"),
    [
        ({"found": 3}, "toy-forgets: found in 60% of the seeds, where it was 100%"),
        ({"steps": 29_000}, "toy-forgets: found in 29,000 steps, where it was 1,000"),
        ({"actions": 14}, "toy-forgets: minimised to 14 actions, where it was 10"),
    ],
)
def test_what_is_worse_than_chance_explains_is_told(baseline, now, complaint):
    assert list(baseline.regressions([made(**now)], baseline.marks([made()]))) == [complaint]


@pytest.mark.parametrize("now", [{"found": 4}, {"steps": 27_000}, {"actions": 13}, {"steps": 1, "actions": 3}])
def test_what_chance_explains_is_not(baseline, now):
    assert not list(baseline.regressions([made(**now)], baseline.marks([made()])))


def test_a_new_exhibit_must_be_found_in_most_seeds(baseline):
    assert not list(baseline.regressions([made(found=4)], {}))
    assert list(baseline.regressions([made(found=3)], {})) == ["toy-forgets: found in 60% of the seeds, where it was 100%"]


def test_a_baseline_is_written_a_line_an_exhibit_and_read_again(baseline, tmp_path):
    file = tmp_path / "score.json"
    baseline.write(Score(60.0, 5, 1, 2, [made(), made(control=True, found=0)]), file)
    assert baseline.read(file) == baseline.marks([made()])
    assert len(file.read_text().splitlines()) == 3


def test_the_quick_half_is_what_takes_the_fewest_steps_and_was_found_by_every_seed(baseline):
    known = {f"bug-{steps}": baseline.Mark(1.0, 1, steps, 5) for steps in (1, 2, 3, 4)}
    known["bug-0"] = baseline.Mark(0.8, 1, 0, 5)
    assert baseline.quick(known) == ["bug-1", "bug-2", "bug-3"]


def test_the_committed_baseline_is_of_this_museum(baseline):
    known = baseline.read()
    assert set(known) == {each.id for each in bugs().values() if not each.control}
    assert len(baseline.quick(known)) >= 10


def test_a_campaign_of_an_unbroken_protocol_ends_clean_after_its_steps(nightly, tmp_path):
    done = nightly.march(nightly.Campaign("raft", None, 20_000, 1, tmp_path))
    assert (done.outcome, done.broken) == ("clean", None)
    assert done.steps >= 20_000
    assert not list(tmp_path.iterdir())


def test_a_campaign_that_finds_something_saves_it_minimised(nightly, tmp_path):
    done = nightly.march(nightly.Campaign("toy_museum:BROKEN", "swarm", 20_000, 1, tmp_path))
    (file,) = tmp_path.iterdir()
    assert (done.outcome, done.broken) == ("violation", f"OneValue, {file}")
    assert len(load(file).actions) == 4


def test_a_score_with_an_alarm_or_without_a_clean_protocol_is_a_bad_night(nightly):
    alarm = made(control=True, found=1)
    unbroken = Scored(Trial("raft", 1, 60.0, unbroken=True), "vacuous", 1, 1, 1.0)
    told = list(nightly.worse(Score(60.0, 5, 1, 2, [alarm], [unbroken])))
    assert told == ["toy-hasty: a control, and OneValue broke", "raft: vacuous: None"]
