"""What the shipped invariants say when they are asked why: on hand-written traces, and on the museum's schedules."""

import pytest
from museum_runs import SLUGS, of_the_museum

from splitbrain.actions import Deliver
from splitbrain.events import Acted, CalmBegan, CalmEnded, Crashed, Observed, Requested, Sent, Started, Synced
from splitbrain.invariant import Monitor
from splitbrain.observations import (
    Accepted,
    AcceptorStarted,
    Appended,
    Applied,
    Committed,
    Decided,
    EnteredTerm,
    Led,
    Promised,
    Proposed,
    Recovered,
    Tracked,
    Truncated,
    Voted,
)
from splitbrain_invariants import (
    AcceptedIsDurable,
    Agreement,
    AppliedInOrder,
    CommitIndexNeverGoesBack,
    CommittedIsDurable,
    DecidedIsChosen,
    ElectionSafety,
    Integrity,
    LeaderAppendOnly,
    LeaderCompleteness,
    LogMatching,
    LogTermination,
    MatchIndexNeverGoesBack,
    NextIndexAboveMatchIndex,
    OneChosenValue,
    OneValuePerBallot,
    OneVotePerTerm,
    PromisesKept,
    ProposedIsSafe,
    StateMachineSafety,
    Termination,
    TermsNeverGoBack,
    Validity,
)

RAFT = [("n1", Recovered(0, None, ())), ("n2", Recovered(0, None, ())), ("n3", Recovered(0, None, ()))]
PAXOS = [(node, AcceptorStarted(None, None, None)) for node in ("n1", "n2", "n3")]
A = Appended(1, 1, "a")


def phrases(invariant, *happenings, first=()):
    """What the invariant says of a trace that breaks it at its end; pairs are observations, from step 1."""
    monitor = Monitor((invariant,))
    events = [Started(0, node, 1) for node in ("n1", "n2", "n3")] + [Observed(0, *each) for each in first]
    for step, each in enumerate(happenings, 1):
        events.append(Observed(step, *each) if type(each) is tuple else each(step))
    for event in events:
        monitor.observe(event)
    assert monitor.violation is not None
    assert monitor.violation.evidence[-1] is events[-1] or type(events[-1]) is Synced
    told = monitor.broken.witnesses(monitor.violation, events)
    assert all(0 <= step <= len(happenings) for witness in told for step in witness.steps)
    assert all(node in ("n1", "n2", "n3") for witness in told for node in witness.nodes)
    return [witness.phrase for witness in told]


def cut(node, kept=0, lost=0):
    return lambda step: Crashed(step, node, kept, lost)


def up(node):
    return lambda step: Started(step, node, 2)


def synced(node):
    return lambda step: Synced(step, node, None)


def sent(sender, receiver, kind, ordinal=1):
    return lambda step: Sent(step, sender, receiver, kind, 1, ordinal, None)


def delivered(sender, receiver, kind, ordinal=1):
    return lambda step: Acted(step, step, Deliver(sender, receiver, kind, 1, ordinal))


# Elections


def test_two_leaders_show_both_quorums_and_the_node_in_both():
    assert phrases(
        ElectionSafety,
        *[("n1", Voted(1, "n1")), ("n3", Voted(1, "n1")), ("n1", Led(1))],
        *[("n2", Voted(1, "n2")), ("n3", Voted(1, "n2")), ("n2", Led(1))],
    ) == [
        "n1 became leader of term 1 with the votes of n1 (step 1) and n3 (step 2): 2 of 3, a majority",
        "n2 became leader of term 1 with the votes of n2 (step 4) and n3 (step 5): 2 of 3, a majority",
        "n3 is in both: it voted for n1 at step 2, and for n2 at step 5",
    ]


def test_quorums_that_do_not_meet_are_said_to_be_too_small():
    told = phrases(ElectionSafety, ("n1", Voted(1, "n1")), ("n1", Led(1)), ("n2", Voted(1, "n2")), ("n2", Led(1)))
    assert told[0].endswith("with the votes of n1 (step 1): 1 of 3, where a majority is 2")
    assert told[2] == "no node voted for both; of two majorities, one would have had to"


