"""Breaches of the contract: what a node may raise, hand out or leave out, and how that is told."""

from __future__ import annotations

import re
from collections.abc import Iterable
from types import GeneratorType
from typing import Any

from splitbrain.node import Effects

# What a node may raise without ending more than itself: a sys.exit() in it must not end a search as if it were clean.
NODE_FAILURES = (Exception, SystemExit)
# A handler that has yielded this many effects for one input is taken to never stop.
EFFECTS_AT_MOST = 10_000
_CLOSES_AT_MOST = 100  # of one handler that yields each time it is closed


class Malformed(Exception):  # noqa: N818 - it names what was found
    """An effect that cannot be performed."""


def no_effect(thing: object) -> Malformed:
    """What was yielded is none of the contract's effects."""
    return Malformed(f"it yielded a {type(thing).__name__}, which is not an effect")


def how_it_failed(where: str, error: BaseException) -> tuple[str, str]:
    """What ``error``, out of the handler ``where``, is: how the node failed (see `events.Failed`), and the details."""
    if isinstance(error, Malformed):
        return "malformed", str(error)
    return "raised", f"{where}: {type(error).__name__}: {error}"


def why_no_effects(where: str, outcome: object, error: BaseException) -> tuple[str, str]:
    """The same for what the handler returned, which cannot be iterated over."""
    if isinstance(outcome, Iterable):  # it could be, but for an error of its own
        return how_it_failed(where, error)
    return "malformed", f"{where} returned something that is not effects: {error}; yield effects, or return ()"


def without_addresses(detail: str) -> str:
    """An object's address differs from one process to the next, and a trace must not."""
    return re.sub(r" at 0x[0-9a-fA-F]+", "", detail)


def lacking(node: Any, name: str, *_: Any) -> Effects:
    """Stands in for a handler that the node does not have."""
    raise Malformed(
        f"a {type(node).__name__} has no handler `{name}`; a node has start, receive, timeout and request "
        "(`return ()` where there is nothing to do), and synced where it yields Sync(token)"
    )


def end(effects: Any) -> None:
    """Close a generator, however often it yields while it is closed. An iterator over a list has nothing to close."""
    for _ in range(_CLOSES_AT_MOST if isinstance(effects, GeneratorType) else 0):
        try:
            effects.close()
        except RuntimeError:  # it yielded ("generator ignored GeneratorExit"), and so is not closed yet
            continue
        except NODE_FAILURES:
            return
        return
