"""The exhibits of Raft: shortest schedules from exhaustive searches break them, and leave the reference implementation whole."""

import re
from inspect import cleandoc

import pytest

from splitbrain.actions import Crash, Fire, Request, Restart
from splitbrain.errors import NotEnabled
from splitbrain.exhibit import mutant
from splitbrain.invariant import Invariant
from splitbrain.search.hunt import hunt
from splitbrain.world.world import World
from splitbrain_protocols.museum.raft import RAFT_EXHIBITS
from splitbrain_protocols.raft.core.messages import AppendEntries, AppendEntriesReply
from splitbrain_protocols.raft.scenario import RAFT

EXHIBITS = {exhibit.id: exhibit for exhibit in RAFT_EXHIBITS}
INVARIANTS = {each.__name__: each for each in RAFT.invariants}
NODES = {"A": "n1", "B": "n2", "C": "n3", "D": "n4", "E": "n5"}
KINDS = {"RV": "RequestVote", "VR": "RequestVoteReply", "AE": "AppendEntries", "AR": "AppendEntriesReply"}

# (exhibit, invariant, nodes): the shortest schedule. `A timeout` is A's election timeout; RV/VR are RequestVote and its reply,
# AE/AR AppendEntries and its reply (`dup`: delivered, and still in flight); `A>B` sender and receiver, t the term,
# `prev(i,t)[..]` the entries; `op v` a client's command; `quorum`: a leader asks itself who follows. Messages that are not
# listed are lost.
SHORTEST = {
    ("vote-quorum-too-small", "LeadsByVotes", 3): "A timeout t1",
    ("vote-stale-term", "LeadsByVotes", 3): "A timeout t1 · RV A>B t1 · A timeout t2 · VR B>A t1",
    ("vote-dup", "LeadsByVotes", 4): "A timeout t1 · RV A>C t1 · dup VR C>A t1 · VR C>A t1",
    ("leader-votes-keeps-leading", "TermsRise", 3): ("A timeout t1 · RV A>B t1 · VR B>A t1 · B timeout t2 · RV B>A t2 · A op v1"),
    ("vote-quorum-too-small", "ElectionSafety", 3): "A timeout t1 · B timeout t1",
    ("vote-stale-term", "ElectionSafety", 3): (
        "A timeout t1 · A timeout t2 · RV A>B t1 · B timeout t2 · RV B>C t2 · VR B>A t1 · VR C>B t2"
    ),
    ("vote-dup", "ElectionSafety", 4): (
        "A timeout t1 · B timeout t1 · RV A>C t1 · RV B>D t1 · dup VR C>A t1 · VR C>A t1 · dup VR D>B t1 · VR D>B t1"
    ),
    ("vote-not-durable", "ElectionSafety", 3): (
        "A timeout t1 · B timeout t1 · RV A>C t1 · C: crash+restart · RV B>C t1 · VR C>A t1 · VR C>B t1"
    ),
    ("term-not-durable", "ElectionSafety", 3): (
        "A timeout t1 · B timeout t1 · RV A>C t1 · C: crash+restart · RV B>C t1 · VR C>A t1 · VR C>B t1"
    ),
    ("vote-self-not-durable", "ElectionSafety", 3): (
        "A timeout t1 · B timeout t1 · RV A>C t1 · VR C>A t1 · A: crash+restart · RV B>A t1 · VR A>B t1"
    ),
    ("vote-twice-in-term", "ElectionSafety", 3): ("A timeout t1 · B timeout t1 · RV A>B t1 · RV B>A t1 · VR A>B t1 · VR B>A t1"),
    ("leader-stepdown-clears-vote", "ElectionSafety", 3): (
        "A timeout t1 · B timeout t1 · RV A>C t1 · VR C>A t1 · A: quorum · RV B>A t1 · VR A>B t1"
    ),
    ("vote-no-log-check", "LeaderCompleteness", 3): (
        "A timeout t1 · RV A>B t1 · B timeout t2 · VR B>A t1 · A op v1 · AE A>C t1 prev(0,0)[t1:v1] · RV B>C t2 · AR C>A t1 ack(1)"
        " · VR C>B t2"
    ),
    ("vote-term-or-index", "LeaderCompleteness", 3): (
        "A timeout t1 · RV A>B t1 · VR B>A t1 · A op v1 · A op v2 · AE A>B t1 prev(0,0)[t1:v1] · B timeout t2"
        " · AE A>C t1 prev(0,0)[t1:v1 t1:v2] · RV B>C t2 · AR C>A t1 ack(2) · VR C>B t2"
    ),
    ("commit-quorum-half", "LeaderCompleteness", 3): (
        "A timeout t1 · RV A>B t1 · B timeout t2 · RV B>C t2 · VR B>A t1 · A op v1 · VR C>B t2"
    ),
    ("commit-quorum-half", "CommittedIsDurable", 3): "A timeout t1 · RV A>B t1 · VR B>A t1 · A op v1",
    ("log-truncate-always", "LeaderCompleteness", 3): (
        "A timeout t1 · RV A>B t1 · B timeout t2 · VR B>A t1 · A op v1 · AE A>C t1 prev(0,0)[t1:v1] · AE A>C t1 prev(0,0)[]"
        " · RV B>C t2 · AR C>A t1 ack(1) · VR C>B t2"
    ),
    ("ae-stale-term-accepted", "LeaderCompleteness", 3): (
        "A timeout t1 · RV A>B t1 · B timeout t2 · RV B>C t2 · VR B>A t1 · A op v1 · AE A>C t1 prev(0,0)[t1:v1] · AR C>A t1 ack(1)"
        " · VR C>B t2"
    ),
    ("ack-old-leader-after-voting", "LeaderCompleteness", 3): (
        "A timeout t1 · RV A>B t1 · B timeout t2 · RV B>C t2 · VR B>A t1 · A op v1 · AE A>C t1 prev(0,0)[t1:v1] · AR C>A t1 ack(1)"
        " · VR C>B t2"
    ),
    ("ack-before-durable", "CommittedIsDurable", 3): (
        "A timeout t1 · RV A>B t1 · VR B>A t1 · A op v1 · AE A>C t1 prev(0,0)[t1:v1] · AR C>A t1 ack(1)"
    ),
    ("ack-before-durable", "LeaderCompleteness", 3): (
        "A timeout t1 · RV A>B t1 · B timeout t2 · VR B>A t1 · A op v1 · AE A>C t1 prev(0,0)[t1:v1] · C: crash+restart · RV B>C t2"
        " · AR C>A t1 ack(1) · VR C>B t2"
    ),
    ("leader-counts-undurable-self", "CommittedIsDurable", 3): (
        "A timeout t1 · RV A>B t1 · VR B>A t1 · A op v1 · AE A>C t1 prev(0,0)[t1:v1] · AR C>A t1 ack(1)"
    ),
    ("leader-counts-undurable-self", "LeaderCompleteness", 3): (
        "A timeout t1 · RV A>B t1 · B timeout t2 · VR B>A t1 · A op v1 · AE A>C t1 prev(0,0)[t1:v1] · AR C>A t1 ack(1)"
        " · A: crash+restart · RV B>A t2 · VR A>B t2"
    ),
    ("follower-commit-past-match", "StateMachineSafety", 3): (
        "A timeout t1 · RV A>B t1 · B timeout t2 · RV B>C t2 · VR B>A t1 · A op v1 · VR C>B t2 · B op v2"
        " · AE B>C t2 prev(0,0)[t2:v2] · AR C>B t2 ack(1) · B: heartbeat · AE B>A t2 prev(0,0)[] commit=1"
    ),
    ("log-no-prevterm-check", "LogMatching", 3): (
        "A timeout t1 · RV A>B t1 · B timeout t2 · RV B>C t2 · VR B>A t1 · A op v1 · RV B>A t2 · A timeout t3 · RV A>C t3"
        " · VR C>A t3 · A op v2 · VR C>B t2 · B op v3 · AE A>B t3 prev(1,1)[t3:v2]"
    ),
    ("commit-mode-not-median", "LeaderCompleteness", 5): (
        "A timeout t1 · RV A>B t1 · B timeout t2 · RV A>C t1 · RV B>C t2 · RV B>D t2 · VR B>A t1 · VR C>A t1 · A op v1 · VR C>B t2"
        " · AE A>E t1 prev(0,0)[t1:v1] · AR E>A t1 ack(1) · VR D>B t2"
    ),
    ("leader-votes-keeps-leading", "LogMatching", 3): (
        "A timeout t1 · RV A>B t1 · VR B>A t1 · B timeout t2 · RV B>A t2 · VR A>B t2 · A op v1 · B op v2"
    ),
    ("figure-8", "LeaderCompleteness", 3): (
        "A timeout t1 · RV A>B t1 · B timeout t2 · RV B>C t2 · VR B>A t1 · A op v1 · RV B>A t2 · A timeout t3 · RV A>C t3"
        " · VR C>A t3 · VR C>B t2 · B op v2 · RV A>B t3 · B timeout t4 · AE A>C t3 prev(1,1)[] · AR C>A t3 NACK(0)"
        " · AE A>C t3 prev(0,0)[t1:v1] · RV B>C t4 · AR C>A t3 ack(1) · VR C>B t4"
    ),
    ("figure-8", "StateMachineSafety", 3): (
        "A timeout t1 · RV A>B t1 · B timeout t2 · RV B>C t2 · VR B>A t1 · A op v1 · RV B>A t2 · A timeout t3 · RV A>C t3"
        " · VR C>A t3 · VR C>B t2 · B op v2 · RV A>B t3 · B timeout t4 · AE A>C t3 prev(1,1)[] · AR C>A t3 NACK(0)"
        " · AE A>C t3 prev(0,0)[t1:v1] · RV B>C t4 · VR C>B t4 · AE B>C t4 prev(1,2)[] · AR C>A t3 ack(1) · AR C>B t4 NACK(0)"
        " · AE B>C t4 prev(0,0)[t2:v2] · AR C>B t4 ack(1)"
    ),
}


