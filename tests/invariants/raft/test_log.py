"""Raft's replicated log: traces that satisfy each invariant, traces that break it, and what they say when they are asked why."""

import pytest
from handwritten import assert_broken, fold, phrases

from splitbrain.events import Crashed, Started
from splitbrain.observations import Appended, EnteredTerm, Installed, Led, Recovered, SteppedDown, Truncated
from splitbrain_invariants import LeaderAppendOnly, LogMatching

CRASH = Crashed(50, "n1", 0, 0)
AGAIN = Started(51, "n1", 2)
LEADS = [("n1", EnteredTerm(1)), ("n1", Led(1)), ("n1", Appended(1, 1, "a")), ("n1", Appended(2, 1, "b"))]

KEPT = {
    "a leader appends": (LeaderAppendOnly, LEADS),
    "a leader says again what it holds": (LeaderAppendOnly, [*LEADS, ("n1", Appended(1, 1, "a")), ("n1", Appended(3, 1, "c"))]),
    "a leader truncates behind its end": (LeaderAppendOnly, [*LEADS, ("n1", Truncated(3))]),
    "a leader that stepped down truncates": (LeaderAppendOnly, [*LEADS, ("n1", SteppedDown(1)), ("n1", Truncated(1))]),
    "a leader that entered a higher term truncates": (LeaderAppendOnly, [*LEADS, ("n1", EnteredTerm(2)), ("n1", Truncated(1))]),
    "a former leader truncates after a restart": (
        LeaderAppendOnly,
        [*LEADS, CRASH, AGAIN, ("n1", Recovered(1, "n1", ((1, "a"),))), ("n1", Truncated(1))],
    ),
    "what a leader had lost in a crash is nothing that it overwrites": (
        LeaderAppendOnly,
        [*LEADS, CRASH, AGAIN, ("n1", EnteredTerm(2)), ("n1", Led(2)), ("n1", Appended(1, 2, "c"))],
    ),
    "a leader compacts its log": (
        LeaderAppendOnly,
        [*LEADS, ("n1", Installed(1, 1, rest=True)), ("n1", Appended(2, 1, "b")), ("n1", Appended(3, 1, "c"))],
    ),
    "a leader compacts all of its log": (LeaderAppendOnly, [*LEADS, ("n1", Installed(2, 1)), ("n1", Appended(3, 1, "c"))]),
    "a leader says again what is in its snapshot": (
        LeaderAppendOnly,
        [*LEADS, ("n1", Installed(2, 1)), ("n1", Appended(1, 1, "a")), ("n1", Installed(1, 1, rest=True))],
    ),
    "a follower's tail gives way to a snapshot": (
        LeaderAppendOnly,
        [*LEADS, ("n1", SteppedDown(1)), ("n1", Installed(1, 1)), ("n1", Appended(2, 2, "x"))],
    ),
    "equal logs, one of them behind a snapshot": (
        LogMatching,
        [
            *[("n1", Appended(1, 1, "a")), ("n1", Appended(2, 2, "b")), ("n1", Appended(3, 2, "c"))],
            *[("n2", Installed(1, 1)), ("n2", Appended(2, 2, "b")), ("n3", Recovered(2, None, ((2, "c"),), 2, 2))],
        ],
    ),
    "another node truncates": (LeaderAppendOnly, [*LEADS, ("n2", Appended(1, 1, "x")), ("n2", Truncated(1))]),
    "a node that never says when it leads no more": (
        LeaderAppendOnly,
        [("n1", Led(1)), ("n1", Appended(1, 1, "a")), ("n1", Truncated(1))],
    ),
    "a node that says what it recovered, and never when it leads no more": (
        LeaderAppendOnly,
        [("n1", Recovered(0, None, ())), ("n1", Led(1)), ("n1", Appended(1, 1, "a")), ("n1", Truncated(1))],
    ),
    "a leader says again that it holds what is no number": (
        LeaderAppendOnly,
        [*LEADS, ("n1", Appended(3, 1, float("nan"))), ("n1", Appended(3, 1, float("nan")))],
    ),
    "equal logs, of lists and tuples and what is no number": (
        LogMatching,
        [("n1", Appended(1, 1, ("a", float("nan")))), ("n2", Recovered(1, None, ((1, ["a", float("nan")]),)))],
    ),
    "equal logs": (
        LogMatching,
        [("n1", Appended(1, 1, "a")), ("n1", Appended(2, 2, "b")), ("n2", Appended(1, 1, "a")), ("n2", Appended(2, 2, "b"))],
    ),
    "logs that differ in terms": (LogMatching, [("n1", Appended(1, 1, "a")), ("n2", Appended(1, 2, "b"))]),
    "a conflicting tail is replaced": (
        LogMatching,
        [
            ("n2", Appended(1, 1, "a")),
            ("n2", Appended(2, 2, "b")),
            ("n1", Appended(1, 1, "a")),
            ("n1", Appended(2, 1, "x")),
            ("n1", Truncated(2)),
            ("n1", Appended(2, 2, "b")),
        ],
    ),
    "a conflicting tail is replaced, and the node does not say that it is truncated": (
        LogMatching,
        [
            ("n2", Appended(1, 2, "a")),
            ("n2", Appended(2, 2, "b")),
            ("n1", Appended(1, 1, "x")),
            ("n1", Appended(2, 1, "y")),
            ("n1", Appended(1, 2, "a")),
            ("n1", Appended(2, 2, "b")),
        ],
    ),
    "the same entries are appended again": (
        LogMatching,
        [("n1", Appended(1, 1, "a")), ("n1", Appended(2, 2, "b")), ("n1", Appended(1, 1, "a")), ("n1", Appended(3, 2, "c"))],
    ),
    "entries that a crash took are appended by others": (
        LogMatching,
        [("n1", Appended(1, 1, "a")), CRASH, AGAIN, ("n1", Recovered(1, None, ())), ("n1", Appended(1, 2, "b"))],
    ),
    "a node that does not say what it recovered appends somewhere": (
        LogMatching,
        [
            ("n2", Appended(1, 1, "a")),
            ("n2", Appended(2, 2, "b")),
            ("n2", Appended(3, 3, "c")),
            ("n1", Appended(1, 1, "a")),
            CRASH,
            AGAIN,
            ("n1", Appended(3, 3, "c")),
        ],
    ),
}

