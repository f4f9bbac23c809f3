"""A protocol that relies on streams alone is found clean on them, and each with one mistake is found out."""

from dataclasses import replace

import pytest
from correct.primary_backup import PRIMARY_BACKUP, Forgetful, Hasty, Repeating, Trusting, attack

from splitbrain.actions import Calm, Connect, Disconnect
from splitbrain.budget import FaultBudget
from splitbrain.events import Acted, CalmBegan
from splitbrain.schedule.file import SavedSchedule, decode, encode
from splitbrain.schedule.header import Header
from splitbrain.trace.encoding import digest
from splitbrain.world.run import Setup, run

STEPS = 400  # of a run, at most


def steps_until(scenario, host, most):
    """How many steps of runs there were until one broke something, and what; None where none of ``most`` did."""
    done = seed = 0
    while done < most:
        world = attack(scenario, seed, STEPS, host)
        done, seed = done + world.step, seed + 1
        if world.violation is not None:
            return done, world.violation.invariant
    return None


@pytest.mark.parametrize(("host", "steps"), [("direct", 20_000), ("trio", 4_000)])
def test_it_is_clean(host, steps):
    assert steps_until(PRIMARY_BACKUP, host, steps) is None


@pytest.mark.slow
@pytest.mark.parametrize("host", ["direct", "trio"])
def test_it_is_clean_for_long(host):
    assert steps_until(PRIMARY_BACKUP, host, 200_000) is None


@pytest.mark.parametrize("seed", range(6))
def test_a_run_is_the_same_on_both_hosts_and_again_from_its_schedule(seed):
    one, other = (attack(PRIMARY_BACKUP, seed, STEPS, host, keep=True) for host in ("direct", "trio"))
    assert digest(one.events) == digest(other.events)
    calm = next(event for event in one.events if isinstance(event, CalmBegan))
    acted = {event.step: event.action for event in reversed(one.events) if isinstance(event, Acted)}  # the first of each step
    schedule = [acted[step] for step in range(1, calm.step + 1)]
    assert isinstance(schedule[-1], Calm)
    assert {type(each) for each in schedule} & {Disconnect, Connect}
    saved = decode(encode(SavedSchedule(Header(scenario="x", size=3), tuple(schedule))))
    again = run(Setup(PRIMARY_BACKUP, 3), saved.actions, keep=True)
    assert again.stopped is None
    assert again.events == one.events
    lenient = run(Setup(PRIMARY_BACKUP, 3), schedule, keep=True, lenient=True)
    assert (lenient.skipped, lenient.events) == (0, one.events)


@pytest.mark.parametrize(
    ("factory", "invariants"),
    [
        (Trusting, {"OneLog", "Agreement"}),
        (Forgetful, {"KeepsContract"}),
        (Hasty, {"OneLog"}),
        (Repeating, {"KeepsContract"}),
    ],
)
def test_one_mistake_is_found_out(factory, invariants):
    found = steps_until(replace(PRIMARY_BACKUP, factory=factory), "direct", 20_000)
    assert found is not None
    assert found[1] in invariants


@pytest.mark.parametrize("factory", [Trusting, Forgetful])
def test_what_is_wrong_with_reconnecting_shows_only_where_connections_end(factory):
    calm = FaultBudget(disconnect=False, crashes="none", slow_disks=True)
    assert steps_until(replace(PRIMARY_BACKUP, factory=factory, budget=calm), "direct", 20_000) is None
