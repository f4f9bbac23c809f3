"""Each Paxos exhibit breaks by a schedule written by hand, which unbroken Paxos survives."""

import pytest

from harness.actions import Calm, Crash, Deliver, Duplicate, Fire, Request, Restart
from harness.errors import NotEnabled
from harness.world import World
from protocols.museum.paxos_exhibits import PAXOS_EXHIBITS
from protocols.paxos.scenario import PAXOS

EXHIBITS = {exhibit.id: exhibit for exhibit in PAXOS_EXHIBITS}


def ask(node):
    return Request(f"n{node}", f"r{node}", f"v{node}")


def on(kind, number, sender, receiver):
    return Deliver(f"n{sender}", f"n{receiver}", kind, number)


def phase_1(number, proposer, acceptor):
    return [on("Prepare", number, proposer, acceptor), on("Promise", number, acceptor, proposer)]


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
}


def play(scenario, schedule, strict):
    size = 4 if any("n4" in str(action) for action in schedule) else scenario.sizes[0]
    with World(scenario, size=size, lenient=not strict) as world:
        for action in schedule:
            if world.violation is not None:
                break
            try:
                world.apply(action)
            except NotEnabled:
                if strict:
                    raise
        return world.violation


def test_every_exhibit_has_a_schedule_here():
    assert list(SCHEDULES) == list(EXHIBITS)


@pytest.mark.parametrize("slug", SCHEDULES)
def test_the_exhibit_breaks_an_invariant_that_it_names(slug):
    violation = play(EXHIBITS[slug].scenario, SCHEDULES[slug], strict=True)
    assert violation is not None
    assert violation.invariant in EXHIBITS[slug].invariant


@pytest.mark.parametrize("slug", SCHEDULES)
def test_unbroken_paxos_survives_the_same_schedule(slug):
    assert play(PAXOS, SCHEDULES[slug], strict=False) is None


@pytest.mark.parametrize("slug", SCHEDULES)
def test_an_exhibit_overrides_one_method_of_the_reference(slug):
    factory = EXHIBITS[slug].scenario.factory
    overridden = [name for name in vars(factory) if name in dir(factory.__mro__[1]) and not name.startswith("__")]
    assert len(overridden) == 1


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("slug", ["pax-accept-overstrict", "pax-duelling-proposers"])
def test_a_liveness_bug_never_ends_whatever_the_jitter(slug, seed):
    scenario = EXHIBITS[slug].scenario
    with World(scenario) as world:
        world.apply(Calm(world.nodes, seed, 500))
        assert world.violation is not None
        assert world.violation.invariant == "Termination"
