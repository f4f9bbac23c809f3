"""The exhibits of the store: what breaks is seen by clients alone, in few actions, and each schedule says which."""

import re
from inspect import cleandoc
from pathlib import Path

import pytest

from splitbrain.actions import Crash, Deliver, Fire, Request, Resend, Restart
from splitbrain.schedule.file import load
from splitbrain.schedule.format import SUFFIX
from splitbrain.search.hunt import hunt
from splitbrain.search.pursuit import shortest
from splitbrain.world.run import Setup, run
from splitbrain_protocols.museum.raft.clients import CLIENT_EXHIBITS
from splitbrain_protocols.raft.kv.scenario import RAFT_KV

FOLDER = Path(__file__).parents[4] / "schedules" / "museum"
EXHIBIT = {exhibit.id: exhibit for exhibit in CLIENT_EXHIBITS}
OF_CLIENTS = {"Linearizable", "ExactlyOnce"}

every_exhibit = pytest.mark.parametrize("slug", EXHIBIT)


def test_there_are_at_least_eight():
    assert len(EXHIBIT) >= 8


@every_exhibit
def test_only_what_clients_see_may_catch_it_and_all_else_is_checked_as_well(slug):
    exhibit = EXHIBIT[slug]
    assert exhibit.protocol == RAFT_KV.name
    assert set(exhibit.invariant) <= OF_CLIENTS
    assert exhibit.scenario.invariants == RAFT_KV.invariants
    assert exhibit.scenario.options == RAFT_KV.options
    assert not set(exhibit.invariant) & set(exhibit.scenario.without)


@every_exhibit
def test_no_older_invariant_minds_its_schedule(slug):
    saved = load(FOLDER / f"{slug}{SUFFIX}")
    setup = saved.setup()
    older = setup.scenario.judged(without=tuple(OF_CLIENTS - set(setup.scenario.without)))
    assert run(Setup(older, setup.size, setup.options, setup.seed), saved.schedule(older)).violation is None


def test_a_read_of_a_follower_is_one_of_a_node_that_follows_somebody():
    assert 1 not in EXHIBIT["kv-read-follower"].scenario.sizes
    assert {1, *EXHIBIT["kv-read-follower"].scenario.sizes} == set(RAFT_KV.sizes)
    saved = load(FOLDER / f"kv-read-follower{SUFFIX}")
    assert not any(isinstance(action, (Crash, Restart)) for action in saved.actions)


@every_exhibit
def test_every_exhibit_has_a_story_of_its_own(slug):
    mechanism, _, story = cleandoc(vars(EXHIBIT[slug].scenario.factory)["__doc__"]).partition("\n\n")
    assert "\n" not in mechanism
    sentences = re.findall(r"[.?!]\S*(?=\s|$)", story)
    assert 3 <= len(sentences) <= 16


def test_a_story_names_only_exhibits_that_are_there():
    told = " ".join(" ".join(exhibit.scenario.factory.__doc__ for exhibit in CLIENT_EXHIBITS).split())
    named = set(re.findall(r"[Ss]ee ([a-z0-9]+(?:-[a-z0-9]+)+)", told))
    assert named
    assert named <= set(EXHIBIT)


# What each is, in as few actions as are known. A message that is not delivered is lost.


def asks(node, session, number, *command):
    return Request(node, f"{session}.{number}", command, session)


def elect(candidate, *voters, term=1):
    """It stands for election, and has these votes."""
    asked = [Deliver(candidate, voter, "RequestVote", term) for voter in voters]
    return [Fire(candidate, "election"), *asked, *(Deliver(voter, candidate, "RequestVoteReply", term) for voter in voters)]


def copies(leader, follower, term=1, ordinal=1, reply=1):
    """The follower gets what the leader has sent as that message, and the leader hears of it."""
    return [
        Deliver(leader, follower, "AppendEntries", term, ordinal),
        Deliver(follower, leader, "AppendEntriesReply", term, reply),
    ]