def test_a_leader_without_a_majority_may_have_counted_votes_of_an_earlier_term():
    _, told, _ = phrases(
        ElectionSafety,
        *[("n3", Voted(1, "n1")), ("n2", Voted(2, "n2")), ("n3", Voted(2, "n2")), ("n2", Led(2))],
        *[("n1", Voted(2, "n1")), ("n1", Led(2))],
    )
    assert told.endswith("1 of 3, where a majority is 2; it had the vote of n3 (step 1) in term 1 only")


def test_a_leader_of_nodes_that_do_not_speak_of_votes():
    assert phrases(ElectionSafety, ("n1", Led(1)), ("n2", Led(1))) == [
        "nobody had said that it voted for n1 in term 1",
        "nobody had said that it voted for n2 in term 1",
    ]


def test_two_votes_name_the_restart_between_them():
    told = phrases(
        OneVotePerTerm, ("n1", Voted(1, "n2")), cut("n1", lost=1), up("n1"), ("n1", Recovered(1, None, ())), ("n1", Voted(1, "n3"))
    )
    assert told == ["n1 lost its power at step 2, with 0 of 1 unsynced writes kept; at step 4 its disk held term 1 and no vote"]


def test_two_votes_without_a_restart_between_them():
    told = phrases(OneVotePerTerm, ("n1", Voted(1, "n2")), cut("n2"), ("n1", Voted(1, "n3")))
    assert told == ["n1 ran all the time from step 1 to step 3: nothing had made it forget"]


def test_a_term_that_went_back_names_the_restart():
    told = phrases(TermsNeverGoBack, ("n1", EnteredTerm(2)), cut("n1"), up("n1"), ("n1", Recovered(1, "n2", ())))
    assert told == ["n1 lost its power at step 2, with nothing unsynced; at step 4 its disk held term 1 and its vote for n2"]


def test_a_commit_index_that_went_back():
    told = phrases(CommitIndexNeverGoesBack, ("n1", Committed(2, 1)), ("n1", Committed(1, 1)))
    assert told == ["n1 ran all the time from step 1 to step 2: nothing had made it forget"]


# Entries


COMMITTED = [("n1", A), synced("n1"), ("n2", A), synced("n2"), ("n1", Committed(1, 1))]


def test_a_leader_without_a_committed_entry_was_elected_by_one_who_had_it():
    assert phrases(LeaderCompleteness, *COMMITTED, ("n3", Voted(2, "n3")), ("n2", Voted(2, "n3")), ("n3", Led(2)), first=RAFT) == [
        "entry 1 of term 1 was at n1 (step 1) and n2 (step 3) when n1 committed it (step 5): 2 of 3, a majority",
        "n3 became leader of term 2 with the votes of n3 (step 6) and n2 (step 7): 2 of 3, a majority",
        "n2 is in both, and had the entry when it voted at step 7: the log of n3 is empty, its own ends with entry 1 of term 1",
    ]


def test_a_voter_may_have_lost_the_entry_before_it_voted():
    told = phrases(
        LeaderCompleteness,
        *[("n1", A), synced("n1"), ("n2", A), ("n1", Committed(1, 1)), cut("n2", lost=1), up("n2"), ("n2", Recovered(1, None, ()))],
        *[("n3", Voted(2, "n3")), ("n2", Voted(2, "n3")), ("n3", Led(2))],
        first=RAFT,
    )
    fate = "n2 had it from step 3, lost its power at step 5 before that was synced, and restarted without it at step 7"
    assert told[2] == f"n2 is in both, but at its vote the entry was gone: {fate}"


def test_a_voter_may_have_taken_the_entry_after_it_voted():
    told = phrases(
        LeaderCompleteness,
        *[("n1", A), ("n3", Voted(2, "n3")), ("n2", Voted(2, "n3")), ("n2", A), ("n1", Committed(1, 1)), ("n3", Led(2))],
        first=RAFT,
    )
    assert told[2] == "n2 is in both: it voted at step 3, and took the entry after that (step 4)"


def test_an_entry_at_too_few_nodes_needs_nobody_to_outvote_it():
    told = phrases(
        LeaderCompleteness,
        *[("n1", A), ("n1", Committed(1, 1)), ("n3", Voted(2, "n3")), ("n2", Voted(2, "n3")), ("n3", Led(2))],
        first=RAFT,
    )
    assert told[0].endswith("was at n1 (step 1) when n1 committed it (step 2): 1 of 3, where a majority is 2")
    assert told[2] == "no node is in both; of two majorities, one would have had to be"


