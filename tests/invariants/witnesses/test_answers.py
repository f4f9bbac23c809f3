"""How an answer came about, in words: who led, what had taken effect, and what was committed."""

import pytest
from handwritten import cut, trace, up
from told import asks, told

from splitbrain.events import Observed, Replied
from splitbrain.observations import (
    Appended,
    Applied,
    Committed,
    EnteredTerm,
    Executed,
    Led,
    Recovered,
    SteppedDown,
    Truncated,
    Voters,
)
from splitbrain.trace.history import History
from splitbrain_invariants.witnesses.answers import formed

ADD = ("add", 1)
ASK = asks("n1", "s1.1", *ADD)


def phrases(*happenings, then=()):
    """What is said of the answer that n1 gave to s1.1, in the last of these happenings; others come after it."""
    events = trace(*happenings, told("n1", "s1.1"), *then)
    replied = next(event for event in events if type(event) is Replied)
    said = formed(History.of(events), replied, events)
    assert all(0 < step <= len(events) for witness in said for step in witness.steps)
    return [witness.phrase for witness in said]


def test_of_what_no_node_speaks_nothing_is_told():
    assert phrases(ASK) == []


@pytest.mark.parametrize(
    ("happenings", "who"),
    [
        ([("n1", Led(1)), ASK], "n1 had led term 1 since step 1"),
        ([("n1", Led(1)), ("n1", EnteredTerm(1)), ASK], "n1 had led term 1 since step 1"),
        ([("n1", Led(1)), ("n1", SteppedDown(1)), ASK], "n1 had led term 1 from step 1 to step 2"),
        ([("n1", Led(1)), ("n1", EnteredTerm(2)), ("n1", SteppedDown(1)), ASK], "n1 had led term 1 from step 1 to step 2"),
        ([("n1", Led(1)), cut("n1"), up("n1"), ASK], "n1 had led term 1 from step 1 to step 2"),
        (
            [("n1", Led(1)), ("n2", Led(2)), ASK],
            "n1 had led term 1 since step 1, and n2 had become leader of term 2 at step 2, of which n1 had not heard",
        ),
        (
            [("n1", Led(1)), ("n2", Led(2)), ("n3", Led(3)), ("n1", EnteredTerm(3)), ASK],
            "n1 had led term 1 from step 1 to step 4, and n3 had become leader of term 3 at step 3",
        ),
        ([("n2", Led(2)), ("n1", EnteredTerm(2)), ASK], "n1 had led no term, and n2 had become leader of term 2 at step 1"),
        ([("n2", Led(1)), ("n1", Led(2)), ASK], "n1 had led term 2 since step 2"),
    ],
)
def test_who_gave_it_led_or_did_not_and_had_heard_of_who_did_or_not(happenings, who):
    step = len(happenings) + 1
    assert phrases(*happenings) == [f"when n1 replied to s1.1 (step {step}), {who}"]


def executed(node, index=1, request="s1.1"):
    return (node, Executed(index, 1, ADD, request))


@pytest.mark.parametrize(
    ("happenings", "what"),
    [
        ([ASK, executed("n1")], "n1 had executed s1.1 by then, as entry 1 (step 2)"),
        (
            [ASK, executed("n1"), executed("n1", 4)],
            "n1 had executed s1.1 by then, as entry 1 (step 2) and as entry 4 (step 3)",
        ),
        ([ASK, executed("n2")], "n1 had not executed s1.1 by then, but n2 (step 2) had"),
        ([executed("n1", 1, "s2.1"), ASK], "nobody had executed s1.1 by then: the answer came from elsewhere"),
    ],
)
def test_it_had_taken_effect_at_who_gave_it_or_elsewhere_or_nowhere(happenings, what):
    assert phrases(*happenings)[0] == what


def test_it_had_taken_effect_nowhere_where_that_came_afterwards():
    assert phrases(ASK, then=[executed("n1")]) == ["nobody had executed s1.1 by then: the answer came from elsewhere"]


