#!/usr/bin/env python3
"""Attack the harness itself: kill -9 and Ctrl-C at random moments, disks without room, pipes that nobody reads, a slow git.

    python ci/attacks.py [--kills N] [--interrupts N] [--seed S] [--quick]

Each hunt here finds something. Once it has said so, a complete file that replays must be there, whatever happened to the process.
Half of the kills and presses come within 0.2 s of the first word about the find, the others at any moment of the hunt.
Prints a line an attack and a summary; exits with 1 where something was lost. Needs POSIX.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
# This very checkout, installed or not.
ROOTS = [str(PROJECT / root) for root in ("harness", "protocols", "invariants")]
sys.path[:0] = ROOTS

from splitbrain.errors import SplitbrainError  # noqa: E402
from splitbrain.schedule.file import load  # noqa: E402
from splitbrain.schedule.format import SUFFIX  # noqa: E402
from splitbrain.schedule.replay import replay  # noqa: E402

COMMAND = [sys.executable, "-m", "splitbrain.command.cli"]
WITHIN = 1.0  # seconds in which Ctrl-C is answered
AT_ONCE = 0.2  # seconds after the first word, for every other attack
STEPS = 3_000_000  # of a hunt: by the clock, a busy machine would find nothing
AT_MOST = 300  # seconds of any command
# What is hunted (exhibit, protocol, seed), and about how many seconds that takes on an idle machine.
SOON = (("vote-not-durable", "raft", 3, 1.5), ("pax-promise-not-durable", "paxos", 7, 0.7), ("vote-twice-in-term", "raft", 1, 0.7))
LATER = (("vote-dup", "raft", 3, 6.0), ("pax-value-not-highest", "paxos", 3, 4.0), ("stable-aba", "raft", 3, 10.0))

STUBBORN = """
import time
from splitbrain.node import SetTimer
from splitbrain.scenario import Scenario
from splitbrain.invariant import KeepsContract

class Node:
    def __init__(self, me, peers, disk): pass
    def start(self): time.sleep(0.03); return [SetTimer("t", 1, 1)]
    def receive(self, sender, message): return ()
    def timeout(self, timer): return [SetTimer("t", 1, 1)]
    def request(self, request, command): return ()

class Swallows(Node):
    def timeout(self, timer):
        print("now", flush=True)
        while True:
            try: time.sleep(60)
            except BaseException: pass

