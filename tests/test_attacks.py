"""What was tried against the harness from outside, as a list: how a hunt, a replay of its find and `conformance` each end.

Kills, Ctrl-C, full disks and closed pipes are in ci/attacks.py; handlers that compute for ever, beside the watchdog.
"""

import attacked
import pytest
from shell import run

from splitbrain.doctor.conformance import ConformanceError, conformance

HUNTS = {  # the exit code, and what is said
    "Real": (1, "nobody asked for this"),
    "Subclass": (1, "nobody asked for this"),
    "SubclassAsProgress": (1, "nobody asked for this"),
    "SubclassAlone": (1, "nobody asked for this"),
    "Namesake": (3, "another type than splitbrain.observations.Decided"),
    "NamesakeAlone": (3, "Agreement: nobody said Decided"),
    "AsksTheFirstOfASet": (3, "The likely cause: iteration over a set"),
    "Raises": (1, "raised: receive: ValueError: no way: v3 (attacked.py:"),
    "Leaves": (1, "raised: receive: SystemExit: 3 (attacked.py:"),
    "Endless": (1, "receive yielded more than"),
    "ToNobody": (1, "request yielded Send(to='n99'), but there is no such node (attacked.py:"),
    "NoEffect": (1, "request yielded 'hello', a str, which is not an effect (attacked.py:"),
    "ReturnsNothing": (1, "request returned None"),
    "AnswersTwice": (1, "which it has answered already (attacked.py:"),
    "AnswersNobody": (1, "which nobody has asked it since it started (attacked.py:"),
    "NegativeTimer": (1, "the range must be two whole numbers of ms"),
    "NoTimeout": (1, "has no handler `"),
    "NotANode": (2, "it is called as factory(me, peers, disk, **options)"),
    "Infinite": (2, "inf, for which JSON has no number"),
    "NotANumber": (2, "nan, for which JSON has no number"),
    "NumbersAsKeys": (2, "where JSON's keys are text"),
    "Beyond64Bits": (1, "Agreement is broken"),
    "Mixed": (1, "Agreement is broken"),
    "OneClient": (0, "clean"),
}
CONFORMS = {  # what conformance says; None: that they conform
    "Clock": "real clock",
    "Chance": "randomness",
    "SetOrder": "iteration over a set",
    "AsksTheFirstOfASet": "iteration over a set",
    "Outlives": "state that outlives a node",
    "Thread": "a node started a thread, 'later'",
    "Raises": "no way: v3",
    "Endless": "never stopped",
    "Opaque": "no canonical encoding",
    "NoEffect": "'hello'",
    "NotANode": "it is called as factory(me, peers, disk, **options)",
    "Infinite": "for which JSON has no number",
    "NumbersAsKeys": "where JSON's keys are text",
    "Late": "say Appended before the Sync",
    "Beyond64Bits": None,
    "Real": None,
}


@pytest.fixture
def _here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures("_here")
@pytest.mark.parametrize("name", HUNTS)
def test_a_hunt_ends_as_it_should_and_what_it_found_replays_so(capsys, tmp_path, name):
    wanted, words = HUNTS[name]
    code, out, err = run(capsys, "hunt", f"attacked:{name.upper()}", "--seed", 1, "--runs", 60, "--out", tmp_path)
    told = " ".join(f"{out} {err}".split())
    assert (code, words in told) == (wanted, True), told
    assert "Traceback" not in told
    if code == 1:
        (file,) = tmp_path.iterdir()
        assert run(capsys, "replay", file)[0] == 1


@pytest.mark.parametrize("name", CONFORMS)
def test_conformance_says_what_is_wrong_once(name):
    words = CONFORMS[name]
    if words is None:
        assert conformance(attacked.SCENARIOS[name])
        return
    with pytest.raises(ConformanceError) as refused:
        conformance(attacked.SCENARIOS[name])
    assert sum(words in problem for problem in refused.value.problems) == 1, refused.value.problems