BROKEN = {
    "a leader overwrites 1 with True": (
        LeaderAppendOnly,
        [*LEADS, ("n1", Appended(3, 1, 1)), ("n1", Appended(3, 1, True))],
        (
            "LeaderAppendOnly(Led, Appended)",
            [1, -1],
            "n1, leader of term 1, overwrote entry 3 (1, term 1) with entry 3 (True, term 1)",
        ),
    ),
    "an entry is 1 here, and 1.0 there": (
        LogMatching,
        [("n1", Appended(1, 1, 1)), ("n2", Appended(1, 1, 1.0))],
        ("LogMatching(Appended, Appended)", [0, -1], "entry 1 of term 1 is 1 at n1, and 1.0 at n2"),
    ),
    "a leader truncates all": (
        LeaderAppendOnly,
        [*LEADS, ("n1", Truncated(0))],
        (
            "LeaderAppendOnly(Led, Truncated)",
            [1, -1],
            "n1, leader of term 1, deleted entry 1 ('a', term 1) and what followed it",
        ),
    ),
    "a leader truncates behind its snapshot": (
        LeaderAppendOnly,
        [*LEADS, ("n1", Installed(1, 1, rest=True)), ("n1", Truncated(1))],
        (
            "LeaderAppendOnly(Led, Truncated)",
            [1, -1],
            "n1, leader of term 1, deleted entry 2 ('b', term 1) and what followed it",
        ),
    ),
    "a leader's snapshot takes away what is behind it": (
        LeaderAppendOnly,
        [*LEADS, ("n1", Installed(1, 1))],
        (
            "LeaderAppendOnly(Led, Installed)",
            [1, -1],
            "n1, leader of term 1, deleted entry 2 ('b', term 1) and what followed it",
        ),
    ),
    "a leader overwrites behind its snapshot": (
        LeaderAppendOnly,
        [*LEADS, ("n1", Installed(1, 1, rest=True)), ("n1", Appended(2, 1, "x"))],
        (
            "LeaderAppendOnly(Led, Appended)",
            [1, -1],
            "n1, leader of term 1, overwrote entry 2 ('b', term 1) with entry 2 ('x', term 1)",
        ),
    ),
    "an entry follows another one than a snapshot's last": (
        LogMatching,
        [("n1", Appended(1, 1, "a")), ("n1", Appended(2, 3, "b")), ("n2", Installed(1, 2)), ("n2", Appended(2, 3, "b"))],
        (
            "LogMatching(Appended, Appended)",
            [1, -1],
            "entry 2 of term 3 ('b') follows one of term 1 at n1, and one of term 2 at n2",
        ),
    ),
    "an entry is found that follows another one than a snapshot's last": (
        LogMatching,
        [("n1", Appended(1, 1, "a")), ("n1", Appended(2, 3, "b")), ("n2", Recovered(3, None, ((3, "b"),), 1, 2))],
        (
            "LogMatching(Appended, Recovered)",
            [1, -1],
            "entry 2 of term 3 ('b') follows one of term 1 at n1, and one of term 2 at n2",
        ),
    ),
    "a leader truncates": (
        LeaderAppendOnly,
        [*LEADS, ("n1", Truncated(2))],
        ("LeaderAppendOnly(Led, Truncated)", [1, 4], "n1, leader of term 1, deleted entry 2 ('b', term 1) and what followed it"),
    ),
    "a leader truncates what it recovered": (
        LeaderAppendOnly,
        [("n1", Recovered(1, None, ((1, "a"),))), ("n1", EnteredTerm(2)), ("n1", Led(2)), ("n1", Truncated(1))],
        ("LeaderAppendOnly(Led, Truncated)", [2, 3], "n1, leader of term 2, deleted entry 1 ('a', term 1) and what followed it"),
    ),
    "a leader overwrites": (
        LeaderAppendOnly,
        [*LEADS, ("n1", Appended(1, 1, "c"))],
        (
            "LeaderAppendOnly(Led, Appended)",
            [1, 4],
            "n1, leader of term 1, overwrote entry 1 ('a', term 1) with entry 1 ('c', term 1)",
        ),
    ),
    "a leader is still one when another leads a lower term": (
        LeaderAppendOnly,
        [("n1", EnteredTerm(3)), ("n1", Led(3)), ("n1", Appended(1, 3, "a")), ("n1", EnteredTerm(3)), ("n1", Truncated(1))],
        ("LeaderAppendOnly(Led, Truncated)", [1, 4], "n1, leader of term 3, deleted entry 1 ('a', term 3) and what followed it"),
    ),
    "two commands in one term at one index": (
        LogMatching,
        [("n1", Appended(1, 1, "a")), ("n2", Appended(1, 1, "b"))],
        ("LogMatching(Appended, Appended)", [0, 1], "entry 1 of term 1 is 'a' at n1, and 'b' at n2"),
    ),
    "the same entry after different ones": (
        LogMatching,
        [("n1", Appended(1, 1, "a")), ("n1", Appended(2, 3, "c")), ("n2", Appended(1, 2, "b")), ("n2", Appended(2, 3, "c"))],
        (
            "LogMatching(Appended, Appended)",
            [1, 3],
            "entry 2 of term 3 ('c') follows one of term 1 at n1, and one of term 2 at n2",
        ),
    ),
    "a conflicting entry stayed before the new one": (
        LogMatching,
        [
            ("n1", Appended(1, 2, "a")),
            ("n1", Appended(2, 2, "b")),
            ("n2", Appended(1, 1, "x")),
            ("n2", Appended(2, 2, "b")),
        ],
        (
            "LogMatching(Appended, Appended)",
            [1, 3],
            "entry 2 of term 2 ('b') follows one of term 2 at n1, and one of term 1 at n2",
        ),
    ),
    "an index that appears twice in one log": (
        LogMatching,
        [("n1", Appended(1, 1, "a")), ("n1", Appended(1, 1, "b"))],
        ("LogMatching(Appended, Appended)", [0, 1], "entry 1 of term 1 is 'a' at n1, and 'b' at n1"),
    ),
    "a recovered log does not match": (
        LogMatching,
        [("n2", Appended(1, 1, "a")), ("n2", Appended(2, 1, "b")), ("n1", Recovered(1, None, ((1, "a"), (1, "c"))))],
        ("LogMatching(Appended, Recovered)", [1, 2], "entry 2 of term 1 is 'b' at n2, and 'c' at n1"),
    ),
    "a recovered log is what another one must match": (
        LogMatching,
        [("n1", Recovered(2, None, ((1, "a"), (2, "c")))), ("n2", Recovered(2, None, ((2, "b"),))), ("n2", Appended(2, 2, "c"))],
        (
            "LogMatching(Recovered, Appended)",
            [0, 2],
            "entry 2 of term 2 ('c') follows one of term 1 at n1, and one of term 2 at n2",
        ),
    ),
    "what came before is learnt later": (
        LogMatching,
        [
            CRASH,
            ("n1", Appended(2, 2, "b")),
            ("n2", Appended(1, 1, "a")),
            ("n2", Appended(2, 2, "b")),
            ("n3", Appended(1, 2, "x")),
            ("n3", Appended(2, 2, "b")),
        ],
        (
            "LogMatching(Appended, Appended)",
            [3, 5],
            "entry 2 of term 2 ('b') follows one of term 1 at n2, and one of term 2 at n3",
        ),
    ),
}


