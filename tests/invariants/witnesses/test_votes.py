"""Who voted for whom, and who led, in words."""

from handwritten import phrases, trace

from splitbrain.invariant import Witness
from splitbrain.observations import Led, Recovered, Voted
from splitbrain_invariants import ElectionSafety
from splitbrain_invariants.witnesses.votes import electorate, leaders, votes


def test_a_leader_without_a_majority_may_have_counted_votes_of_an_earlier_term():
    _, told, _ = phrases(
        ElectionSafety,
        *[("n3", Voted(1, "n1")), ("n2", Voted(2, "n2")), ("n3", Voted(2, "n2")), ("n2", Led(2))],
        *[("n1", Voted(2, "n1")), ("n1", Led(2))],
    )
    assert told.endswith("1 of 3, where a majority is 2; it had the vote of n3 (step 1) in term 1 only")


def test_a_leader_for_whom_nobody_voted():
    told = phrases(ElectionSafety, ("n3", Recovered(1, "n1", ())), ("n1", Led(1)), ("n2", Led(1)))
    assert told == [
        "n1 became leader of term 1 with the votes of n3 (step 1): 1 of 3, where a majority is 2",
        "nobody had said that it voted for n2 in term 1",
    ]


def test_of_nodes_that_do_not_speak_of_votes_nothing_is_said():
    # They may have views for terms, and a primary that nobody elects.
    assert phrases(ElectionSafety, ("n1", Recovered(1, None, ())), ("n1", Led(1)), ("n2", Led(1))) == []


def test_of_nodes_that_do_not_say_who_leads_nothing_is_said():
    assert leaders(trace(("n1", Voted(1, "n1"))), 1) == ()


def test_a_vote_counts_from_when_it_was_given_or_found():
    events = trace(("n1", Voted(1, "n1")), ("n1", Voted(1, "n1")), ("n2", Recovered(1, "n1", ())), ("n3", Voted(1, "n2")))
    assert votes(events, 1, "n1") == {"n1": 1, "n2": 3}
    assert votes(events, 2, "n1") == {}


def test_votes_that_come_after_the_election_are_none_of_its_electorate():
    events = trace(("n1", Voted(1, "n1")), ("n1", Led(1)), ("n2", Voted(1, "n1")))
    voters, (witness,) = electorate(events, events[4])
    assert voters == {"n1": 1}
    assert witness.steps == (1, 2)


def test_a_leader_that_did_not_step_down_may_lead_on_without_votes():
    events = trace(("n2", Voted(1, "n1")), ("n1", Led(1)), ("n1", Voted(2, "n1")), ("n1", Led(2)))
    _, (witness,) = electorate(events, events[-1])
    assert witness.phrase.endswith("where a majority is 2; it had been leader of term 1 (step 2)")


def test_the_leaders_of_an_entrys_term_are_named():
    (nobody,) = leaders(trace(("n1", Led(2))), 1)
    assert nobody.phrase == "nobody became leader of term 1, whose entry it is"
    (alone,) = leaders(trace(("n1", Led(1))), 1)
    assert alone.phrase == "leader of term 1, whose entry it is, was n1 (step 1) alone"
    (both,) = leaders(trace(("n1", Led(1)), ("n2", Led(1)), ("n3", Led(2))), 1)
    assert both == Witness("leader of term 1, whose entry it is, was n1 (step 1) and n2 (step 2)", ("n1", "n2"), (1, 2))