PUT, GET = ("put", "x", 1), ("get", "x")
AGAIN = [Crash("n1"), Restart("n1")]
LEADS = elect("n1")
KNOWN = {
    # n1 has committed its no-op; n2 leads term 2, n3 has n1's no-op as well, and with it n2 commits a put; n1 has heard nothing.
    "kv-read-local": (
        3,
        {"noop": True},
        [
            *[*elect("n1", "n2"), *copies("n1", "n2"), Deliver("n1", "n3", "AppendEntries", 1), *elect("n2", "n3", term=2)],
            *[asks("n2", "s1", 1, *PUT), *copies("n2", "n3", 2, ordinal=2), asks("n1", "s1", 2, *GET)],
        ],
    ),
    # n2 has the put, and has not heard that it is committed.
    "kv-read-follower": (
        2,
        {},
        [*elect("n1", "n2"), asks("n1", "s1", 1, *PUT), *copies("n1", "n2", ordinal=2), asks("n2", "s1", 2, *GET)],
    ),
    "kv-read-at-startup": (1, {}, [*LEADS, asks("n1", "s1", 1, *PUT), *AGAIN, asks("n1", "s1", 2, *GET)]),
    "kv-read-before-own-commit": (1, {}, [*LEADS, asks("n1", "s1", 1, *PUT), *AGAIN, *LEADS, asks("n1", "s1", 2, *GET)]),
    # The power goes when the get is in the log, and before it is committed; then it is there twice, and carried out twice.
    "kv-session-no-dedup": (
        1,
        {},
        [*LEADS, Crash("n1", keep=1, during=asks("n1", "s1", 1, *GET), after=1), Restart("n1"), *LEADS, Resend("n1", "s1.1")],
    ),
    # The log is applied when n1 leads again, and then the checkpoint survives: the values are there, and the table is not.
    "kv-session-lost-at-restart": (
        1,
        {"machine": "disk", "noop": True},
        [
            *[*LEADS, Crash("n1", keep=2, during=asks("n1", "s1", 1, *PUT), after=1), Restart("n1"), *LEADS],
            *[Crash("n1", keep=1), Restart("n1"), *LEADS, Resend("n1", "s1.1")],
        ],
    ),
    "kv-session-any-number": (1, {}, [*LEADS, asks("n1", "s1", 1, *PUT), asks("n1", "s1", 2, *GET)]),
    # The power goes when the cas has taken effect, and before the answer; the log is applied anew before it is asked again.
    "kv-session-cas-again": (
        1,
        {},
        [
            *[*LEADS, Crash("n1", during=asks("n1", "s1", 1, "cas", "x", None, 1), after=3), Restart("n1"), *LEADS],
            Resend("n1", "s1.1"),
        ],
    ),
    "kv-session-logged-is-done": (
        2,
        {},
        [*elect("n1", "n2"), asks("n1", "s1", 1, *PUT), Resend("n1", "s1.1"), *copies("n1", "n2", ordinal=2)],
    ),
    "kv-reply-before-commit": (2, {}, [*elect("n1", "n2"), asks("n1", "s1", 1, *PUT), *copies("n1", "n2", ordinal=2)]),
    "kv-cas-at-leader": (
        1,
        {},
        [*LEADS, asks("n1", "s1", 1, *PUT), *AGAIN, *LEADS, asks("n1", "s1", 2, "cas", "x", None, 2)],
    ),
    # n2 has the put, and commits it as the leader of term 2, along with its no-op; n1 refused it when it voted for n2.
    "kv-refuses-what-it-appended": (
        2,
        {"noop": True},
        [
            *[*elect("n1", "n2"), asks("n1", "s1", 1, *PUT), Deliver("n1", "n2", "AppendEntries", 1, 2)],
            *[*elect("n2", "n1", term=2), *copies("n2", "n1", 2)],
        ],
    ),
    # A get waits at n1 for entry 1. n3 votes for n2, whose entry 1 is a put; n1 gets it, and hears that it is committed.
    "kv-answers-what-is-there": (
        3,
        {},
        [
            *[*elect("n1", "n2"), asks("n1", "s1", 1, *GET), *elect("n2", "n3", term=2), asks("n2", "s2", 1, *PUT)],
            *[*copies("n2", "n1", 2, ordinal=2), Fire("n2", "heartbeat"), Deliver("n2", "n1", "AppendEntries", 2, 3)],
        ],
    ),
}


@pytest.mark.parametrize("slug", KNOWN)
def test_it_breaks_as_its_story_says_with_the_last_action_and_the_store_does_not(slug):
    size, options, schedule = KNOWN[slug]
    exhibit, drawn = EXHIBIT[slug], {**RAFT_KV.first_options, **options}
    broken = run(Setup(exhibit.scenario, size, drawn), schedule, keep=True)
    assert broken.violation is not None
    assert broken.violation.invariant in exhibit.invariant
    assert len(broken.actions) == len(schedule)
    assert run(Setup(exhibit.scenario, size, drawn), schedule[:-1]).violation is None
    assert run(Setup(RAFT_KV, size, drawn), schedule).violation is None


@every_exhibit
def test_a_saved_schedule_is_hardly_longer_than_the_shortest_that_is_known(slug):
    assert cost(load(FOLDER / f"{slug}{SUFFIX}").actions) <= 1.6 * cost(KNOWN[slug][2])


# Beside what the first seed finds of each: these take two nodes, and one of them is enough.
HARD = [("kv-cas-at-leader", 2), ("kv-read-follower", 5)]


@pytest.mark.slow
@pytest.mark.parametrize(("slug", "seed"), [*((slug, 1) for slug in EXHIBIT), *HARD])
def test_what_a_blind_hunt_finds_is_minimised_to_hardly_more_than_the_shortest_that_is_known(slug, seed):
    hunted = hunt(EXHIBIT[slug].scenario, seed=seed, steps=1_500_000)
    least = shortest(hunted.found, hunted)
    assert least.complete
    known = min(cost(KNOWN[slug][2]), cost(load(FOLDER / f"{slug}{SUFFIX}").actions))
    assert cost(least.smallest.actions) <= 1.6 * known


def cost(actions):
    """A crash with its restart counts as one action."""
    return len(actions) - sum(isinstance(action, Restart) for action in actions)
