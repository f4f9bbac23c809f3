"""Each Paxos exhibit breaks by a schedule written by hand, which unbroken Paxos survives."""

from dataclasses import replace
from inspect import getdoc, getsource

import pytest

from splitbrain.actions import Calm, Crash, Deliver, Drop, Duplicate, Fire, Request, Restart
from splitbrain.errors import NotEnabled
from splitbrain.search.hunt import hunt
from splitbrain.world.world import World
from splitbrain_protocols.museum.paxos import PAXOS_EXHIBITS
from splitbrain_protocols.paxos.node import Paxos
from splitbrain_protocols.paxos.scenario import PLAIN

EXHIBITS = {exhibit.id: exhibit for exhibit in PAXOS_EXHIBITS}


def ask(node):
    return Request(f"n{node}", f"r{node}", f"v{node}")


def on(kind, number, sender, receiver, ordinal=1):
    return Deliver(f"n{sender}", f"n{receiver}", kind, number, ordinal)


def phase_1(number, proposer, acceptor, ordinal=1):
    return [on("Prepare", number, proposer, acceptor, ordinal), on("Promise", number, acceptor, proposer, ordinal)]


SCHEDULES = {
    "pax-accept-no-check": [
        ask(1),
        on("Prepare", 1, 1, 2),
        ask(2),
        on("Promise", 1, 2, 1),
        on("Accept", 1, 1, 2),
    ],
    "pax-accept-keeps-promise": [
        ask(1),
        on("Prepare", 1, 1, 2),
        ask(2),
        *phase_1(2, 2, 1),
        on("Promise", 1, 2, 1),
        on("Accept", 2, 2, 3),
        on("Accept", 1, 1, 3),
        Fire("n1", "retry"),
        *phase_1(3, 1, 3),
        on("Accept", 3, 1, 3),
    ],
    "pax-promised-as-accepted": [
        ask(1),
        ask(2),
        *phase_1(1, 1, 3),
        *phase_1(1, 2, 3),
        on("Accept", 1, 2, 3),
        Fire("n1", "retry"),
        *phase_1(2, 1, 3),
        on("Accept", 2, 1, 3),
    ],
    "pax-promise-not-durable": [ask(2), on("Prepare", 1, 2, 3), Crash("n3"), Restart("n3")],
    "pax-accepted-not-durable": [ask(1), *phase_1(1, 1, 2), on("Accept", 1, 1, 2), Crash("n2"), Restart("n2")],
    "pax-accept-overstrict": [Calm(("n1", "n2", "n3"), 1, 3_000)],
    "pax-ignore-reported": [
        ask(1),
        *phase_1(1, 1, 3),
        on("Accept", 1, 1, 3),
        ask(2),
        *phase_1(1, 2, 3),
        on("Accept", 1, 2, 3),
    ],
    "pax-value-not-highest": [
        ask(1),
        ask(2),
        *phase_1(1, 1, 3),
        *phase_1(1, 2, 3),
        on("Accept", 1, 2, 3),
        Fire("n2", "retry"),
        *phase_1(2, 2, 1),
        on("Accept", 2, 2, 1),
    ],
    "pax-nonunique-ballots": [ask(1), ask(2), *phase_1(1, 1, 3), *phase_1(1, 2, 3)],
    "pax-duelling-proposers": [Calm(("n1", "n2", "n3"), 1, 2_000)],
    "pax-quorum-half": [ask(1)],
    "pax-dup-accepted": [
        ask(1),
        *phase_1(1, 1, 2),
        *phase_1(1, 1, 3),
        on("Accept", 1, 1, 2),
        Duplicate("n2", "n1", "Accepted", 1),
        on("Accepted", 1, 2, 1),
        Deliver("n2", "n1", "Accepted", 1, copy=1),
    ],
    "pax-reply-before-durable": [
        ask(1),
        *phase_1(1, 1, 2),
        Crash("n2", 0, on("Accept", 1, 1, 2), 2),  # said and sent, and not yet written
        Restart("n2"),
    ],
    "pax-ballot-not-durable": [
        ask(3),
        on("Prepare", 1, 3, 1),
        Crash("n3", 0, on("Promise", 1, 1, 3), 3),  # the others are asked to accept v3, its own acceptor is not
        Restart("n3"),
        Request("n3", "again", "v9"),
        *phase_1(1, 3, 1, ordinal=2),
    ],
    "pax-amnesiac-rejoin": [ask(2), on("Prepare", 1, 2, 3), Crash("n3"), Restart("n3")],
    "pax-prune-forgets-promise": [
        ask(1),
        *phase_1(1, 1, 2),
        ask(2),
        *phase_1(2, 2, 3),
        on("Accept", 2, 2, 3),
        on("Accepted", 2, 3, 2),  # decided
        Fire("n2", "prune"),
        on("Accept", 1, 1, 2),
    ],
    "pax-state-expires": [ask(2), on("Prepare", 1, 2, 3), Fire("n3", "prune"), ask(1), on("Prepare", 1, 1, 3)],
    "pax-stale-promise": [  # luohaha/MyPaxos#18
        ask(1),
        on("Prepare", 1, 1, 2),
        Fire("n1", "retry"),
        ask(3),
        *phase_1(1, 3, 2),
        on("Accept", 1, 3, 2),  # v3 is chosen
        on("Promise", 1, 2, 1),
        on("Accept", 2, 1, 2),
    ],
    "pax-late-promise": [ask(1), *phase_1(1, 1, 2), ask(2), *phase_1(2, 2, 3), *phase_1(2, 2, 1)],
    "pax-refusal-counts": [
        ask(3),
        *phase_1(1, 3, 2),
        on("Accept", 1, 3, 2),  # v3 is chosen
        Fire("n3", "retry"),
        ask(1),
        Fire("n1", "retry"),
        on("Prepare", 2, 1, 3),
        on("Preempted", 2, 3, 1),
        on("Accept", 2, 1, 2),
    ],
    "pax-retry-skips-prepare": [
        ask(2),
        *phase_1(1, 2, 3),
        on("Accept", 1, 2, 3),  # v2 is chosen
        ask(1),
        Fire("n1", "retry"),
        on("Accept", 2, 1, 3),
    ],
    "pax-report-is-decision": [ask(1), *phase_1(1, 1, 2), ask(2), *phase_1(2, 2, 1)],
    "pax-quorum-even": [ask(1), *phase_1(1, 1, 2), on("Accept", 1, 1, 2), on("Accepted", 1, 2, 1)],
    "pax-non-member-acks": [ask(1), *phase_1(1, 1, 4), on("Accept", 1, 1, 4), on("Accepted", 1, 4, 1)],
    "pax-learner-counts-values": [
        ask(1),
        *phase_1(1, 1, 2),  # n1 alone accepts v1, at ballot 1
        ask(2),
        *phase_1(2, 2, 1),  # and n2, at ballot 2
        Fire("n3", "learn"),
        on("Query", None, 3, 1),
        on("Accepted", 1, 1, 3),
        on("Query", None, 3, 2),
        on("Accepted", 2, 2, 3),
    ],
    "pax-learn-from-one": [ask(1), *phase_1(1, 1, 2)],
    "pax-refused-gives-up": [
        ask(1),
        ask(2),
        ask(3),
        on("Prepare", 1, 3, 1),
        on("Prepare", 1, 3, 2),
        on("Prepare", 1, 1, 2),
        on("Preempted", 1, 2, 1),
        on("Prepare", 1, 2, 1),
        on("Preempted", 1, 1, 2),
        Calm(("n1", "n2"), 1, 3_000),  # the one in whose favour they gave up is dead
    ],
    "pax-learner-never-asks": [  # n3 learns, and does nothing else
        ask(1),
        Fire("n1", "retry"),
        *phase_1(2, 1, 2),
        on("Accept", 2, 1, 2),
        on("Accepted", 2, 2, 1),
        Drop("n2", "n3", "Accepted", 2),
        Drop("n1", "n3", "Decision"),
        Calm(("n1", "n2", "n3"), 1, 3_000),
    ],
}


