"""The same schedule gives the same trace in every process: under other hash seeds, and under other versions of CPython.

SPLITBRAIN_PYTHONS names further interpreters that have the dependencies (separated as in PATH); without it, other versions
are tried where they are on PATH and can import them.
"""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import trio
from questions import ASKED
from replicated import REPLICATED
from unsteady import COUNTING, SOUND, Sound, scenario

from splitbrain.actions import Deliver
from splitbrain.elsewhere.determinism import check, disagreement, other_host
from splitbrain.errors import NondeterminismError
from splitbrain.node import Observe, Send
from splitbrain.observations import Decided
from splitbrain.world.run import Setup, run

ROOT = Path(__file__).resolve().parents[2]
VERSIONS = ("3.11", "3.12", "3.13")

# Walks of everything that is shipped, on both hosts, and of an async protocol; prints one digest a line.
PROBE = f"""
import sys
sys.path[:0] = [{str(ROOT)!r} + each for each in ('/harness', '/protocols', '/invariants', '/tests')]
from splitbrain.dice import Dice
from splitbrain.nemesis.draw import draw_calm, draw_setup
from splitbrain.nemesis.moves import Moves
from splitbrain.nemesis.profile import draw_profile
from splitbrain.nemesis.strategies.walk import Walk
from splitbrain.trace.encoding import digest
from splitbrain_protocols.paxos.scenario import PAXOS
from splitbrain_protocols.raft.scenario import RAFT
from correct.primary_backup import PRIMARY_BACKUP
from replicated import REPLICATED, sleepers

def walk(scenario, seed, host):
    dice = Dice(f"determinism/{{seed}}")
    setup = draw_setup(scenario, dice, host)
    with setup.world(keep=True) as world:
        moves = Moves(world, dice)
        moves.go(Walk(moves, draw_profile(dice, scenario, setup.size)).choose, 300)
        world.apply(draw_calm(scenario, dice, world)) if scenario.calm_bound else None
        return digest(world.events, scenario.show)

both = ("direct", "trio")
for scenario, hosts in ((RAFT, both), (PAXOS, both), (PRIMARY_BACKUP, both), (REPLICATED, ("trio",))):
    for seed in range(8):
        for host in hosts:
            print(scenario.name, seed, walk(scenario, seed, host))
print([sleepers(seed) for seed in range(5)])
"""


def environment(hash_seed):
    return {**os.environ, "PYTHONHASHSEED": str(hash_seed), "PYTHONDONTWRITEBYTECODE": "1"}


def digests(python, hash_seed):
    done = subprocess.run([python, "-c", PROBE], env=environment(hash_seed), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.fixture(scope="module")
def here():
    return digests(sys.executable, 0)


def interpreters():
    """Every interpreter that is named, or else on PATH, by its version."""
    found = {}
    named = [each for each in os.environ.get("SPLITBRAIN_PYTHONS", "").split(os.pathsep) if each]
    for candidate in [*named, *(shutil.which(f"python{version}") for version in VERSIONS)]:
        if candidate is None:
            continue
        asked = subprocess.run(
            [candidate, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"], capture_output=True, text=True, check=False
        )
        if asked.returncode == 0:
            found.setdefault(asked.stdout.strip(), candidate)
    return found


def test_each_walk_has_a_trace_of_its_own_and_both_hosts_agree_on_it(here):
    assert len(here) == 8 * 7 + 1
    assert len(set(here)) == 8 * 4 + 1


@pytest.mark.parametrize("hash_seed", [1, 4242])
def test_traces_are_identical_whatever_the_hash_seed(here, hash_seed):
    assert digests(sys.executable, hash_seed) == here


@pytest.mark.parametrize("version", VERSIONS)
def test_traces_are_identical_under_every_version_of_cpython(here, version):
    if version == f"{sys.version_info.major}.{sys.version_info.minor}":
        assert digests(sys.executable, 7) == here
        return
    python = interpreters().get(version)
    if python is None:
        pytest.skip(f"no CPython {version} that runs here; name one in SPLITBRAIN_PYTHONS")
    able = subprocess.run([python, "-c", "import msgspec, trio, networkx, pytest"], capture_output=True, text=True, check=False)
    if able.returncode != 0:
        pytest.skip(f"{python} lacks the dependencies: {able.stderr.strip().splitlines()[-1]}")
    assert digests(python, 7) == here


DECIDED = (*ASKED, Deliver("n1", "n2", "int"))
LIKE, UNLIKE = Setup(SOUND, 3), Setup(COUNTING, 3)


def test_two_equal_runs_are_one_which_is_returned():
    assert check(LIKE, ASKED).events == run(LIKE, ASKED, keep=True).events


def test_the_first_event_that_differs_is_named_with_both():
    with pytest.raises(NondeterminismError) as error:
        check(UNLIKE, ASKED)
    assert re.fullmatch(
        r"the same schedule ran twice, and event \d+ differs: first Sent\(.*message=(\d+)\), then Sent\(.*message=(?!\1)\d+\)",
        error.value.what,
    )


def test_a_violation_must_break_again():
    violation = run(LIKE, DECIDED).violation
    assert check(LIKE, DECIDED, violation).violation == violation
    with pytest.raises(NondeterminismError, match="broke when the schedule was found, but when it ran again, nothing broke"):
        check(LIKE, ASKED, violation)


class Hosted(Sound):
    """Knows what runs it, which no node may."""

    def value(self):
        try:
            trio.lowlevel.current_task()
        except RuntimeError:
            return 1
        return 2


class HostedDecision(Hosted):
    def request(self, request, command):
        yield Observe(Decided(self.value()))
        yield Send("n2", 1)


@pytest.mark.parametrize(("host", "other"), [("direct", "trio"), ("trio", "direct")])
def test_the_other_host_runs_sound_nodes_alike(host, other):
    setup = replace(LIKE, host=host)
    assert other_host(setup) == other
    assert disagreement(run(setup, DECIDED, keep=True), other) is None


def test_what_the_other_host_runs_otherwise_is_named_by_its_first_event_whether_it_breaks_the_same_or_not():
    done = run(Setup(scenario(Hosted), 3), ASKED, keep=True)
    assert done.violation is None
    said = disagreement(done, "trio")
    assert re.fullmatch(r"runs it otherwise: event \d+ differs: here Sent\(.*=1\), there Sent\(.*=2\)", said)
    trio_run = run(Setup(scenario(HostedDecision), 3, host="trio"), DECIDED, keep=True)
    assert trio_run.violation is not None
    assert re.fullmatch(
        r"does NOT break it in the same way: event \d+ differs: here Observed\(.*=2\)\), there Observed\(.*=1\)\)",
        disagreement(trio_run, "direct"),
    )


def test_async_nodes_have_one_host():
    assert other_host(Setup(REPLICATED, 3)) is None
