"""A verdict in a word, and that on several."""

from splitbrain.linearizability.verdict import Verdict
from splitbrain.report.judged import Judged, foremost, worst


def judged(linearizable, expected=None):
    return Judged((), "register", Verdict(linearizable), 0.0, expected=expected)


def test_a_verdict_has_a_word():
    assert [judged(each).word for each in (True, False, None)] == ["linearizable", "not linearizable", "inconclusive"]


def test_of_several_the_worst_counts():
    assert worst([]) == "linearizable"
    assert worst([judged(True), judged(None)]) == "inconclusive"
    assert worst([judged(None), judged(False), judged(True)]) == "not linearizable"


def test_what_is_inconclusive_surprises_nobody():
    assert judged(True, expected=False).surprising
    assert not judged(True, expected=True).surprising
    assert not judged(None, expected=True).surprising
    assert not judged(True).surprising


def test_the_one_to_look_at_is_the_first_surprise_else_the_first_that_is_not_linearizable():
    bad, strange, fine = judged(False), judged(True, expected=False), judged(True)
    assert foremost([fine, bad, strange, strange]) is strange
    assert foremost([fine, bad, judged(False)]) is bad
    assert foremost([fine, judged(None)]) is None
    assert fine.empty
