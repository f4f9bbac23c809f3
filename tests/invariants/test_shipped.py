"""What holds for every shipped invariant."""

import re
from functools import cache
from pathlib import Path

import msgspec
import pytest
from handwritten import ACCEPTORS, EMPTY_LOGS, trace
from museum_runs import SLUGS, of_the_museum, saved_run
from told import Cells

import splitbrain_invariants as invariants
from splitbrain import observations
from splitbrain.events import Acted, CalmBegan, CalmEnded, Crashed, Declared, Failed, Observed, Started, Synced
from splitbrain.invariant import Invariant, Monitor
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

PAGE = Path(__file__).resolve().parents[2] / "ci" / "docs" / "invariants.md"
ALL = [each for name in invariants.__all__ if isinstance(each := getattr(invariants, name), type)]
MADE = [each if each is not invariants.Linearizable else each(Cells()) for each in ALL]  # as a scenario names them
STRANGER = [
    # A node that says only some things, each of them harmless, and restarts without a word.
    *(Started(0, node, 1) for node in ("n1", "n2", "n3")),
    *(Observed(step, "n1", each) for step, each in enumerate((Voted(1, "n1"), Led(1), Committed(3, 1)), 1)),
    *(Crashed(4, "n1", 0, 0), Started(5, "n1", 2)),
    *(Observed(step, "n1", each) for step, each in enumerate((Led(2), Appended(4, 2, None), Committed(4, 2)), 6)),
    *(Synced(9, "n1", None), Observed(10, "n2", Truncated(4)), Observed(11, "n2", Led(3)), Observed(12, "n2", Committed(4, 3))),
]


@pytest.mark.parametrize("invariant", ALL)
def test_every_invariant_has_a_sentence_a_source_and_something_to_watch(invariant):
    assert issubclass(invariant, Invariant)
    sentence = invariant.sentence()
    assert sentence.endswith(".")
    assert sentence != Invariant.sentence()
    assert len(sentence) <= 132
    assert invariant.source
    assert invariant.watches
    assert all(isinstance(each, type) for each in invariant.watches)
    assert invariant.kind in ("state", "step", "eventually")