def actions(world, event):
    """The actions of one event of a schedule, as the world names them."""
    words = event.split()
    if words[1:] == ["crash+restart"]:
        node = NODES[words[0].rstrip(":")]
        return [Crash(node), Restart(node)]
    if words[1] in ("timeout", "heartbeat", "quorum"):
        return [Fire(NODES[words[0].rstrip(":")], "election" if words[1] == "timeout" else words[1])]
    if words[1] == "op":
        return [Request(NODES[words[0]], words[2], words[2])]
    duplicate = words[0] == "dup"
    kind, link, term, *rest = words[duplicate:]
    sender, receiver = (NODES[name] for name in link.split(">"))
    for envelope in world.network.flight:
        on_link = (envelope.sender, envelope.receiver) == (sender, receiver)
        if on_link and _is(envelope.message, KINDS[kind], int(term[1:]), " ".join(rest)):
            return [envelope.duplicate(), envelope.deliver()] if duplicate else [envelope.deliver()]
    raise NotEnabled(f"no {event} is in flight")


def _is(message, kind, term, detail):
    if type(message).__name__ != kind or message.term != term:
        return False
    match message:
        case AppendEntries():
            entries = " ".join(f"t{entry.term}:{entry.command}" for entry in message.entries)
            told = f"prev({message.prev_log_index},{message.prev_log_term})[{entries}]"
            return detail.removesuffix(f" commit={message.leader_commit}") == told
        case AppendEntriesReply():
            return detail.startswith("ack") == message.success and (not message.success or detail == f"ack({message.index})")
    return True


