"""The minimiser: from a failing schedule to one from which nothing can be left out, in the protocol's units.

A candidate is run leniently, and kept when it breaks the same invariant in the same way (the fingerprint) and is not longer.
What is kept is what *happened*: actions that were not enabled, and all behind the violation, fall away by themselves.
Its length is one short method a pass; all passes share the best so far.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from harness.actions import Action, Calm, Crash, Cut, Deliver, Drop, Duplicate, Fire, Mend, Request, Restart
from harness.edits import edited_run
from harness.events import Acted, CalmEnded, Sent
from harness.invariant import Violation
from harness.rewriting import epoch_of, moved_down, nodes_of, plainer, renamed, renumbered
from harness.run import Run, Setup, run
from harness.stopwatch import Stopwatch
from harness.trace import happens_before

Progress = Callable[["Minimised"], None]


@dataclass
class Minimised:
    """The smallest failing schedule so far; `replays` counts runs, `removed` what each pass took away.

    complete: nothing more could be left out (it is 1-minimal); False while that is not known. interrupted: Ctrl-C ended it.
    """

    setup: Setup
    actions: tuple[Action, ...]
    violation: Violation
    replays: int = 0
    seconds: float = 0.0
    removed: Counter[str] = field(default_factory=Counter)
    complete: bool = False
    interrupted: bool = False


def minimise(
    setup: Setup,
    actions: Sequence[Action],
    violation: Violation,
    *,
    seconds: float = 10.0,
    host: str = "direct",
    seed: int = 0,
    progress: Progress | None = None,
    more: Iterable[tuple[Setup, tuple[Action, ...], Violation]] = (),
) -> Minimised:
    """Shrink a failing schedule; the result is 1-minimal (``complete``) unless ``seconds`` (of wall clock) run out first.

    host: what runs the candidates; async nodes need ``"trio"``.
    more: further failing runs to start from; each is reduced, and the shortest wins. progress is called after
    every improvement, with the best so far.
    """
    best = Minimised(setup, tuple(actions), violation)
    shrinker = _Shrinker(best, Stopwatch(), seconds, host, seed, progress)
    shrinker.reduce()
    for other_setup, other_actions, other_violation in more:
        if shrinker.out_of_time():
            break
        if other_violation.fingerprint == best.violation.fingerprint:
            shrinker.try_another(other_setup, other_actions, other_violation)
    shrinker.search_nearby()
    shrinker.plain_names()
    best.seconds = shrinker.watch.seconds()
    return best


class _Shrinker:
    def __init__(self, best: Minimised, watch: Stopwatch, seconds: float, host: str, seed: int, progress: Progress | None) -> None:
        self.best = best
        self.watch = watch
        self.seconds = seconds
        self.host = host
        self.seed = seed
        self.progress = progress
        self.fingerprint = best.violation.fingerprint

    def out_of_time(self) -> bool:
        return self.watch.seconds() >= self.seconds

    # Trying

    def attempt(self, what: str, actions: Sequence[Action], setup: Setup | None = None) -> bool:
        """Run a candidate; keep it when it fails in the same way and is better than the best."""
        best = self.best
        best.replays += 1
        return self.accept(what, run(setup or best.setup, actions, host=self.host, lenient=True))

    def accept(self, what: str, outcome: Run) -> bool:
        best = self.best
        if outcome.violation is None or outcome.violation.fingerprint != self.fingerprint:
            return False
        if _cost(outcome.setup, outcome.actions) >= _cost(best.setup, best.actions):
            return False
        best.removed[what] += len(best.actions) - len(outcome.actions)
        best.setup, best.actions, best.violation = outcome.setup, outcome.actions, outcome.violation
        best.complete = False
        best.seconds = self.watch.seconds()
        if self.progress is not None:
            self.progress(best)
        return True

    # The passes

    def reduce(self) -> None:
        """All passes, until none helps any more."""
        self.spell_out_calm()
        self.causal_slice()
        self.calm_sooner()
        while not self.out_of_time():
            before = _cost(self.best.setup, self.best.actions)
            self.leave_out_kinds()
            self.leave_out_epochs()
            self.leave_out_chunks()
            self.smaller_cluster()
            self.plainer_faults()
            if _cost(self.best.setup, self.best.actions) == before:
                self.best.complete = not self.out_of_time()
                return

    def spell_out_calm(self) -> None:
        """A fair phase is one action, but thousands of events: where safety broke in one, what it did stands there instead."""
        best = self.best
        if any(isinstance(event, CalmEnded) for event in best.violation.evidence):
            return
        if not any(isinstance(action, Calm) for action in best.actions):
            return
        best.replays += 1
        outcome = run(best.setup, best.actions, host=self.host, keep=True, lenient=True)
        spelt = [event.action for event in outcome.events if isinstance(event, Acted) and not isinstance(event.action, Calm)]
        self.attempt("fair phases", spelt)

    def causal_slice(self) -> None:
        """Only what happened before the conflicting events."""
        best = self.best
        best.replays += 1
        outcome = run(best.setup, best.actions, host=self.host, keep=True, lenient=True)
        if outcome.violation is None:
            return
        import networkx as nx  # noqa: PLC0415 - it takes a quarter of a second to import

        graph = happens_before(outcome.events)
        past = {event.step for event in outcome.violation.evidence}
        for step in sorted(past):
            past |= nx.ancestors(graph, step)
        self.attempt("concurrent with the violation", [a for step, a in enumerate(outcome.actions, 1) if step in past])

    def calm_sooner(self) -> None:
        """A fair phase that got nowhere, begun earlier: after a long chaos, what it needs may have been there for long.

        Leaving out a part of that chaos changes which messages meet which jitter, so that hardly any part can be left out.
        """
        count = len(self.best.actions) - 1
        calm = self.best.actions[-1] if count > _CHAOS else None
        if type(calm) is not Calm:
            return
        everybody = self.best.setup.scenario.nodes(self.best.setup.size)
        place = 4
        while place < count:
            for core in dict.fromkeys((calm.core, everybody)):
                for seed in range(calm.seed, calm.seed + 4):
                    if self.out_of_time() or self.attempt(
                        "begun sooner", [*self.best.actions[:place], Calm(core, seed, calm.bound)]
                    ):
                        return
            place += 1 + place // 3

    def leave_out_kinds(self) -> None:
        """All actions of one kind, of one node, or of one request."""
        for kind in (Drop, Duplicate, Cut, Mend, Crash, Restart, Request):
            if any(type(action) is kind for action in self.best.actions):
                self.attempt(f"all of a kind ({kind.__name__.lower()})", [a for a in self.best.actions if type(a) is not kind])
        for node in self.best.setup.scenario.nodes(self.best.setup.size):
            self.attempt("all of a node", [a for a in self.best.actions if node not in nodes_of(a)])

    def leave_out_epochs(self) -> None:
        """A whole term or ballot round: its messages, what began it; later ones move down by one."""
        for epoch in sorted({e for a in self.best.actions if (e := epoch_of(a)) is not None}, reverse=True):
            if self.out_of_time():
                return
            began = self._began(epoch)
            self.attempt(
                "a whole epoch",
                [moved_down(a, epoch) for step, a in enumerate(self.best.actions, 1) if epoch_of(a) != epoch and step not in began],
            )

    def _began(self, epoch: int) -> set[int]:
        best = self.best
        best.replays += 1
        sent, fired = set(), set()
        for event in run(best.setup, best.actions, host=self.host, keep=True, lenient=True).events:
            if isinstance(event, Sent) and event.epoch == epoch:
                sent.add(event.step)
            elif isinstance(event, Acted) and isinstance(event.action, (Fire, Request)):
                fired.add(event.step)
        return sent & fired

    def leave_out_chunks(self) -> None:
        """Delta debugging (Zeller and Hildebrandt, 2002) by position, from the end, down to single actions."""
        size = max((len(self.best.actions) + 1) // 2, 1)
        while True:
            removed = self._sweep(size)
            if self.out_of_time() or (size == 1 and not removed):
                return
            if size > 1:
                size = max(size // 2, 1)

    def _sweep(self, size: int) -> bool:
        removed = False
        end = len(self.best.actions)
        while end > 0:
            if self.out_of_time():
                return removed
            actions = self.best.actions
            # The fair phase in which a liveness violation shows is never left out.
            end = min(end, len(actions) - (type(actions[-1]) is Calm))
            start = max(end - size, 0)
            if self.attempt("single actions" if size == 1 else "chunks", actions[:start] + actions[end:]):
                removed = True
            end = start
        return removed

    def smaller_cluster(self) -> None:
        """One node less, where the scenario has such clusters: everything of that node goes, the others close ranks."""
        setup = self.best.setup
        for size in sorted(size for size in setup.scenario.sizes if size < setup.size):
            for gone in _subsets(setup.scenario.nodes(setup.size), setup.size - size):
                if self.out_of_time():
                    return
                smaller = Setup(setup.scenario, size, setup.options, setup.seed)
                kept = [node for node in setup.scenario.nodes(setup.size) if node not in gone]
                names = dict(zip(kept, setup.scenario.nodes(size), strict=True))
                actions = [r for a in self.best.actions if (r := renamed(a, names)) is not None]
                if self.attempt("a node", actions, smaller):
                    return

    def plainer_faults(self) -> None:
        """Crashes inside a handler become crashes, torn writes become lost ones, cuts lose links."""
        for place in range(len(self.best.actions) - 1, -1, -1):
            if place < len(self.best.actions):
                for simpler in plainer(self.best.actions[place]):
                    actions = self.best.actions
                    if self.attempt("plainer faults", [*actions[:place], *simpler, *actions[place + 1 :]]):
                        break

    def pairs(self) -> bool:
        """Two single actions at a time."""
        count = len(self.best.actions)
        for first in range(count - 1, -1, -1):
            for second in range(first - 1, -1, -1):
                if self.out_of_time():
                    return False
                a = self.best.actions
                if self.attempt("pairs", a[:second] + a[second + 1 : first] + a[first + 1 :]):
                    return True
        return False

    def try_another(self, setup: Setup, actions: Sequence[Action], violation: Violation) -> None:
        """Reduce another failing run, and keep it if it ends shorter."""
        best = self.best
        rival = Minimised(setup, tuple(actions), violation)
        other = _Shrinker(rival, self.watch, self.seconds, self.host, self.seed, None)
        other.reduce()
        best.replays += rival.replays
        if _cost(rival.setup, rival.actions) < _cost(best.setup, best.actions):
            best.removed["another failing run"] += len(best.actions) - len(rival.actions)
            best.setup, best.actions, best.violation = rival.setup, rival.actions, rival.violation
            best.complete = rival.complete
            if self.progress is not None:
                self.progress(best)

    def search_nearby(self) -> None:
        """Random small edits of the best schedule: as short ones are walked over to, shorter ones are kept and reduced."""
        best = self.best
        near = best.actions
        tries = since = 0
        while not self.out_of_time():
            tries += 1
            since += 1
            best.replays += 1
            outcome = edited_run(best.setup, near, f"{self.seed}/{tries}", self.host)
            if outcome.violation is None or outcome.violation.fingerprint != self.fingerprint:
                pass
            elif self.accept("edits nearby", outcome):
                self.reduce()
                near, since = best.actions, 0
            elif len(outcome.actions) <= len(best.actions):
                near = outcome.actions
            if since > max(1_000, 120 * len(best.actions)):
                if self.pairs():
                    self.reduce()
                    near, since = best.actions, 0
                else:
                    return

    def plain_names(self) -> None:
        """Requests called r1, r2, ...: no shorter, but easier to read, and equal counterexamples become equal files."""
        best = self.best
        actions = renumbered(best.actions, best.setup.scenario.commands)
        if actions == list(best.actions):
            return
        best.replays += 1
        outcome = run(best.setup, actions, host=self.host)
        if (
            outcome.violation is not None
            and outcome.violation.fingerprint == self.fingerprint
            and len(outcome.actions) <= len(actions)
        ):
            best.actions, best.violation = outcome.actions, outcome.violation


_CALM = 1_000_000
_CHAOS = 30  # actions before a fair phase


def _cost(setup: Setup, actions: Sequence[Action]) -> tuple[int, int, int]:
    """Shorter is better; then a smaller cluster; then plainer faults.

    A fair phase is the longest of actions, and a crash inside a handler is two: the input and the crash.
    """
    length = len(actions)
    for action in actions:
        if type(action) is Calm:
            length += _CALM
        elif type(action) is Crash and action.during is not None:
            length += 1
    return (length, setup.size, sum(_weight(action) for action in actions))


def _weight(action: Action) -> int:
    match action:
        case Crash():
            return 2 + action.keep + (0 if action.during is None else 3 + action.after)
        case Cut() | Mend():
            return len(action.links)
        case Deliver():
            return 0 if action.copy == 0 else 1
        case _:
            return 1


def _subsets(items: Sequence[str], count: int) -> Iterator[tuple[str, ...]]:
    if count == 0:
        yield ()
        return
    for place in range(len(items) - count, -1, -1):
        for rest in _subsets(items[place + 1 :], count - 1):
            yield (items[place], *rest)
