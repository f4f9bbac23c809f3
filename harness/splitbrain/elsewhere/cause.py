"""The likely cause of a difference between two runs of one schedule: found by running it again, and again otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from splitbrain.elsewhere.question import Answer, Without

_LIKELY = "The likely cause: "
HASHING = (
    f"{_LIKELY}iteration over a set (or hash(), or id()), whose order is another one under another PYTHONHASHSEED: runs in one "
    "process are alike, those in others are not; iterate over sorted(...), or keep a list or a dict"
)
STATE = (
    f"{_LIKELY}state that outlives a node (an attribute of a module or class, a cache, a mutable default): first runs are alike in "
    "all processes, and second runs are, but they differ from the first; keep it in the node, which the factory makes anew"
)
CHANCE = (
    f"{_LIKELY}randomness: once the module `random` begins anew before each run, all are alike; let the schedule choose "
    "(SetTimer takes a range), or give the node a random.Random with a seed from its options"
)
CLOCK = (
    f"{_LIKELY}a real clock: once the module `time` stands still, all runs are alike; use timers (SetTimer), whose time is virtual"
)
BOTH = (
    f"{_LIKELY}randomness and a real clock, together: once the module `random` begins anew before each run and the module `time` "
    "stands still, all runs are alike; let the schedule choose and use timers (SetTimer), or patch the module's names (`patch`)"
)
DRAWN = (
    f"{_LIKELY}a real clock (datetime), randomness (uuid, os.urandom, secrets) or identity (id(), the repr of an object): runs in "
    "one process differ; let a node depend on its inputs and its disk alone, and use timers (SetTimer) for time"
)
IMPORTED = (
    f"{_LIKELY}what is drawn or read where a module is imported (randomness, uuid, a clock, os.getpid()): runs in one process "
    "are alike, those in another under the same PYTHONHASHSEED are not; give it to the nodes as an option of the scenario"
)
HERE = (
    f"{_LIKELY}what is in this process alone: state that earlier runs have left (an attribute of a module or class, a cache), or "
    "what was patched here: other processes agree with each other; keep state in the node, which the factory makes anew"
)
JUDGED = (
    f"{_LIKELY}an invariant that judges by something else than the events; look in it for iteration over sets, id() and hash(), "
    "and for state of a module or class"
)
HOST = (
    f"{_LIKELY}the host: a node sees what runs it (trio's functions, sniffio, the stack, a thread's or a context's variables); "
    "let it depend on its inputs and its disk alone"
)
VERSION = (
    f"{_LIKELY}the version of Python: here, all processes are alike under any PYTHONHASHSEED; look for what a release may change "
    "(the text of an error or a repr, the order of a library's results, the functions of `random` but random())"
)


def threads(names: Sequence[str]) -> str:
    """A node's handler goes on behind the harness' back."""
    return (
        f"{_LIKELY}a thread: the nodes started {', '.join(names[:3])}{', ...' if len(names) > 3 else ''}, and no schedule says "
        "what that does when; let handlers do all work themselves"
    )


class Ask(Protocol):
    """Asks three processes for one and the same schedule again."""

    def __call__(self, *, twice: bool = False, without: Without = "") -> list[Answer]: ...


def likely(ask: Ask) -> str | None:
    """In a sentence or two, with what to do; None where the others cannot tell."""
    answers = ask(twice=True)
    if not all(answer.results for answer in answers):
        return None
    started = dict.fromkeys(name for answer in answers for name in answer.threads)
    if started:
        return threads(list(started))
    first, second = _digests(answers)
    if first != second:
        if len(set(first)) == len(set(second)) == 1:
            return STATE
        if _alike(ask(twice=True, without="chance")):
            return CHANCE
        if _alike(ask(twice=True, without="clock")):
            return CLOCK
        return BOTH if _alike(ask(twice=True, without="chance and clock")) else DRAWN
    if _digests(ask())[0] != first:
        return IMPORTED
    return HASHING if len(set(first)) > 1 else HERE


def _digests(answers: Sequence[Answer]) -> tuple[list[str], list[str | None]]:
    """Of the first runs, and of the second ones."""
    results = [answer.results[0] for answer in answers if answer.results]
    return [each.digest for each in results], [each.again for each in results]


def _alike(answers: Sequence[Answer]) -> bool:
    first, second = _digests(answers)
    return len(first) == len(answers) and first == second