def cost(event):
    """A crash with its restart counts as one action; to deliver a message twice, it is duplicated first."""
    return 2 if event.startswith("dup ") else 1


def play(scenario, size, schedule, lenient=False):
    """Run the events until an invariant breaks; returns the violation and the number of actions that it took."""
    taken = 0
    with World(scenario, size=size) as world:
        for event in schedule.split(" · "):
            taken += cost(event)
            try:
                for action in actions(world, event):
                    world.apply(action)
            except NotEnabled:
                if not lenient:
                    raise
            if world.violation is not None:
                break
        return world.violation, taken


@pytest.mark.parametrize(("slug", "invariant", "size"), SHORTEST)
def test_the_shortest_schedule_breaks_the_invariant_with_its_last_event(slug, invariant, size):
    exhibit = EXHIBITS[slug]
    schedule = SHORTEST[slug, invariant, size]
    alone = mutant(exhibit.scenario, exhibit.scenario.factory, invariants=(INVARIANTS[invariant],))
    violation, taken = play(alone, size, schedule)
    assert violation is not None
    assert violation.invariant == invariant
    assert taken == sum(map(cost, schedule.split(" · ")))
    if invariant in exhibit.shortest:
        assert taken == exhibit.shortest[invariant]


@pytest.mark.parametrize(("slug", "invariant", "size"), SHORTEST)
def test_the_exhibit_under_all_invariants_is_caught_by_one_that_it_names(slug, invariant, size):
    exhibit = EXHIBITS[slug]
    violation, _ = play(exhibit.scenario, size, SHORTEST[slug, invariant, size])
    assert violation is not None
    assert violation.invariant in exhibit.invariant


