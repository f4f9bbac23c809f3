"""Every exhibit has a minimal schedule on file, found by a hunt, which breaks it and leaves the unbroken protocol whole."""

from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import pytest

from splitbrain.actions import Restart
from splitbrain.schedule.file import load
from splitbrain.schedule.format import SUFFIX
from splitbrain.schedule.replay import replay
from splitbrain.search.hunt import hunt
from splitbrain.world.run import Setup, run
from splitbrain_protocols.museum import EXHIBITS
from splitbrain_protocols.paxos.node import Paxos
from splitbrain_protocols.raft.kv.node import KeyValue
from splitbrain_protocols.raft.node import Raft

FOLDER = Path(__file__).parents[2] / "schedules" / "museum"
EXHIBIT = {exhibit.id: exhibit for exhibit in EXHIBITS}
BUGS = [exhibit.id for exhibit in EXHIBITS if not exhibit.control]
CONTROLS = [exhibit.id for exhibit in EXHIBITS if exhibit.control]
UNBROKEN = {"raft": Raft, "raft-kv": KeyValue, "paxos": Paxos}
# What is written in another way must be read in another way: these are one decision.
PAIRS = (["write_term_and_vote", "recover_term_and_vote"], ["entry", "execute"])

every_bug = pytest.mark.parametrize("slug", BUGS)


def schedule_of(slug):
    return load(FOLDER / f"{slug}{SUFFIX}")


def overridden(exhibit):
    """The methods of the unbroken protocol that the exhibit has of its own."""
    base = UNBROKEN[exhibit.protocol]
    return [name for name in vars(exhibit.scenario.factory) if not name.startswith("__") and hasattr(base, name)]


# The collection


def test_the_museum_has_at_least_fifteen_bugs_of_all_protocols_and_two_controls():
    assert len(BUGS) >= 15
    assert len(CONTROLS) >= 2
    assert {EXHIBIT[slug].protocol for slug in BUGS} == set(UNBROKEN)
    assert "figure-8" in BUGS


def test_ids_are_distinct():
    assert len(EXHIBIT) == len(EXHIBITS)


@pytest.mark.parametrize("exhibit", EXHIBITS, ids=lambda exhibit: exhibit.id)
def test_an_exhibit_says_what_it_is_and_where_it_comes_from(exhibit):
    assert exhibit.title
    assert exhibit.title[0].isupper()
    assert exhibit.source
    assert exhibit.faults
    assert exhibit.mechanism.endswith(".")
    assert exhibit.control is not bool(exhibit.invariant)


@pytest.mark.parametrize("exhibit", EXHIBITS, ids=lambda exhibit: exhibit.id)
def test_an_exhibit_changes_one_decision_of_the_unbroken_protocol_and_adds_nothing(exhibit):
    factory = exhibit.scenario.factory
    assert factory.__bases__ == (UNBROKEN[exhibit.protocol],)
    assert [name for name in vars(factory) if not name.startswith("__")] == overridden(exhibit)
    assert len(overridden(exhibit)) == 1 or overridden(exhibit) in PAIRS


def test_every_bug_has_a_schedule_and_every_schedule_is_of_a_bug():
    assert {path.name.removesuffix(SUFFIX) for path in FOLDER.iterdir()} == set(BUGS)


# The schedules


@every_bug
def test_a_saved_schedule_says_that_it_breaks_this_exhibit(slug):
    header = schedule_of(slug).header
    assert (header.bug, header.expect, header.git) == (slug, "violation", None)
    assert header.invariant in EXHIBIT[slug].invariant
    assert header.found.startswith("splitbrain hunt ")


@pytest.mark.parametrize("host", ["direct", "trio"])
@every_bug
def test_a_saved_schedule_breaks_its_exhibit_on_both_hosts(slug, host):
    saved = schedule_of(slug)
    replayed = replay(saved, host=host)
    assert replayed.outcome == "REPRODUCED", replayed.message
    assert replayed.violation.invariant == saved.header.invariant
    assert replayed.actions == len(saved.actions)


