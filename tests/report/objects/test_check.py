"""What `check --json` holds, of one history and of several."""

from pathlib import Path

from splitbrain.linearizability.verdict import Fault, Verdict
from splitbrain.report.judged import Judged
from splitbrain.report.objects.check import CHECKED, checked
from splitbrain.trace.history import Attempt, Operation

READ = Operation("0.1", "client 0", ("get", "x"), 3, [Attempt("", 7)], returned=5, result=1, replied=7)
LOST = Operation("1.1", "client 1", ("put", "x", 2), 4, [Attempt("", 8)])
BAD = Judged((READ, LOST), "register", Verdict(False, Fault("x", "so it is", (READ,), (1,), 2)), 0.25, "a", True)
OPEN = Judged((READ,), "queue", Verdict(None, why="a bound"), 0.5, "b")


def test_one_history_has_its_verdict_and_evidence():
    told = checked(Path("h.jsonl"), "jsonl", [BAD], several=False)
    assert tuple(told) == CHECKED
    assert (told["verdict"], told["outcome"], told["model"], told["operations"], told["unknown"], told["seconds"]) == (
        "not linearizable", "not linearizable", "register", 2, 1, 0.25,
    )  # fmt: skip
    assert (told["histories"], told["file"], told["format"], told["message"]) == (None, "h.jsonl", "jsonl", None)
    evidence = told["evidence"]
    assert (evidence["sentence"], evidence["key"], evidence["values"], evidence["stale"]) == ("so it is", "x", [1], 2)
    assert [each["id"] for each in evidence["operations"]] == ["0.1"]


def test_evidence_says_what_would_have_been_right():
    fault = Fault("x", "so it is", (READ,), instead=(2, (3,)), only=True)
    told = checked(Path("h.jsonl"), "jsonl", [Judged((READ,), "register", Verdict(False, fault), 0.25)], several=False)
    assert (told["evidence"]["instead"], told["evidence"]["only"]) == ([2, [3]], True)


def test_several_have_the_sums_and_each_its_own():
    told = checked(Path("h.jsonl"), "jsonl", [OPEN, BAD], several=True)
    assert (told["verdict"], told["model"], told["operations"], told["unknown"], told["seconds"]) == (
        "not linearizable", None, 3, 1, 0.75,
    )  # fmt: skip
    assert [(each["name"], each["verdict"], each["expected"], each["message"]) for each in told["histories"]] == [
        ("b", "inconclusive", None, "a bound"),
        ("a", "not linearizable", True, None),
    ]


def test_what_is_inconclusive_says_which_bound_was_reached():
    assert checked(Path("h"), "jsonl", [OPEN], several=False)["message"] == "a bound"


def test_that_there_was_nothing_to_judge_and_what_was_passed_over_are_told():
    nothing = Judged((), "queue", Verdict(True), 0.0, "c", skipped=(3, 4))
    told = checked(Path("h"), "porcupine", [nothing], several=False)
    assert (told["verdict"], told["empty"], told["skipped"]) == ("linearizable", True, 2)
    told = checked(Path("h"), "jsonl", [nothing, OPEN], several=True)
    assert (told["empty"], [each["empty"] for each in told["histories"]]) == (False, [True, False])
