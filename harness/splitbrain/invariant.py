"""Invariants: folds over events that end in a violation with its evidence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, ClassVar, Literal, TypeAlias, get_args

import msgspec

from splitbrain.errors import ScenarioError, told
from splitbrain.events import Event, Failed, Observed, Replied
from splitbrain.node import NodeId

Kind: TypeAlias = Literal["state", "step", "eventually"]


class Violation(msgspec.Struct, frozen=True):
    """A broken invariant: its name, what happened in one sentence, and the conflicting events (earliest first).

        saved = load("tests/schedules/museum/vote-not-durable.schedule.jsonl")
        violation = replay(saved).violation
        print(violation.summary)  # n1 voted for n3 in term 1, and then for n2
        print(violation.fingerprint)  # OneVotePerTerm(Voted, Voted)

    `Invariant.violation` makes one.
    """

    invariant: str
    summary: str
    evidence: tuple[Event, ...]

    @property
    def fingerprint(self) -> str:
        """The invariant and the kinds of the conflicting observations: no names, terms or times."""
        return f"{self.invariant}({', '.join(_kind(event) for event in self.evidence)})"


class Witness(msgspec.Struct, frozen=True):
    """A fact that helps to see why: one sentence that names its nodes and steps, which are here for a report to point at.

        class OneDecisionExplained(OneDecision):
            def witnesses(self, violation, events):
                steps = tuple(event.step for event in events if isinstance(event, Started) and event.incarnation > 1)
                return (Witness(f"nodes had started again at steps {steps}", steps=steps),)

    `Invariant.witnesses` returns them, for the *Why* of a counterexample.
    """

    phrase: str
    nodes: tuple[NodeId, ...] = ()
    steps: tuple[int, ...] = ()


def _kind(event: Event) -> str:
    match event:
        case Observed():
            return type(event.observation).__name__
        case Failed():
            return event.how
        case _:
            return type(event).__name__


class Invariant:
    """Base of an invariant: a class with one sentence (its docstring's first line), one source, one fold.

        class OneDecision(Invariant):
            \"""No two nodes decide different values.\"""

            watches = (observations.Decided,)
            source = "Lamport, Paxos Made Simple, 2.1"

            def __init__(self):
                self.first = None

            def observe(self, event):
                self.first = self.first or event
                if event.observation.value != self.first.observation.value:
                    return self.violation(f"{self.first.node} and {event.node} decided differently", self.first, event)

    A new object sees every event of one run that it watches, in order, and returns a violation as soon as there is one: what stands
    in it is its own, and it asks nobody else.

    watches: the types that `observe` wants, and with each all that derive from it: types of observations (the event is then the
    `Observed`, with ``node``, ``step`` and ``observation``), and types of events (`splitbrain.events`: Crashed, Synced, CalmEnded,
    ...); `Observed` stands for all that is said, and the empty tuple for every event. Few types make a quick invariant. A search
    in which nobody said any of its types of observations is vacuous, for it has judged nothing; and so is one without any answer,
    where it watches no observations but `Replied`.
    kind: what it is, for people: ``"state"`` where what is true at one time cannot be, ``"step"`` where something cannot follow
    from what was, and ``"eventually"`` for what must have happened when a fair phase is over. That one alone matters to a run: it
    is broken at `CalmEnded`, and a fair phase goes on as long as one of them is not `satisfied`.
    source: paper and section, which a report names with the sentence.
    satisfied: of ``"eventually"`` alone; undecided: of one that may give up; untested: of one that may see much, and nothing that
    could go wrong; witnesses: what to tell of a violation. All of these may be left out.
    """

    watches: ClassVar[tuple[type, ...]] = ()
    kind: ClassVar[Kind] = "state"
    source: ClassVar[str] = ""

    def observe(self, event: Any) -> Violation | None:
        """Fold one event; in O(1) or O(log n), for there are a hundred thousand a second.

        Returns `self.violation(...)` where it breaks the invariant, else None. It must cope with every event that it watches:
        what it raises is blamed on the scenario, and ends the search.
        """
        raise NotImplementedError

    def satisfied(self) -> bool:
        """For *eventually*: whether what has to happen in the fair phase under way has happened, so that it may end early.

        Where this stays True, a fair phase is over as soon as the other ones are satisfied; `observe` gets its `CalmEnded` then.
        """
        return True

    def undecided(self) -> str | None:
        """For one that may give up, rather than take for ever: why it does not know whether the run breaks it; None: it knows.

        Asked when a run that broke nothing is over. A search counts such runs, tells of them with the last of these texts, and is
        vacuous where there were no others.
        """
        return None

    def untested(self) -> str | None:
        """Why nothing of what it saw could have been wrong, so that the run did not put it to the test; None: something could.

        Asked as `undecided` is. A search is vacuous where no run of it put the invariant to the test.
        """
        return None

    def witnesses(self, violation: Violation, events: Sequence[Event]) -> tuple[Witness, ...]:  # noqa: ARG002 - for who overrides it
        """Why it could happen: for a counterexample, never during a search, so it may look at all that happened.

        events: the trace, every event of it, up to the one that completed ``violation``, which this object has folded.
        """
        return ()

    def violation(self, summary: str, *evidence: Event) -> Violation:
        """Blame this invariant."""
        return Violation(type(self).__name__, summary, evidence)

    @classmethod
    def sentence(cls) -> str:
        """The invariant in one sentence."""
        return (cls.__doc__ or cls.__name__).strip().splitlines()[0]


InvariantFactory: TypeAlias = Callable[[], Invariant]


class KeepsContract(Invariant):
    """A node never raises, hangs or yields something that is not an effect."""

    watches = (Failed,)
    source = "the contract of a node (splitbrain.node)"

    def observe(self, event: Failed) -> Violation | None:
        return self.violation(f"{event.node} {event.how}: {event.detail}", event)


EVENTS = frozenset(get_args(Event))  # any other type is one of observations


def _watches(invariant: Invariant, kind: type) -> bool:
    """Whether it looks at this type: also where that adds to one that it watches, as a ``Decided`` with a ballot does."""
    return not invariant.watches or any(issubclass(kind, each) for each in invariant.watches)


def sees(invariant: Invariant, kind: type) -> bool:
    """Whether it is fed events of this type; or, where that is one of observations, what is said of this type."""
    return _watches(invariant, kind) or (kind not in EVENTS and _watches(invariant, Observed))


def awaited(invariant: Invariant) -> tuple[type, ...]:
    """The types of observations that it watches, `Observed` (any at all) among them; none where it goes by events alone."""
    return tuple(each for each in invariant.watches if each not in EVENTS or each is Observed)


def goes_by_answers(invariant: Invariant) -> bool:
    """Whether it judges what clients are told, and by nothing else that nodes say: without an answer it has judged nothing.

    What must happen eventually breaks without one.
    """
    told = any(issubclass(Replied, each) for each in invariant.watches)
    return told and not awaited(invariant) and invariant.kind != "eventually"


class Monitor:
    """Feeds each event to the invariants that watch it; the first violation wins.

    factories: of invariants as they should be; `made` says what one lacks.
    """

    def __init__(self, factories: tuple[InvariantFactory, ...]) -> None:
        self.invariants: tuple[Invariant, ...] = tuple(factory() for factory in factories)
        self.violation: Violation | None = None
        self.broken: Invariant | None = None  # which of them it is that `violation` breaks
        self._eventual = tuple(each for each in self.invariants if each.kind == "eventually")
        self._wanted, self._seers = _known(tuple([each.watches for each in self.invariants]))
        self._folds: dict[type, tuple[Callable[[Any], Violation | None], ...]] = {}

    def wants(self, kind: type) -> bool:
        """Whether any invariant looks at this type of event or observation: what nobody watches need not be built."""
        wanted = self._wanted.get(kind)
        if wanted is None:
            wanted = self._wanted[kind] = any(_watches(each, kind) for each in self.invariants)
        return wanted

    def satisfied(self) -> bool:
        """Whether there is something that must happen eventually, and it all has."""
        return bool(self._eventual) and not self.awaits()

    def awaits(self) -> bool:
        """Whether something that must happen eventually has not happened yet."""
        for each in self._eventual:
            try:
                if not each.satisfied():
                    return True
            except (Exception, SystemExit) as error:
                raise ScenarioError(f"{type(each).__name__}.satisfied() raised {told(error)}; return a bool") from error
        return False

    def undecided(self) -> dict[str, str]:
        """The invariants, by name, that do not know whether this run breaks them, and why. Raises `ScenarioError` as `observe`."""
        return self._why("undecided")

    def untested(self) -> dict[str, str]:
        """The invariants, by name, that this run did not put to the test, and why. Raises `ScenarioError` as `observe`."""
        return self._why("untested")

    def _why(self, question: Literal["undecided", "untested"]) -> dict[str, str]:
        found = {}
        for each in self.invariants:
            if getattr(type(each), question) is not getattr(Invariant, question):
                try:
                    why = getattr(each, question)()
                except (Exception, SystemExit) as error:
                    raise ScenarioError(
                        f"{type(each).__name__}.{question}() raised {told(error)}; return a text or None"
                    ) from error
                if why is not None:
                    found[type(each).__name__] = f"{why}"
        return found

    def observe(self, event: Event) -> Violation | None:
        """Feed one event; returns the violation that it completes, if any. After that one, no more is to be fed.

        Raises `ScenarioError` for an invariant that raises, or that returns something else.
        """
        kind = type(event.observation) if type(event) is Observed else type(event)
        folds = self._folds.get(kind)
        if folds is None:
            seers = self._seers.get(kind)
            if seers is None:
                seers = self._seers[kind] = tuple(place for place, each in enumerate(self.invariants) if sees(each, kind))
            folds = self._folds[kind] = tuple([self.invariants[place].observe for place in seers])
        for fold in folds:
            try:
                found = fold(event)
            except ScenarioError:  # it knows better who is to blame
                raise
            except (Exception, SystemExit) as error:
                raise ScenarioError(f"{_fold(fold)}({kind.__name__}) raised {told(error)}; {_MEND}") from error
            if found is not None:
                if not isinstance(found, Violation):
                    raise ScenarioError(
                        f"{_fold(fold)}({kind.__name__}) returned {found!r:.80}, which is no Violation; "
                        "return self.violation(summary, *evidence), or None"
                    )
                self.violation = found
                self.broken = next((each for each in self.invariants if each.observe == fold), None)
                return found
        return None


@lru_cache(maxsize=256)
def _known(_: tuple[tuple[type, ...], ...]) -> tuple[dict[type, bool], dict[type, tuple[int, ...]]]:
    """What monitors of equal watches have found out: whether any looks at a type, and which, by place. Worlds are made often."""
    return {}, {}


_MEND = "an invariant must cope with every event that it watches"


def _fold(fold: Callable[[Any], Violation | None]) -> str:
    return f"{type(getattr(fold, '__self__', fold)).__name__}.observe"


def made(factory: InvariantFactory) -> Invariant:
    """A new invariant. Raises `ScenarioError` where a factory cannot make one, or makes something else."""
    try:
        invariant = factory()
    except (Exception, SystemExit) as error:
        raise ScenarioError(
            f"the invariant {_name(factory)} cannot be made: {told(error)}; it is called without arguments: one that needs some "
            "is given as a function, or as an object, that makes a new one when it is called"
        ) from error
    if not isinstance(invariant, Invariant):
        raise ScenarioError(f"the invariant {_name(factory)} makes {invariant!r:.80}, which is no Invariant; derive it from that")
    if not isinstance(invariant.watches, tuple) or not all(isinstance(each, type) for each in invariant.watches):
        raise ScenarioError(
            f"the invariant {_name(factory)} watches {invariant.watches!r:.80}, which is no tuple of types; "
            "write for instance watches = (Decided,)"
        )
    if invariant.kind not in get_args(Kind):
        kinds = ", ".join(map(repr, get_args(Kind)))
        raise ScenarioError(f"the invariant {_name(factory)} is of kind {invariant.kind!r:.80}; there are {kinds}")
    return invariant


def _name(factory: InvariantFactory) -> str:
    return getattr(factory, "__name__", repr(factory))