@pytest.mark.parametrize(
    ("happenings", "expected"),
    [
        (
            [("n1", A), synced("n1"), ("n2", A), ("n1", Committed(1, 1))],
            "n1 has it on disk (step 1); n2 has it since step 3, not synced; n3 never had it",
        ),
        (
            [*COMMITTED, ("n2", Truncated(1)), synced("n2")],
            "n1 has it on disk (step 1); n2 had it from step 3 and removed it at step 6; n3 never had it",
        ),
        (
            [*COMMITTED, ("n2", Appended(1, 2, "b")), synced("n2")],
            "n1 has it on disk (step 1); n2 had it from step 3 and overwrote it at step 6; n3 never had it",
        ),
        (
            [*COMMITTED, cut("n2"), up("n2"), ("n2", Recovered(0, None, ()))],
            "n1 has it on disk (step 1); n2 had it from step 3, lost its power at step 6, and restarted without it at step 8; n3 never had it",  # noqa: E501
        ),
    ],
)
def test_an_entry_that_is_not_durable_is_told_node_by_node(happenings, expected):
    fate, count = phrases(CommittedIsDurable, *happenings, first=RAFT)
    assert fate == f"entry 1 of term 1: {expected}"
    assert count == "it is on disk at 1 of 3, where a majority is 2"


def test_logs_that_differ_below_an_entry_are_shown_with_its_leader():
    assert phrases(
        LogMatching,
        ("n1", Led(2)),
        ("n1", A),
        ("n1", Appended(2, 2, "b")),
        ("n2", Appended(1, 2, "x")),
        ("n2", Appended(2, 2, "b")),
    ) == [
        "at step 3 the log of n1 is t1 t2; at step 5 the log of n2 is t2 t2",
        "leader of term 2, whose entry it is, was n1 (step 1) alone",
    ]


def test_different_entries_applied_at_one_index():
    told = phrases(
        StateMachineSafety,
        *[("n1", A), ("n2", A), ("n1", Applied(1, 1, "a")), ("n2", Appended(1, 2, "b")), ("n2", Applied(1, 2, "b"))],
    )
    assert told == [
        "entry 1 of term 1 was at n1 (step 1) and n2 (step 2) when n1 applied it (step 3)",
        "entry 1 of term 2 was at n2 (step 4) when n2 applied it (step 5)",
        "entry 1 of term 1 in the end: n1 has it since step 1, not synced; n2 had it from step 2 and overwrote it at step 4; n3 never had it",  # noqa: E501
    ]


def test_one_entry_with_two_commands_names_its_leaders():
    told = phrases(StateMachineSafety, ("n1", Applied(1, 1, "a")), ("n2", Applied(1, 1, "b")))
    assert told == ["nobody became leader of term 1, whose entry it is"]


def test_a_leader_that_deletes_had_not_stepped_down():
    told = phrases(LeaderAppendOnly, ("n1", EnteredTerm(1)), ("n1", Led(1)), ("n1", A), ("n2", Led(2)), ("n1", Truncated(1)))
    assert told == [
        "n1 led term 1 from step 2, and had not stepped down by step 5",
        "meanwhile n2 had become leader of term 2 (step 4)",
    ]


def test_an_entry_that_is_left_out_was_in_the_log_and_committed():
    three = [("n1", Appended(index, 1, "a")) for index in (1, 2, 3)]
    told = phrases(AppliedInOrder, *three, synced("n1"), ("n1", Committed(3, 1)), *applies("n1", 1, 3))
    assert told == [
        "entry 2 of term 1, which it left out: n1 has it on disk (step 2)",
        "at step 7 the log of n1 is t1 t1 t1; its commit index is 3 (step 5)",
    ]


def test_an_entry_that_is_left_out_may_be_unknown():
    assert phrases(AppliedInOrder, ("n1", A), *applies("n1", 1, 4)) == [
        "entry 2, which it left out, is not known to be in its log",
    ]