@every_bug
def test_the_unbroken_protocol_survives_that_very_schedule(slug):
    replayed = replay(schedule_of(slug), unbroken=True, lenient=True)
    assert replayed.outcome == "FIXED", replayed.message
    assert not replayed.stale


@every_bug
def test_no_single_action_can_be_left_out(slug):
    saved = schedule_of(slug)
    setup = saved.setup()
    actions = saved.schedule(setup.scenario)
    fewer = []
    for place in range(len(actions)):
        outcome = run(setup, actions[:place] + actions[place + 1 :], lenient=True)
        same = outcome.violation is not None and outcome.violation.fingerprint == saved.header.fingerprint
        if same and len(outcome.actions) < len(actions):
            fewer.append(f"{place + 1}: {actions[place]}")
    assert not fewer


@pytest.mark.parametrize("slug", [slug for slug in BUGS if EXHIBIT[slug].shortest])
def test_a_saved_schedule_is_at_most_twice_as_long_as_the_exact_shortest(slug):
    saved = schedule_of(slug)
    shortest = EXHIBIT[slug].shortest.get(saved.header.invariant)
    if shortest is None:  # known for an invariant that breaks later alone
        shortest = max(EXHIBIT[slug].shortest.values())
    # A crash with its restart counts as one.
    assert len(saved.actions) - sum(isinstance(action, Restart) for action in saved.actions) <= 2 * shortest


@every_bug
def test_the_schedule_reaches_the_broken_decision_and_there_the_unbroken_protocol_decides_otherwise(slug):
    exhibit = EXHIBIT[slug]
    differences = []
    assert spied_run(schedule_of(slug), exhibit, differences).violation is not None
    assert any(differences)


def test_a_decision_that_is_overridden_by_itself_is_not_taken_for_a_bug():
    class Same(Raft):
        def may_grant_vote(self, candidate, request):
            return super().may_grant_vote(candidate, request)

    exhibit = EXHIBIT["vote-twice-in-term"]
    differences = []
    spied_run(schedule_of(exhibit.id), replace(exhibit, scenario=replace(exhibit.scenario, factory=Same)), differences)
    assert differences
    assert not any(differences)


def spied_run(saved, exhibit, differences):
    setup = saved.setup()
    spied = replace(exhibit.scenario, factory=spy(exhibit, differences))
    return run(Setup(spied, setup.size, setup.options, setup.seed), saved.schedule(setup.scenario), lenient=True)


def spy(exhibit, differences):
    """The exhibit's factory, noting of each call of an overridden method whether the unbroken one would have done otherwise."""
    base, broken = UNBROKEN[exhibit.protocol], exhibit.scenario.factory

    def beside_the_unbroken(name):
        def call(self, *arguments):
            if len(differences) > 1000:  # enough: fair phases are long
                return getattr(broken, name)(self, *arguments)
            twin = deepcopy(self)
            twin.__class__ = base
            right = plain(getattr(twin, name)(*arguments))
            wrong = getattr(broken, name)(self, *arguments)
            differences.append(right != plain(wrong) or state(twin) != state(self))
            return wrong

        return call

    return type(f"Spied{broken.__name__}", (broken,), {name: beside_the_unbroken(name) for name in overridden(exhibit)})


def plain(result):
    return list(result) if isinstance(result, (list, tuple)) else result


def state(node):
    # The log is an object without equality of its own; the tables hold bound methods, which are those of one node.
    tables = ("receivers", "timers")
    return {name: vars(value) if name == "log" else value for name, value in vars(node).items() if name not in tables}


# The controls


@pytest.mark.parametrize("slug", CONTROLS)
def test_a_hunt_finds_nothing_in_a_control(slug):
    assert hunt(EXHIBIT[slug].scenario, seed=1, steps=40_000).outcome == "clean"
