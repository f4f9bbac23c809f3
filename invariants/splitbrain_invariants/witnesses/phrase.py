"""Words for witnesses: lists, steps, entries, ballots and majorities as a person would write them."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from typing import Any

import msgspec

from splitbrain.node import NodeId


def listed(items: Iterable[str]) -> str:
    """``n1``, ``n1 and n2``, ``n1, n2 and n3``."""
    *before, last = items
    return f"{', '.join(before)} and {last}" if before else last


def at(steps: Mapping[NodeId, int]) -> str:
    """``n1 (step 2) and n3 (step 4)``."""
    return listed(f"{node} ({when(step)})" for node, step in steps.items())


def when(step: int) -> str:
    """``step 3``; nothing was done yet at step 0."""
    return f"step {step}" if step else "from the start"


def quorum(count: int, size: int, least: int | None = None) -> str:
    """``2 of 3, a majority``, or what it falls short of; ``2 of 4, a quorum``, where ``least`` of them are one, and no majority."""
    majority = size // 2 + 1
    needed = majority if least is None else least
    name = "majority" if needed == majority else "quorum"
    return f"{count} of {size}, a {name}" if count >= needed else f"{count} of {size}, where a {name} is {needed}"


def quorums(groups: Sequence[Sequence[NodeId]], holders: Container[NodeId], least: Callable[[int], int]) -> str:
    """``2 of 3, a majority``; and so for each group of a configuration, where it is a joint one."""
    return ", and ".join(quorum(sum(n in holders for n in group), len(group), least(len(group))) for group in groups)


def in_slot(slot: Any) -> str:
    """`` in slot 3``, for behind what was done there; nothing, where the protocol has no slots."""
    return "" if slot is None else f" in slot {slot!r:.40}"


def entry(index: int, term: int, commands: Mapping[tuple[int, int], Any]) -> str:
    """``entry 1 ('a', term 1)``: an entry of a log; without its command, where ``commands`` has none of its index and term."""
    command = f"{commands[index, term]!r}, " if (index, term) in commands else ""
    return f"entry {index} ({command}term {term})"


def ballot(thing: Any) -> str:
    """``2.n1``: a ballot, with dots between its parts; it may be of any type."""
    parts: Sequence[Any] = ()
    if isinstance(thing, msgspec.Struct):
        parts = [getattr(thing, name) for name in thing.__struct_fields__]
    elif isinstance(thing, (tuple, list)):
        parts = thing
    plain = parts and all(isinstance(part, (str, int)) for part in parts)
    return ".".join(str(part) for part in parts if part != "") if plain else f"{thing!r:.40}"