SLOW, SWALLOWS = (Scenario(name="slow", factory=each, invariants=(KeepsContract,)) for each in (Node, Swallows))
"""


@dataclass(frozen=True)
class Attack:
    """What came of one: what it was, and what went wrong, if anything did."""

    name: str
    told: str
    wrong: str | None = None


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, metavar="N", help="kill -9 so many hunts (default 100; 6 with --quick)")
    parser.add_argument("--interrupts", type=int, metavar="N", help="press Ctrl-C in so many (default 100; 6 with --quick)")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="of the moments (default 1)")
    parser.add_argument("--quick", action="store_true", help="few, and of what is found soon alone")
    options = parser.parse_args()
    signal.signal(signal.SIGINT, signal.default_int_handler)  # what we start must not inherit that it is ignored
    few = 6 if options.quick else 100
    attacks = list(
        planned(options, few if options.kills is None else options.kills, few if options.interrupts is None else options.interrupts)
    )
    wrong = 0
    with ThreadPoolExecutor(2) as pool:
        for done in pool.map(lambda attack: attack(), attacks):
            wrong += done.wrong is not None
            print(f"{done.name}: {done.told}{f'  LOST: {done.wrong}' if done.wrong else ''}", flush=True)
    print(f"{len(attacks)} attacks, {wrong} lost something")
    return 1 if wrong else 0


def planned(options: argparse.Namespace, kills: int, interrupts: int) -> Iterator[Callable[[], Attack]]:
    """All attacks, each with dice of its own."""
    hunts = SOON if options.quick else (*SOON, *LATER)
    for ask, count in ((kill, kills), (interrupt, interrupts)):
        for number in range(count):
            dice = random.Random(f"{options.seed}/{ask.__name__}/{number}")
            yield lambda ask=ask, number=number, dice=dice: ask(number, hunts[number // 2 % len(hunts)], dice)  # type: ignore[misc]
    yield swallowed
    for verb in ("replay", "show", "shrink", "bugs", "score"):
        yield lambda verb=verb: pressed(verb)  # type: ignore[misc]
    for room in (10, 1_500):
        yield lambda room=room: limited(room)  # type: ignore[misc]
    yield mounted
    for verb in ("hunt", "replay", "show", "shrink"):
        yield lambda verb=verb: unread(verb)  # type: ignore[misc]
    yield lambda: slow_git(1.0 if options.quick else 4.0)
    yield slow_nodes


# Commands


class Started:
    """A command in a folder of its own, and what it has said by then."""

    def __init__(self, folder: Path, *arguments: object, **options: object) -> None:
        self.folder = folder
        self.out = folder / "out"
        (folder / "stubborn.py").write_text(STUBBORN)
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(ROOTS)}
        self.process = subprocess.Popen(
            [*COMMAND, *map(str, arguments)],
            cwd=folder,
            text=True,
            **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "env": environment, **options},  # type: ignore[call-overload]
        )
        self.found = False
        self.said = ""

    def until_found(self) -> None:
        """Wait for the first word about a find: a whole line, for who prints less has said nothing yet."""
        for line in self.process.stderr:
            self.said += line
            if line.startswith("found ") and line.endswith("\n"):
                self.found = True
                return

    def send(self, signal_: signal.Signals) -> float:
        """Send a signal; returns how many seconds later the process has ended."""
        began = time.monotonic()
        self.process.send_signal(signal_)
        self.process.wait(AT_MOST)
        return time.monotonic() - began

    def rest(self) -> str:
        """What it says until it has ended; returns what is on standard output."""
        out, err = self.process.communicate(timeout=AT_MOST)
        self.said += err or ""
        self.found = any(line.startswith("found ") for line in self.said.splitlines(keepends=True) if line.endswith("\n"))
        return out or ""


def hunting(folder: Path, subject: tuple[str, str, int, float], *more: object) -> Started:
    bug, protocol, seed, _ = subject
    return Started(folder, "hunt", protocol, "--bug", bug, "--seed", seed, "--steps", STEPS, "--out", folder / "out", *more)


def lost(said: bool, out: Path) -> str | None:
    """What is wrong with what a hunt left in a folder, once it had ``said`` that it found something."""
    files = sorted(out.glob(f"*{SUFFIX}"))
    if said and not files:
        return "it was said that something was found, and there is no file"
    for file in files:
        try:
            outcome = replay(load(file)).outcome
        except SplitbrainError as error:
            return str(error)
        if outcome != "REPRODUCED":
            return f"{file} is {outcome}"
    return None


def in_a_folder(attack: Callable[[Path], Attack]) -> Attack:
    with tempfile.TemporaryDirectory() as folder:
        return attack(Path(folder))


# The attacks


def moment(started: Started, number: int, subject: tuple[str, str, int, float], dice: random.Random) -> str:
    """Wait for a random one; every other is just behind the first word."""
    if number % 2 == 0:
        started.until_found()
        wait = dice.uniform(0, AT_ONCE)
        time.sleep(wait)
        return f"{wait:.3f} s after the first word"
    wait = dice.uniform(0, 2 * subject[3])
    time.sleep(wait)
    return f"{wait:.3f} s after the start"


def kill(number: int, subject: tuple[str, str, int, float], dice: random.Random) -> Attack:
    def attack(folder: Path) -> Attack:
        started = hunting(folder, subject)
        when = moment(started, number, subject, dice)
        ended = started.process.poll() is not None
        started.send(signal.SIGKILL)
        started.rest()
        files = len(list(started.out.glob(f"*{SUFFIX}")))
        told = f"{when}{', when it had ended' if ended else ''}: {'found' if started.found else 'nothing said'}, {files} on disk"
        return Attack(f"kill -9 {subject[0]}", told, lost(started.found, started.out))

    return in_a_folder(attack)


def interrupt(number: int, subject: tuple[str, str, int, float], dice: random.Random) -> Attack:
    as_json = number % 4 == 3

    def attack(folder: Path) -> Attack:
        started = hunting(folder, subject, *(["--json"] if as_json else []))
        when = moment(started, number, subject, dice)
        began = started.process.poll() is None
        seconds = started.send(signal.SIGINT)
        out = started.rest()
        code = started.process.returncode
        wrong = lost(started.found, started.out)
        if wrong is None and began and seconds > WITHIN:
            wrong = f"it went on for {seconds:.2f} s"
        if wrong is None and code != 1:  # 1: it had said all, and was about to end by itself
            wrong = misspoken(code, out, started, as_json)
        told = f"{when}: exit {code} after {seconds:.2f} s, {'found' if started.found else 'nothing said'}"
        return Attack(f"Ctrl-C {subject[0]}{' --json' if as_json else ''}", told, wrong)

    return in_a_folder(attack)


def misspoken(code: int, out: str, started: Started, as_json: bool) -> str | None:
    """What is wrong with how a hunt ended by Ctrl-C."""
    if code == -signal.SIGINT and not out and not started.found and not list(started.out.glob("*")):
        return None  # Python itself was still starting; a shell says 130
    if code != 130:
        return f"it ended with {code}: {started.said[-200:]!r}"
    files = [str(file) for file in started.out.glob(f"*{SUFFIX}")]
    if as_json:
        try:
            told = json.loads(out)
        except ValueError:
            return f"it did not print one JSON object: {out[:100]!r}"
        whole = told["interrupted"] or told.get("explanation") is not None  # it had ended, and told all, just before the press
        if not whole or (told["outcome"] == "violation") != bool(files) or (files and told["schedule"] not in files):
            return f"{files}, but it told {told['outcome']}, {told['interrupted']}, {told['schedule']}"
    elif started.found and not any(f"saved as {file}\n" in started.said[started.said.index("interrupted") :] for file in files):
        return f"it does not name what is on disk: {started.said[-200:]!r}"
    return None


def swallowed() -> Attack:
    """A node from which Ctrl-C does not come back."""

    def attack(folder: Path) -> Attack:
        started = Started(folder, "hunt", "stubborn:SWALLOWS", "--seed", 1)
        assert started.process.stdout.readline() == "now\n"
        seconds = started.send(signal.SIGINT)
        started.rest()
        code = started.process.returncode
        wrong = None if code == 130 and seconds <= WITHIN else f"exit {code} after {seconds:.2f} s"
        return Attack("Ctrl-C in a node that swallows it", f"{seconds:.2f} s", wrong)

    return in_a_folder(attack)


def pressed(verb: str) -> Attack:
    """The other commands, half a second after they began."""

    def attack(folder: Path) -> Attack:
        header = {"format": "splitbrain-schedule", "version": 1, "scenario": "stubborn:SWALLOWS", "size": 3}
        file = folder / f"stuck{SUFFIX}"
        file.write_text(json.dumps(header) + '\n{"do": "fire", "node": "n1", "timer": "t"}\n')
        before = file.read_bytes()
        arguments = {"bugs": [], "score": ["--seconds", 30, "--workers", 2, "figure-8"]}.get(verb, [file])
        started = Started(folder, verb, *arguments)
        time.sleep(0.5)
        running = started.process.poll() is None
        seconds = started.send(signal.SIGINT)
        started.rest()
        code = started.process.returncode
        late = running and (code not in (130, -signal.SIGINT, 0) or seconds > WITHIN)
        wrong = f"exit {code} after {seconds:.2f} s" if late else "the file changed" if file.read_bytes() != before else None
        return Attack(f"Ctrl-C in {verb}", f"exit {code} after {seconds:.2f} s", wrong)

    return in_a_folder(attack)


def limited(room: int) -> Attack:
    """A disk that takes no file of more than so many bytes: none at all, or the minimal schedule alone."""

    def attack(folder: Path) -> Attack:
        def limit() -> None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))

        started = Started(
            folder, "hunt", "raft", "--bug", "vote-not-durable", "--seed", 1, "--out", "out", "--json", preexec_fn=limit
        )
        return full(f"no room for {room} bytes", started, saved=room > 1_000)

    return in_a_folder(attack)


def mounted() -> Attack:
    """A real disk that is full, where one may mount it."""
    name = "a full disk"

    def attack(folder: Path) -> Attack:
        disk = folder / "disk"
        disk.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)]
        if shutil.which("mount") is None or subprocess.run(mount, check=False, capture_output=True).returncode:
            return Attack(name, "skipped: mounting is not allowed here")
        try:
            (disk / "fill").write_bytes(bytes(60 << 10))
            arguments = ("hunt", "raft", "--bug", "vote-dup", "--seed", 3, "--out", disk, "--json")
            return full(name, Started(folder, *arguments), saved=True)
        finally:
            subprocess.run(["umount", str(disk)], check=False)

    return in_a_folder(attack)


def full(name: str, started: Started, saved: bool) -> Attack:
    """The violation is told, and what fits is saved."""
    out = started.rest()
    try:
        told = json.loads(out)
    except ValueError:
        return Attack(name, f"exit {started.process.returncode}", f"no JSON: {started.said[-200:]!r}")
    wrong = None
    if (started.process.returncode, told["outcome"], told["schedule"] is not None) != (1, "violation", saved):
        wrong = f"{told['outcome']}, {told['schedule']}, {told['message']}"
    return Attack(name, f"exit {started.process.returncode}, {told['outcome']}, schedule {told['schedule']}", wrong)


def unread(verb: str) -> Attack:
    """Nobody reads what is printed."""

    def attack(folder: Path) -> Attack:
        first = hunting(folder, SOON[2])
        first.rest()
        (file,) = first.out.glob(f"*{SUFFIX}")
        reader, writer = os.pipe()
        os.close(reader)
        arguments = ["raft", "--bug", SOON[2][0], "--seed", SOON[2][2]] if verb == "hunt" else [file]
        started = Started(folder, verb, *arguments, stdout=writer)
        os.close(writer)
        started.rest()
        code = started.process.returncode
        wrong = None if code == (0 if verb == "show" else 1) and "Traceback" not in started.said else started.said[-200:]
        return Attack(f"a closed pipe behind {verb}", f"exit {code}", wrong)

    return in_a_folder(attack)


def slow_git(seconds: float) -> Attack:
    """Git takes its time: the find is on disk before, and the final file has what git says."""

    def attack(folder: Path) -> Attack:
        git = folder / "bin" / "git"
        git.parent.mkdir()
        git.write_text(f"#!/bin/sh\nsleep {seconds}\necho slow-but-sure\n")
        git.chmod(0o755)
        os_path = f"{git.parent}:{os.environ['PATH']}"
        environment = os.environ | {"PATH": os_path, "PYTHONPATH": os.pathsep.join(ROOTS)}
        bug, protocol, seed, _ = SOON[0]
        arguments = ("hunt", protocol, "--bug", bug, "--seed", seed, "--out", folder / "out")
        started = Started(folder, *arguments, env=environment)
        began = time.monotonic()
        started.until_found()
        after = time.monotonic() - began
        wrong = lost(started.found, started.out)
        started.rest()
        (file,) = started.out.glob(f"*{SUFFIX}")
        revision = load(file).header.git
        if revision != "slow-but-sure":
            wrong = wrong or f"the final file says git {revision}"
        return Attack(f"git takes {seconds:g} s", f"on disk {after:.2f} s after the start, revision {revision}", wrong)

    return in_a_folder(attack)


def slow_nodes() -> Attack:
    """Nodes of which each start takes 30 ms: --seconds is heeded inside a run."""

    def attack(folder: Path) -> Attack:
        began = time.monotonic()
        started = Started(folder, "hunt", "stubborn:SLOW", "--seconds", 2, "--seed", 1)
        started.rest()
        seconds = time.monotonic() - began
        code = started.process.returncode
        return Attack("slow nodes, --seconds 2", f"{seconds:.1f} s", None if code == 0 and seconds < 8 else f"exit {code}")

    return in_a_folder(attack)


if __name__ == "__main__":
    sys.exit(main())
