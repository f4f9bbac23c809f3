"""The same schedule gives the same trace in every process: under other hash seeds, and under other versions of CPython.

SPLITBRAIN_PYTHONS names further interpreters that have the dependencies (separated as in PATH); without it, other versions
are tried where they are on PATH and can import them.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

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
from replicated import REPLICATED, sleepers

def walk(scenario, seed, host):
    dice = Dice(f"determinism/{{seed}}")
    setup = draw_setup(scenario, dice, host)
    with setup.world(keep=True) as world:
        moves = Moves(world, dice)
        moves.go(Walk(moves, draw_profile(dice, scenario, setup.size)).choose, 300)
        world.apply(draw_calm(scenario, dice, world)) if scenario.calm_bound else None
        return digest(world.events, scenario.show)

for scenario, hosts in ((RAFT, ("direct", "trio")), (PAXOS, ("direct", "trio")), (REPLICATED, ("trio",))):
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
    assert len(here) == 8 * 5 + 1
    assert len(set(here)) == 8 * 3 + 1


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
