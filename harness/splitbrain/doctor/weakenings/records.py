"""What came of weakening a world."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Notice:
    """An invariant that broke. runs: the number of the run, from 1, in which it did. summary: what happened there."""

    invariant: str
    runs: int
    summary: str


@dataclass(frozen=True)
class Row:
    """One weakening: what is so in that world, whether it means anything to the scenario, and who noticed.

    why_not: why it does not apply, or None. noticed: by one of the scenario's own invariants. node: by a node that raised.
    runs, steps: of the search. cut: whether its time was up before all runs that it was to have.
    """

    name: str
    says: str
    why_not: str | None = None
    noticed: Notice | None = None
    node: Notice | None = None
    runs: int = 0
    steps: int = 0
    cut: bool = False

    @property
    def applies(self) -> bool:
        """Whether the weakened world is another one, to this scenario."""
        return self.why_not is None

    def told(self) -> str:
        """In one line."""
        if self.why_not is not None:
            return f"{self.name}: does not apply: {self.why_not}"
        by = [f"noticed by {self.noticed.invariant}, {_after(self.noticed)}"] if self.noticed else []
        by += [f"a node itself noticed, {_after(self.node)}"] if self.node else []
        if not self.noticed:
            by.insert(0, f"not noticed in {_runs(self.runs)}{', when the time was up' if self.cut else ''}")
        return f"{self.name}: {self.says}: {'; '.join(by)}"


@dataclass(frozen=True)
class Weakened:
    """What a scenario's invariants noticed of its world made weaker.

    rows: one a weakening. broken: what breaks in the world as it is, and so was not asked. unheard: the invariants, by name, that
    heard nothing in any of the searches, with the names of what they wait for. judges: the names of its own invariants.
    """

    scenario: str
    rows: tuple[Row, ...]
    judges: tuple[str, ...]
    broken: tuple[Notice, ...] = ()
    unheard: Mapping[str, tuple[str, ...]] | None = None

    @property
    def applicable(self) -> tuple[Row, ...]:
        """The weakenings that apply."""
        return tuple(row for row in self.rows if row.applies)

    @property
    def hollow(self) -> bool:
        """Whether its invariants noticed none of those that apply; nothing is said of some where others break anyway."""
        asked = not {each.invariant for each in self.broken} & set(self.judges)
        return asked and bool(self.applicable) and not any(row.noticed for row in self.applicable)

    @property
    def problems(self) -> tuple[str, ...]:
        """What is wrong, a sentence each; none where all is well."""
        found = [
            f"{each.invariant} breaks in the world as it is ({_after(each)}: {each.summary}): hunt it before you ask more"
            for each in self.broken
        ]
        if self.hollow:
            found.append(self._hollow())
        return tuple(found)

    def told(self) -> list[str]:
        """Lines of text: a weakening each, and what is wrong."""
        return [*(row.told() for row in self.rows), *self.problems]

    def _hollow(self) -> str:
        worlds = ", ".join(row.name for row in self.applicable)
        if not self.judges:
            return (
                f"nothing but the contract of a node judges it, so that nobody noticed the weaker worlds ({worlds}): give it "
                "invariants that say what your nodes promise"
            )
        deaf = [f"{name} waits for {' or '.join(kinds)}, which nobody ever said" for name, kinds in (self.unheard or {}).items()]
        said = "; ".join([f"{', '.join(self.judges)} noticed none of the weaker worlds ({worlds})", *deaf])
        return (
            f"its invariants are hollow: {said}: let nodes say what they promise, and invariants compare what different nodes say, "
            f"and what one says before and after a restart{self._in_time()}"
        )

    def _in_time(self) -> str:
        """That a clock had a say in it, where one had: more runs may notice more, and on a faster machine there are more."""
        if not any(row.cut for row in self.applicable):
            return ""
        return "; or there was too little time: `splitbrain doctor --runs N` asks by runs, and no clock ends them"


def _after(notice: Notice) -> str:
    return f"in run {notice.runs:,}"


def _runs(count: int) -> str:
    return f"{count:,} run{'' if count == 1 else 's'}"