def test_an_entry_that_is_applied_again_had_been_applied_since_the_start():
    assert phrases(AppliedInOrder, *applies("n1", 1, 2, 1)) == ["n1 had applied entry 1 at step 1 already"]
    told = phrases(AppliedInOrder, *applies("n1", 1, 2), cut("n1"), up("n1"), ("n1", Committed(3, 2)), *applies("n1", 2, 3, 2))
    assert told == [
        "n1 had applied entry 2 at step 6 already",
        "at step 8 the log of n1 is empty; its commit index is 3 (step 5)",
    ]


def applies(node, *indices):
    return [(node, Applied(index, 1, "a")) for index in indices]


# What leaders believe of their followers


def test_a_match_index_that_went_back_names_both_replies_and_what_the_follower_holds():
    assert phrases(
        MatchIndexNeverGoesBack,
        *[("n1", Led(1)), ("n1", A), ("n1", Appended(2, 1, "b")), sent("n1", "n2", "Append"), sent("n1", "n2", "Append", 2)],
        *[delivered("n1", "n2", "Append", 2), ("n2", A), ("n2", Appended(2, 1, "b")), synced("n2"), sent("n2", "n1", "Reply")],
        *[delivered("n1", "n2", "Append"), sent("n2", "n1", "Reply", 2)],
        *[
            delivered("n2", "n1", "Reply"),
            ("n1", Tracked("n2", 2, 3)),
            delivered("n2", "n1", "Reply", 2),
            ("n1", Tracked("n2", 1, 3)),
        ],
    ) == [
        "n1 has led term 1 since step 1",
        "match 2, next 3 comes of the Reply that n2 sent at step 10 on the Append of step 5; then the log of n2 is t1 t1",
        "match 1, next 3 comes of the Reply that n2 sent at step 12 on the Append of step 4; then the log of n2 is t1 t1",
        "entry 2 of term 1: n2 has it on disk (step 8)",
    ]


def test_a_match_index_may_go_back_without_a_message_and_without_a_log():
    told = phrases(MatchIndexNeverGoesBack, ("n1", Led(3)), ("n1", Tracked("n2", 2, 3)), ("n1", Tracked("n2", 0, 1)))
    assert told == ["n1 has led term 3 since step 1"]


def test_a_next_index_at_the_match_index_names_the_outdated_refusal():
    assert phrases(
        NextIndexAboveMatchIndex,
        *[("n1", Led(1)), ("n1", A), sent("n2", "n1", "Reply"), ("n2", A), synced("n2"), sent("n2", "n1", "Reply", 2)],
        *[delivered("n2", "n1", "Reply", 2), ("n1", Tracked("n2", 1, 2)), ("n1", Tracked("n3", 0, 2))],
        *[delivered("n2", "n1", "Reply"), ("n1", Tracked("n2", 1, 1))],
    ) == [
        "until then n1 took n2 to match up to entry 1, and next was 2 (step 8)",
        "match 1, next 1 comes of the Reply that n2 sent at step 3; then the log of n2 is empty",
        "entry 1 of term 1: n2 has it on disk (step 4)",
    ]


def test_what_an_earlier_leadership_believed_is_not_told():
    assert phrases(NextIndexAboveMatchIndex, ("n1", Tracked("n2", 1, 2)), ("n1", Led(2)), ("n1", Tracked("n2", 0, 0))) == []


# Paxos


def test_two_chosen_values_show_both_quorums_the_acceptor_in_both_and_what_was_promised():
    assert phrases(
        OneChosenValue,
        *[("n1", Accepted((1, "n1"), "a")), ("n2", Accepted((1, "n1"), "a"))],
        *[("n2", Promised((2, "n3"))), ("n3", Promised((2, "n3"))), ("n3", Proposed((2, "n3"), "b"))],
        *[("n3", Accepted((2, "n3"), "b")), ("n2", Accepted((2, "n3"), "b"))],
        first=PAXOS,
    ) == [
        "'a' was accepted at ballot 1.n1 by n1 (step 1) and n2 (step 2): 2 of 3, a majority",
        "'b' was accepted at ballot 2.n3 by n3 (step 6) and n2 (step 7): 2 of 3, a majority",
        "in both: n2 at step 2, and at step 7",
        "ballot 2.n3 was promised by n2 (step 3) and n3 (step 4): 2 of 3, a majority",
        "of these, n2 had accepted 'a' at 1.n1 (step 2) and n3 nothing: the value of the highest, 'a', is the one to propose",
    ]