@pytest.mark.parametrize(("invariant", "happenings"), KEPT.values(), ids=KEPT)
def test_is_kept_when(invariant, happenings):
    assert fold(invariant, happenings)[0] is None


@pytest.mark.parametrize(("invariant", "happenings", "expected"), BROKEN.values(), ids=BROKEN)
def test_is_broken_when(invariant, happenings, expected):
    assert_broken(invariant, happenings, expected)


def test_logs_that_differ_below_an_entry_are_shown_with_its_leader():
    assert phrases(
        LogMatching,
        ("n1", Led(2)),
        ("n1", Appended(1, 1, "a")),
        ("n1", Appended(2, 2, "b")),
        ("n2", Appended(1, 2, "x")),
        ("n2", Appended(2, 2, "b")),
    ) == [
        "at step 3 the log of n1 is t1 t2; at step 5 the log of n2 is t2 t2",
        "leader of term 2, whose entry it is, was n1 (step 1) alone",
    ]


def test_a_leader_that_deletes_had_not_stepped_down():
    told = phrases(
        LeaderAppendOnly, ("n1", EnteredTerm(1)), ("n1", Led(1)), ("n1", Appended(1, 1, "a")), ("n2", Led(2)), ("n1", Truncated(1))
    )
    assert told == [
        "n1 led term 1 from step 2, and had not stepped down by step 5",
        "meanwhile n2 had become leader of term 2 (step 4)",
    ]