@pytest.mark.parametrize(("slug", "invariant", "size"), SHORTEST)
def test_the_reference_implementation_survives_the_schedules_that_break_the_exhibits(slug, invariant, size):
    unbroken = mutant(EXHIBITS[slug].scenario, RAFT.factory)
    violation, _ = play(unbroken, size, SHORTEST[slug, invariant, size], lenient=True)
    assert violation is None


@pytest.mark.parametrize(
    "exhibit", [each for each in RAFT_EXHIBITS if each.scenario.options != RAFT.options], ids=lambda exhibit: exhibit.id
)
def test_a_hunt_finds_nothing_in_the_reference_implementation_with_the_options_that_an_exhibit_is_searched_with(exhibit):
    hunted = hunt(mutant(exhibit.scenario, RAFT.factory), seed=1, steps=20_000)
    assert (hunted.outcome, hunted.found) == ("clean", None)


@pytest.mark.parametrize("exhibit", RAFT_EXHIBITS, ids=lambda exhibit: exhibit.id)
def test_every_exhibit_is_well_described(exhibit):
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", exhibit.id)
    assert exhibit.protocol == RAFT.name
    assert exhibit.mechanism.endswith(".")
    assert exhibit.title
    assert exhibit.source
    assert exhibit.faults
    assert bool(exhibit.invariant) is not exhibit.control
    checked = {each.__name__ for each in exhibit.scenario.invariants if isinstance(each, type) and issubclass(each, Invariant)}
    # KeepsContract is checked in every run, whatever the scenario.
    assert set(exhibit.invariant) | set(exhibit.shortest) <= checked | {"KeepsContract"}


@pytest.mark.parametrize("exhibit", RAFT_EXHIBITS, ids=lambda exhibit: exhibit.id)
def test_every_exhibit_has_a_story_of_its_own(exhibit):
    mechanism, _, story = cleandoc(vars(exhibit.scenario.factory)["__doc__"]).partition("\n\n")
    assert "\n" not in mechanism
    sentences = re.findall(r"[.?!]\S*(?=\s|$)", story)
    assert 3 <= len(sentences) <= 12


def test_a_story_names_only_exhibits_that_are_there():
    told = " ".join(" ".join(exhibit.scenario.factory.__doc__ for exhibit in RAFT_EXHIBITS).split())
    named = set(re.findall(r"(?:[Ss]ee|the control) ([a-z0-9]+(?:-[a-z0-9]+)+)", told))
    assert len(named) >= 3
    assert named <= set(EXHIBITS)


def test_the_slugs_are_distinct():
    assert len(EXHIBITS) == len(RAFT_EXHIBITS)
