"""What another process answers, asked in this one."""

import sys
import warnings

import pytest
from questions import ASKED, question, ran
from unsteady import SOUND

from splitbrain.actions import Deliver
from splitbrain.elsewhere.child import answer_to
from splitbrain.elsewhere.filters import current
from splitbrain.elsewhere.imprint import Imprint
from splitbrain.events import Sent
from splitbrain.trace.encoding import digest

DECIDED = (*ASKED, Deliver("n1", "n2", "int"))


@pytest.fixture(autouse=True)
def untouched():
    """In a process of its own, an answer leaves nothing behind."""
    path, profile = list(sys.path), sys.getprofile()
    with warnings.catch_warnings():
        yield
    sys.path[:] = path
    assert sys.getprofile() is profile


def only(answer):
    assert answer.trouble is None
    (result,) = answer.results
    return result


def test_the_answer_is_the_imprint_of_a_run_from_the_file():
    here = Imprint.of(ran(SOUND).events)
    result = only(answer_to(question("SOUND", expected=(here,))))
    assert (result.digest, result.place, result.event, result.again, result.fingerprint) == (here.digest, None, None, None, None)


def test_what_is_not_as_expected_is_named():
    events = ran(SOUND).events
    place = next(place for place, event in enumerate(events) if isinstance(event, Sent))
    result = only(answer_to(question("SOUND", expected=(Imprint.of([*events[:place], *events[place + 1 :]]),))))
    assert (result.place, result.event) == (place, repr(events[place])[:200])
    result = only(answer_to(question("SOUND", expected=(Imprint.of([*events, events[-1]]),))))
    assert (result.place, result.event) == (len(events), "nothing more")


def test_what_broke_is_told_unless_nobody_judges():
    broken = only(answer_to(question("SOUND", actions=DECIDED)))
    assert broken.fingerprint == ran(SOUND, DECIDED).violation.fingerprint
    assert only(answer_to(question("SOUND", actions=DECIDED, judged=False))).fingerprint is None


def test_several_schedules_are_answered_in_their_order():
    results = answer_to(question("SOUND", "ORDERED", "SOUND")).results
    assert results[0] == results[2] != results[1]


def test_a_second_run_shows_what_the_first_one_left_behind():
    result = only(answer_to(question("COUNTING", twice=True)))
    assert result.again != result.digest
    result = only(answer_to(question("SOUND", twice=True)))
    assert result.again == result.digest == digest(ran(SOUND).events)


def test_threads_that_nodes_start_are_named():
    assert answer_to(question("THREADED")).threads == ("pump",)
    assert answer_to(question("SOUND")).threads == ()


def test_chance_begins_anew_where_that_is_asked():
    plain, anew = (only(answer_to(question("CHANCE", twice=True, without=without))) for without in ("", "chance"))
    assert plain.digest != plain.again
    assert anew.digest == anew.again


def test_a_warning_fares_as_it_does_where_the_question_comes_from(capsys):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        calm = current()
        warnings.simplefilter("error")
        strict = current()
    assert only(answer_to(question("LOUD", warnings=calm))).fingerprint is None
    assert only(answer_to(question("LOUD", warnings=strict))).fingerprint == "KeepsContract(raised)"


@pytest.mark.parametrize(
    ("name", "trouble"),
    [
        ("nowhere_at_all:NAME", "there is no module 'nowhere_at_all'"),
        ("unsteady:NAME", "has no 'NAME'"),
        ("unsteady:Sound", "not a Scenario"),
    ],
)
def test_a_scenario_that_is_not_to_be_had_is_a_trouble_in_words(name, trouble):
    answer = answer_to(question(name))
    assert trouble in answer.trouble
    assert answer.results == ()