# Three nodes, or four where a majority of three tells too little.
SIZE = {"pax-dup-accepted": 4, "pax-quorum-even": 4, "pax-non-member-acks": 4}


def unbroken(slug):
    return replace(EXHIBITS[slug].scenario, factory=Paxos)


def play(scenario, slug, strict):
    with World(scenario, size=SIZE.get(slug, 3), lenient=not strict) as world:
        for action in SCHEDULES[slug]:
            if world.violation is not None:
                break
            try:
                world.apply(action)
            except NotEnabled:
                if strict:
                    raise
        return world.violation


def test_every_exhibit_has_a_schedule_here():
    assert sorted(SCHEDULES) == sorted(slug for slug, exhibit in EXHIBITS.items() if not exhibit.control)


@pytest.mark.parametrize("slug", SCHEDULES)
def test_the_exhibit_breaks_an_invariant_that_it_names(slug):
    violation = play(EXHIBITS[slug].scenario, slug, strict=True)
    assert violation is not None
    assert violation.invariant in EXHIBITS[slug].invariant


@pytest.mark.parametrize("slug", SCHEDULES)
def test_unbroken_paxos_survives_the_same_schedule(slug):
    assert play(unbroken(slug), slug, strict=False) is None


@pytest.mark.parametrize("slug", EXHIBITS)
def test_an_exhibit_overrides_one_method_of_the_reference_in_under_twenty_lines(slug):
    factory = EXHIBITS[slug].scenario.factory
    overridden = [name for name in vars(factory) if name in dir(factory.__mro__[1]) and not name.startswith("__")]
    assert len(overridden) == 1
    assert len(getsource(getattr(factory, overridden[0])).splitlines()) < 20


@pytest.mark.parametrize("slug", EXHIBITS)
def test_an_exhibit_tells_its_story_in_a_few_sentences(slug):
    mechanism, _, story = getdoc(EXHIBITS[slug].scenario.factory).partition("\n\n")
    assert "\n" not in mechanism
    assert 50 <= len(story.split()) <= 180


@pytest.mark.parametrize("slug", [slug for slug, exhibit in EXHIBITS.items() if exhibit.scenario.options != PLAIN.options])
def test_unbroken_paxos_with_the_options_of_an_exhibit_is_clean_and_decides(slug):
    hunted = hunt(unbroken(slug), seed=1, steps=20_000)
    assert hunted.outcome == "clean"
    assert hunted.coverage["Decided"] > 0


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("slug", ["pax-accept-overstrict", "pax-duelling-proposers"])
def test_a_liveness_bug_never_ends_whatever_the_jitter(slug, seed):
    scenario = EXHIBITS[slug].scenario
    with World(scenario) as world:
        world.apply(Calm(world.nodes, seed, 500))
        assert world.violation is not None
        assert world.violation.invariant == "Termination"
