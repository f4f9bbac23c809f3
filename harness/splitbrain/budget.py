"""A fault budget: what the nemesis may do at all."""

from __future__ import annotations

from dataclasses import dataclass, replace

OF_LINKS = ("drop", "duplicate", "reorder")  # what goes by the link, and not by the node


@dataclass(frozen=True, kw_only=True)
class FaultBudget:
    """What the nemesis may do at all. Each run draws which of it to use, and how often.

        calm_seas = FaultBudget(crashes="none", drop=False, duplicate=False, partition=False)
        bad_disks = FaultBudget(crashes="minority", torn=False, slow_disks=True)

    crashes: how many nodes may be down at a time: ``"minority"``, ``"any"`` (all at once, too), or ``"none"``. A node that has
        started and still recovers counts as down (see `observations.Recovering`).
    mid_handler: a crash may come between two effects of one handler.
    torn: a crash may lose a part of the unsynced writes (it always may lose all of them).
    drop, duplicate: messages may be lost, or arrive more than once.
    reorder: messages of one link may overtake each other; without it each link is first in, first out.
    partition: links may be cut, each way by itself; what is in flight there waits.
    disconnect: connections may end (of streams; datagrams have none).
    slow_disks: a ``Sync`` completes when the nemesis says so, not at once.

    Of a role's own budget (`Scenario.budgets`), ``crashes`` counts the nodes of that role alone; in the scenario's, ``"minority"``
    is one of the whole cluster, and counts everybody who is down. A link is cut, or a connection ended, only if the budgets of
    both of its ends allow it; drop, duplicate and reorder are the links' own, and go by the scenario's budget: a role's cannot take
    them away.

    Raises `ValueError` for another word, and for what is neither True nor False.
    """

    crashes: str = "any"
    mid_handler: bool = True
    torn: bool = True
    drop: bool = True
    duplicate: bool = True
    reorder: bool = True
    partition: bool = True
    slow_disks: bool = False
    disconnect: bool = True

    def __post_init__(self) -> None:
        if self.crashes not in ("none", "minority", "any"):
            raise ValueError(f"FaultBudget(crashes={self.crashes!r}): there is no such allowance; use 'none', 'minority' or 'any'")

        for name, value in vars(self).items():
            if name != "crashes" and not isinstance(value, bool):
                raise ValueError(f"FaultBudget({name}={value!r:.80}): this is neither True nor False; say which")

    def may_be_down(self, size: int) -> int:
        """How many of ``size`` nodes may be down at a time."""
        return {"none": 0, "minority": (size - 1) // 2, "any": size}[self.crashes]

    def unlike(self, other: FaultBudget) -> dict[str, str | bool]:
        """What it allows that another one does not, or the other way round, of all that goes by the node and not by the link."""
        mine, theirs = vars(self), vars(other)
        return {name: mine[name] for name in mine if name not in OF_LINKS and mine[name] != theirs[name]}

    def within(self, links: str) -> FaultBudget:
        """What of it there is on such links: streams lose, double and reorder nothing, and datagrams have no connections."""
        if links == "streams":
            return replace(self, drop=False, duplicate=False, reorder=False)
        return replace(self, disconnect=False)
