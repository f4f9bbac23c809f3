"""The passes: each tries to leave something out of a failing schedule, in the protocol's units, or to say it more plainly.

What is kept is what *happened*: actions that were not enabled, and all behind the violation, fall away by themselves. So a
restart goes with its crash, a mend with its cut, and a reply with its request.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from splitbrain.actions import (
    Advance,
    Calm,
    Complete,
    Connect,
    Crash,
    Cut,
    Deliver,
    Disconnect,
    Drop,
    Duplicate,
    Fire,
    Mend,
    Operate,
    Request,
    Resend,
    Restart,
    word,
)
from splitbrain.counterexample.minimiser.clients import leave_out_clients, plainer_clients
from splitbrain.counterexample.minimiser.connections import plainer_connections
from splitbrain.counterexample.minimiser.rewriting import moved_down, plainer
from splitbrain.counterexample.minimiser.sessions import renamed
from splitbrain.counterexample.minimiser.shrinker import Shrinker
from splitbrain.events import Acted, CalmEnded, Sent
from splitbrain.trace.causality import happens_before
from splitbrain.world.run import run

_WORK = (Deliver, Fire, Complete, Advance, Calm)  # without any of these, nothing would happen at all
_JITTERS = 4  # seeds of a fair phase, to try in place of its own
_STORM = 2_000  # messages of a run whose fair phase is dear
_PARTS = (16, 4)  # of the fair phase, to guess with


def coarse(s: Shrinker) -> None:
    """What takes most away for little: enough to compare failing runs."""
    if not spell_out_calm(s):
        _coarse(s)


def _coarse(s: Shrinker) -> None:
    shorter_calm(s)
    causal_slice(s)
    calm_sooner(s)
    if isinstance(s.best.actions[-1], Calm):
        smaller_cluster(s)  # there its messages are fewer by far
    leave_out_kinds(s)
    leave_out_epochs(s)
    leave_out_clients(s)
    leave_out_chunks(s)
    smaller_cluster(s)


def fine(s: Shrinker) -> None:
    """All passes, until none helps any more."""
    while True:
        before = s.cost()
        leave_out_kinds(s)
        leave_out_epochs(s)
        leave_out_clients(s)
        leave_out_chunks(s)
        smaller_cluster(s)
        plainer_actions(s)
        plainer_connections(s)
        plainer_clients(s)
        if s.cost() == before:
            return


def spell_out_calm(s: Shrinker) -> bool:
    """A fair phase is one action, but thousands of events: where safety broke in one, what it did stands there instead.

    Returns whether that, reduced, is now the best.
    """
    best = s.best
    if any(isinstance(event, CalmEnded) for event in best.violation.evidence):
        return False
    if not any(isinstance(action, Calm) for action in best.actions):
        return False
    s.budget.check()
    whole = run(best.setup, best.actions, keep=True, lenient=True)
    s.budget.charge(len(whole.actions), len(whole.events) // 2)
    acted, step = [], 0
    for each in whole.events:
        if isinstance(each, Acted):
            fair = each.step == step and isinstance(whole.actions[step - 1], Calm)
            acted += [each.action] if fair or (each.step > step and not isinstance(each.action, Calm)) else []
            step = each.step
    spelt = s.failing(renamed(acted))  # the sessions of the fair phase are like others now
    if spelt is None:
        return False
    other = s.fork(spelt)
    _coarse(other)
    return s.accept("by spelling out the fair phase", other.best)


def causal_slice(s: Shrinker) -> None:
    """Only what happened before the conflicting events."""
    traced = s.trace(s.best.setup, s.best.actions)
    if traced.violation is None:  # it shows in the fair phase at the end, whose past is everything
        return
    import networkx as nx  # noqa: PLC0415 - it takes a quarter of a second to import

    graph = happens_before(traced.events)
    past = {event.step for event in traced.violation.evidence}
    for step in sorted(past):
        past |= nx.ancestors(graph, step)
    s.attempt("concurrent with the violation", [a for step, a in enumerate(traced.actions, 1) if step in past])


def shorter_calm(s: Shrinker) -> None:
    """A long fair phase full of messages makes each run dear: reduce the run with a shorter one, then try the real one again.

    The claim stays what it is: the shorter phase is only a guess, and what it gives is kept when the real one fails, too.
    """
    *before, calm = s.best.actions
    if not isinstance(calm, Calm):
        return
    dear = s.failing_run(s.best.actions)
    if dear is None or dear.sent < _STORM:
        return
    for part in _PARTS:
        short = s.failing([*before, Calm(calm.core, calm.seed, calm.bound // part)])
        if short is None:
            continue
        guess = s.fork(short)
        calm_sooner(guess)
        smaller_cluster(guess)
        leave_out_kinds(guess)
        leave_out_epochs(guess)
        leave_out_chunks(guess)
        smaller_cluster(guess)
        *before, last = guess.best.actions
        real = [*before, Calm(last.core, last.seed, calm.bound)] if isinstance(last, Calm) else []
        if real and s.attempt("by a shorter fair phase", real, guess.best.setup):
            return


def calm_sooner(s: Shrinker) -> None:
    """A fair phase that got nowhere, begun earlier: after a long chaos, what it needs may have been there for long.

    Leaving out a part of that chaos changes which messages meet which jitter, so that hardly any part can be left out: so
    other jitters are tried, too.
    """
    *before, calm = s.best.actions
    if not isinstance(calm, Calm):
        return
    everybody = s.best.setup.nodes
    place = 0
    while place < len(before):
        for core in dict.fromkeys((everybody, calm.core)):
            for seed in dict.fromkeys((*range(_JITTERS if place else 4 * _JITTERS), calm.seed)):
                if s.attempt("by an earlier fair phase", [*before[:place], Calm(core, seed, calm.bound)]):
                    return
        place += 1 + place // 3


def leave_out_kinds(s: Shrinker) -> None:
    """All actions of one kind, of one node, or of one request."""
    first = (Drop, Duplicate, Cut, Mend, Disconnect, Connect, Crash, Restart, Operate, Resend, Request)
    for kind in dict.fromkeys((*first, *map(type, s.best.actions))):
        if kind not in _WORK and any(type(action) is kind for action in s.best.actions):
            s.attempt(f"of one kind ({word(kind)})", [a for a in s.best.actions if type(a) is not kind])
    for node in s.best.setup.nodes:
        s.attempt("of one node", [a for a in s.best.actions if node not in a.nodes])


def leave_out_epochs(s: Shrinker) -> None:
    """A whole term or ballot round: its messages, what began it; later ones move down by one."""
    for epoch in sorted({e for a in s.best.actions if (e := a.epoch) is not None}, reverse=True):
        began = _began(s, epoch)
        s.attempt(
            "of a whole epoch",
            [moved_down(a, epoch) for step, a in enumerate(s.best.actions, 1) if a.epoch != epoch and step not in began],
        )


def _began(s: Shrinker, epoch: int) -> set[int]:
    sent, fired = set(), set()
    for event in s.trace(s.best.setup, s.best.actions).events:
        if isinstance(event, Sent) and event.epoch == epoch:
            sent.add(event.step)
        elif isinstance(event, Acted) and isinstance(event.action, (Fire, Request, Resend, Operate)):
            fired.add(event.step)
    return sent & fired


def leave_out_chunks(s: Shrinker) -> None:
    """Delta debugging (Zeller and Hildebrandt, 2002) by position, from the end, down to single actions."""
    size = max((len(s.best.actions) + 1) // 2, 1)
    while True:
        removed = _sweep(s, size)
        if size == 1 and not removed:
            return
        size = max(size // 2, 1)


def _sweep(s: Shrinker, size: int) -> bool:
    removed = False
    end = len(s.best.actions)
    while end > 0:
        actions = s.best.actions
        # The fair phase in which a liveness violation shows is never left out.
        end = min(end, len(actions) - (type(actions[-1]) is Calm))
        start = max(end - size, 0)
        if s.attempt("single" if size == 1 else "in chunks", actions[:start] + actions[end:]):
            removed = True
        end = start
    return removed


def leave_out_pairs(s: Shrinker) -> bool:
    """Two single actions at a time; returns whether two could go."""
    actions = s.best.actions
    count = len(actions) - (type(actions[-1]) is Calm)
    # Where leaving out one action made others idle, leaving out one of those as well would be no other run.
    settled: set[tuple[int, int]] = set()
    for first in range(count):
        for place in s.idle(actions[:first] + actions[first + 1 :]):
            second = place + (place >= first)
            settled.add((min(first, second), max(first, second)))
    for second in range(count - 1, -1, -1):
        for first in range(second - 1, -1, -1):
            if (first, second) in settled:
                continue
            if s.attempt("in pairs", actions[:first] + actions[first + 1 : second] + actions[second + 1 :]):
                return True
    return False


def smaller_cluster(s: Shrinker) -> None:
    """One node less, where the scenario has such clusters: everything of that node goes, the others close ranks."""
    setup = s.best.setup
    for size in sorted(size for size in setup.scenario.sizes if size < setup.size):
        smaller = replace(setup, size=size)
        for gone in _subsets(setup.nodes, setup.size - size):
            kept = [node for node in setup.nodes if node not in gone]
            names = dict(zip(kept, smaller.nodes, strict=True))
            actions = [r for a in s.best.actions if (r := a.renamed(names)) is not None]
            if s.attempt("by a smaller cluster", actions, smaller):
                return


def plainer_actions(s: Shrinker) -> None:
    """Crashes inside a handler become crashes, torn writes become lost ones, cuts lose links, what nodes are told becomes plain."""
    scenario = s.best.setup.scenario
    for place in range(len(s.best.actions) - 1, -1, -1):
        if place < len(s.best.actions):
            for simpler in plainer(s.best.actions[place], scenario.commands, scenario.operations):
                actions = s.best.actions
                if s.attempt("by plainer actions", [*actions[:place], *simpler, *actions[place + 1 :]]):
                    break


def _subsets(items: Sequence[str], count: int) -> Iterator[tuple[str, ...]]:
    if count == 0:
        yield ()
        return
    for place in range(len(items) - count, -1, -1):
        for rest in _subsets(items[place + 1 :], count - 1):
            yield (items[place], *rest)