@pytest.mark.parametrize(
    ("happenings", "reach"),
    [
        (
            [("n2", Applied(1, 1, ADD)), ("n2", Applied(2, 1, ADD)), ("n1", Applied(1, 1, ADD)), ASK],
            ["n1 had applied its log up to entry 1 (step 3), and n2 up to entry 2 (step 2)"],
        ),
        ([("n2", Applied(1, 1, ADD)), ASK], ["n1 had applied nothing, and n2 up to entry 1 (step 1)"]),
        (
            [("n1", Applied(1, 1, ADD)), cut("n1"), up("n1"), ASK],
            ["n1 had applied nothing since it started again (step 3), and up to entry 1 before that (step 1)"],
        ),
        (
            [("n1", Applied(1, 1, ADD)), ("n2", Applied(2, 1, ADD)), cut("n1"), up("n1"), ASK],
            ["n1 had applied nothing since it started again (step 4), and n2 up to entry 2 (step 2)"],
        ),
        ([("n1", Applied(1, 1, ADD)), cut("n1"), up("n1"), ("n1", Applied(1, 1, ADD)), ASK], []),
        ([("n1", Applied(1, 1, ADD)), ("n2", Applied(1, 1, ADD)), ASK], []),
    ],
)
def test_who_gave_it_was_behind_others_or_was_not(happenings, reach):
    assert phrases(*happenings) == reach


def logged(step):
    """n1 has what it was asked for in its log, in that same step."""
    return Observed(step - 1, "n1", Appended(1, 1, ADD))


EMPTY = [(node, Recovered(0, None, ())) for node in ("n1", "n2", "n3")]


@pytest.mark.parametrize(
    ("happenings", "fate"),
    [
        (
            [*EMPTY, ASK, logged, ("n2", Committed(0, 1))],
            "its entry 1 of term 1 was at n1 (step 4): 1 of 3, where a majority is 2; by then nobody had committed it",
        ),
        (
            [*EMPTY, ASK, logged, ("n2", Appended(1, 1, ADD)), ("n1", Committed(1, 1)), ("n2", Committed(3, 1))],
            "its entry 1 of term 1 had been committed by n1 (step 7)",
        ),
        (
            [*EMPTY, ASK, logged, ("n2", Appended(1, 2, "b")), ("n2", Committed(1, 2))],
            "its entry 1 of term 1 was at n1 (step 4): 1 of 3, where a majority is 2; by then nobody had committed it",
        ),
        (
            [*EMPTY, ("n1", Voters((("n1",),))), ASK, logged, ("n1", Committed(0, 1))],
            "its entry 1 of term 1 was at n1 (step 5): 1 of 1, a majority; by then nobody had committed it",
        ),
        (
            [*EMPTY, ASK, logged, lambda step: Observed(step, "n1", Truncated(1)), ("n1", Committed(0, 1))],
            "its entry 1 of term 1 was in no log that is known; by then nobody had committed it",
        ),
        (
            [ASK, ("n2", Appended(2, 1, ADD)), executed("n1", 2), ("n1", Committed(1, 1))],
            "its entry 2 of term 1 was at n2 (step 2): 1 of 3, where a majority is 2; by then nobody had committed it",
        ),
    ],
)
def test_the_entry_behind_it_was_in_some_logs_and_committed_by_some_or_by_nobody(happenings, fate):
    assert phrases(*happenings)[-1] == fate


def test_of_what_had_been_executed_and_committed_there_is_no_doubt():
    assert phrases(*EMPTY, ASK, logged, ("n1", Committed(1, 1)), executed("n1")) == [
        "n1 had executed s1.1 by then, as entry 1 (step 7)",
    ]


def test_where_nobody_speaks_of_commits_nothing_is_said_of_the_entry():
    assert phrases(*EMPTY, ASK, logged) == []