def test_one_page_says_of_each_what_it_assumes_of_a_node():
    rows = [line.split(" | ") for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    named = [row[0].strip("| `") for row in rows]
    assert len(set(named)) == len(named)
    assert {each.__name__ for each in ALL} <= set(named)
    assert all(len(row) == 5 for row in rows)
    for each in (*invariants.RAFT_SAFETY, invariants.ExactlyOnce, invariants.Termination, invariants.LogTermination):
        (row,) = [row for row in rows if row[0] == f"| `{each.__name__}`"]
        said = {name for name in re.findall(r"`(\w+)`", row[3]) if hasattr(observations, name)}
        assert said <= {kind.__name__ for kind in each.watches}


@pytest.mark.parametrize("invariant", MADE)
def test_no_invariant_fires_merely_because_observations_are_missing(invariant):
    monitor = Monitor((invariant,))
    for event in STRANGER:
        assert monitor.observe(event) is None


@pytest.mark.parametrize("invariant", MADE)
def test_every_object_starts_afresh(invariant):
    for _ in range(2):
        monitor = Monitor((invariant,))
        for event in STRANGER:
            monitor.observe(event)
        assert monitor.violation is None


def test_the_groups_hold_what_they_say():
    alone = {invariants.Termination, invariants.LogTermination, invariants.Linearizable, invariants.ExactlyOnce}
    alone.add(invariants.ClientsAnswered)
    grouped = {*invariants.RAFT_SAFETY, *invariants.PAXOS_SAFETY, *alone}
    assert grouped == set(ALL)
    assert all(each.kind != "eventually" for each in (*invariants.RAFT_SAFETY, *invariants.PAXOS_SAFETY))
    assert set(invariants.COMMON) <= set(invariants.PAXOS_SAFETY)


def test_safety_does_not_watch_every_message_and_timer():
    # What nobody watches need not be built, and these are the most frequent events.
    watched = {kind for each in (*invariants.RAFT_SAFETY, *invariants.PAXOS_SAFETY) for kind in each.watches}
    rare = {Declared, Started, Crashed, Failed, Synced, CalmBegan, CalmEnded}
    said = {AcceptorStarted, Applied, Appended, Committed, Decided, Led, Recovered}
    assert said <= watched
    assert Acted not in watched
    assert {kind.__name__ for kind in watched if kind.__module__ == "splitbrain.events"} <= {kind.__name__ for kind in rare} | {
        "Requested"
    }


@pytest.mark.parametrize("invariant", ALL)
def test_a_node_that_failed_has_crashed(invariant):
    assert (Crashed in invariant.watches) == (Failed in invariant.watches)


def fails(step):
    return Failed(step, "n1", "raised", "receive: KeyError")


LEADS = [("n1", EnteredTerm(1)), ("n1", Led(1)), ("n1", Appended(1, 1, "a"))]
DOUBTS = {  # what would be wrong, had n1 not failed just before the last of these
    invariants.DecidedIsChosen: (ACCEPTORS, [("n2", Accepted((1, "n2"), "a")), ("n2", Decided("a"))]),
    invariants.ProposedIsPromised: (ACCEPTORS, [("n2", Promised((1, "n2"))), ("n2", Proposed((1, "n2"), "a"))]),
    invariants.AcceptedIsProposed: (ACCEPTORS, [("n2", Proposed((1, "n2"), "a")), ("n2", Accepted((3, "n1"), "b"))]),
    invariants.LeadsByVotes: (EMPTY_LOGS, [("n2", Voted(1, "n2")), ("n2", Led(1))]),
    invariants.MatchIndexNeverGoesBack: ((), [("n1", Led(1)), ("n1", Tracked("n2", 3, 4)), ("n1", Tracked("n2", 0, 4))]),
    invariants.LeaderAppendOnly: (EMPTY_LOGS, [*LEADS, ("n1", Appended(1, 2, "b"))]),
    invariants.CommitWithinLog: (EMPTY_LOGS, [*LEADS, ("n1", Committed(2, 1))]),
    invariants.LeaderCompleteness: (EMPTY_LOGS, [("n2", Appended(1, 1, "a")), ("n2", Committed(1, 1)), ("n1", Led(2))]),
    invariants.TermsRise: (EMPTY_LOGS, [*LEADS, ("n1", Appended(2, 2, "b"))]),
}


@pytest.mark.parametrize(("invariant", "first", "said"), [(each, *told) for each, told in DOUBTS.items()])
def test_a_node_that_failed_has_the_benefit_of_the_doubt(invariant, first, said):
    broken = Monitor((invariant,))
    for event in trace(*said, first=first):
        broken.observe(event)
    assert broken.violation is not None
    doubted = Monitor((invariant,))
    for event in trace(*said[:-1], fails, said[-1], first=first):
        assert doubted.observe(event) is None


@pytest.mark.parametrize("slug", SLUGS)
def test_every_counterexample_of_the_museum_has_witnesses(slug):
    explanation, done = of_the_museum(slug)
    assert explanation.trouble is None
    assert explanation.witnesses
    nodes = done.setup.scenario.nodes(done.setup.size)
    for witness in explanation.witnesses:
        assert set(witness.nodes) <= set(nodes)
        assert all(0 <= step <= len(done.actions) for step in witness.steps)


@cache
def _more_than(kind):
    return msgspec.defstruct(kind.__name__ + "Here", [("remark", str, "")], bases=(kind,), frozen=True, tag=True)


def _in_their_own_words(event):
    """The event as it is where the node's authors have added a field to the observation."""
    if not isinstance(event, Observed) or not isinstance(event.observation, observations.Observation):
        return event
    more = _more_than(type(event.observation))(**msgspec.structs.asdict(event.observation), remark="of ours")
    return msgspec.structs.replace(event, observation=more)


@pytest.mark.parametrize("slug", SLUGS)
def test_observations_that_add_a_field_to_the_shipped_ones_are_folded_like_them(slug):
    _, done = saved_run(slug)
    monitor = done.setup.scenario.monitor()
    events = [_in_their_own_words(event) for event in done.events]
    found = next(violation for event in events if (violation := monitor.observe(event)) is not None)
    quoted = found.summary.replace("Here(", "(").replace(", remark='of ours'", "")
    assert (found.invariant, quoted) == (done.violation.invariant, done.violation.summary)
    assert found.evidence[-1] == _in_their_own_words(done.violation.evidence[-1])
    told = monitor.broken.witnesses(found, events)
    assert [each.phrase for each in told] == [each.phrase for each in of_the_museum(slug)[0].witnesses]