def test_two_decisions_show_who_had_accepted_each():
    told = phrases(
        Agreement,
        *[("n1", Accepted((1, "n1"), "a")), ("n1", Decided("a")), ("n3", Accepted((1, "n3"), "b")), ("n3", Decided("b"))],
        first=PAXOS,
    )
    assert told[0] == "'a' was accepted at ballot 1.n1 by n1 (step 1): 1 of 3, where a majority is 2"
    assert told[2] == "no acceptor is in both; of two majorities, one would have had to be"


def test_decisions_of_nodes_that_do_not_speak_of_acceptance_have_no_witnesses():
    assert phrases(Agreement, ("n1", Decided("a")), ("n2", Decided("b"))) == []
    assert phrases(Agreement, ("n1", Decided("a", 1)), ("n2", Decided("b", 1))) == []


def test_a_decision_that_was_not_chosen_shows_who_had_accepted_it():
    told = phrases(DecidedIsChosen, ("n2", Accepted((1, "n2"), "a")), ("n1", Decided("a")), first=PAXOS)
    assert told == ["'a' was accepted at ballot 1.n2 by n2 (step 1): 1 of 3, where a majority is 2"]
    told = phrases(DecidedIsChosen, ("n2", Accepted((1, "n2"), "a")), ("n1", Decided("z")), first=PAXOS)
    assert told == ["nobody has accepted 'z'"]


def test_an_unsafe_proposal_shows_what_its_promisers_had_accepted():
    told = phrases(
        ProposedIsSafe,
        *[
            ("n2", Accepted((1, "n2"), "a")),
            ("n2", Promised((2, "n1"))),
            ("n1", Promised((2, "n1"))),
            ("n1", Proposed((2, "n1"), "b")),
        ],
        first=PAXOS,
    )
    assert told[0] == "ballot 2.n1 was promised by n2 (step 2) and n1 (step 3): 2 of 3, a majority"
    assert told[1].startswith("of these, n2 had accepted 'a' at 1.n2 (step 1) and n1 nothing")


def test_a_broken_promise_and_a_forgotten_acceptance_name_the_restart_or_that_there_was_none():
    assert phrases(PromisesKept, ("n1", Promised((2, "n1"))), ("n1", Accepted((1, "n2"), "a")), first=PAXOS) == [
        "n1 ran all the time from step 1 to step 2: nothing had made it forget"
    ]
    assert phrases(
        AcceptedIsDurable,
        *[("n1", Accepted((2, "n2"), "b")), ("n1", Accepted((1, "n1"), "a")), cut("n1"), up("n1")],
        ("n1", AcceptorStarted((1, "n1"), (1, "n1"), "a")),
        first=PAXOS,
    ) == [
        "after that, n1 accepted 'a' at ballot 1.n1 (step 2), which is lower than 2.n2",
        "n1 lost its power at step 3, with nothing unsynced; at step 5 its disk held the promise of 1.n1 and 'a' accepted at 1.n1",
    ]


def test_two_values_of_a_ballot_name_who_had_which():
    told = phrases(OneValuePerBallot, ("n1", Proposed(1, "a")), ("n2", Accepted(1, "a")), ("n3", Proposed(1, "b")))
    assert told == ["'a' at ballot 1: n2 (step 2) and n1 (step 1)", "'b' at ballot 1: n3 (step 3)"]


# All protocols


def test_a_changed_decision_names_the_restart():
    told = phrases(Integrity, ("n1", Decided("a")), cut("n1"), up("n1"), ("n1", Decided("b")))
    assert told == ["n1 lost its power at step 2, with nothing unsynced"]


def test_a_value_from_nowhere_is_set_against_what_was_asked_for():
    assert phrases(Validity, ("n1", Decided("a"))) == ["no client had asked for anything"]
    asked = [lambda step: Requested(step, "n1", f"r{step}", step, False) for _ in range(7)]
    (told,) = phrases(Validity, *asked, ("n1", Decided("a")))
    assert told.startswith("clients had asked for 3 (step 3), 4 (step 4)")
    assert told.endswith("7 (step 7), and 2 things before")


def fair(invariant, *happenings, first=()):
    """The witnesses of a fair phase, at step 1, of all three nodes."""
    core = ("n1", "n2", "n3")
    monitor = Monitor((invariant,))
    events = [*(Started(0, node, 1) for node in core), *(Observed(0, *each) for each in first)]
    events += [CalmBegan(1, core, 500), Requested(1, "n1", "c", "v", True)]
    events += [*(Observed(1, *each) if type(each) is tuple else each(1) for each in happenings), CalmEnded(1, core, 500)]
    assert [monitor.observe(event) for event in events][-1] is not None
    return [witness.phrase for witness in monitor.broken.witnesses(monitor.violation, events)]


def test_elections_that_nobody_wins_are_counted_and_the_logs_compared():
    assert fair(
        LogTermination,
        *[("n1", A), ("n2", Appended(1, 2, "b")), ("n1", Voted(3, "n1")), ("n2", Voted(4, "n2")), ("n1", Voted(5, "n1"))],
        first=RAFT,
    ) == [
        "elections in the fair phase, up to term 5: n1 stood 2 times, n2 once; nobody won",
        "logs in the end: that of n1 ends with entry 1 of term 1, that of n2 ends with entry 1 of term 2, that of n3 is empty",
    ]


def test_logs_of_which_neither_is_both_as_new_and_as_long_are_pointed_out():
    (told,) = fair(LogTermination, ("n1", A), ("n1", Appended(2, 1, "a")), ("n3", Appended(1, 2, "b")), first=RAFT)
    assert told.endswith("that of n3 ends with entry 1 of term 2; that of n3 is newer, that of n1 is longer")


def test_ballots_that_come_to_nothing_are_counted():
    talk = [sent(node, "n1" if node == "n2" else "n2", "Prepare") for node in ("n1", "n2", "n3")]
    assert fair(Termination, *talk, first=PAXOS) == []
    assert fair(Termination, *talk, ("n1", Promised(1)), ("n2", Promised(2)), first=PAXOS) == [
        "in the fair phase 2 ballots were promised; none of them came to a proposal"
    ]
    (told,) = fair(Termination, *talk, ("n1", Promised(1)), ("n1", Proposed(1, "a")), ("n1", Accepted(1, "a")), first=PAXOS)
    assert told.endswith("1 of them came to a proposal, and none was accepted by more than 1 of 3, where a majority is 2")


def test_who_waits_for_a_decision_and_never_asks_is_named_with_the_decision():
    chosen = [("n1", Accepted((1, "n1"), "a")), ("n2", Accepted((1, "n1"), "a")), ("n1", Decided("a"))]
    known = [*PAXOS, *chosen]
    assert fair(Termination, sent("n1", "n2", "Decision"), ("n2", Decided("a")), first=known) == [
        "'a' was accepted at ballot 1.n1 by n1 (from the start) and n2 (from the start): 2 of 3, a majority",
        "'a' was decided by n1 (from the start) and n2 (step 1)",
        "in the fair phase n3 sent nothing, and nobody sent anything to it",
    ]
    told = fair(Termination, sent("n1", "n2", "Decision"), first=known)
    assert told[-1] == "in the fair phase n2 and n3 sent nothing, and nobody sent anything to n3"
    told = fair(Termination, sent("n1", "n2", "Decision"), sent("n1", "n3", "Decision"), first=known)
    assert told[-1] == "in the fair phase n2 and n3 sent nothing"


def test_a_node_that_is_down_is_not_said_to_be_silent():
    told = fair(Termination, sent("n1", "n2", "Prepare"), sent("n2", "n1", "Promise"), cut("n3"), first=PAXOS)
    assert told == []


# The museum


@pytest.mark.parametrize("slug", SLUGS)
def test_every_counterexample_of_the_museum_has_witnesses(slug):
    explanation, done = of_the_museum(slug)
    assert explanation.trouble is None
    assert explanation.witnesses
    nodes = done.setup.scenario.nodes(done.setup.size)
    for witness in explanation.witnesses:
        assert set(witness.nodes) <= set(nodes)
        assert all(0 <= step <= len(done.actions) for step in witness.steps)
