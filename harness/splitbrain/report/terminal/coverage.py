"""What a search exercised: its counts in words, in two columns, for what the nodes did and what the nemesis did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import zip_longest

from splitbrain.actions import KINDS

# What each count of `coverage` counts, in the order in which a reader wants to know it: observations by type, actions by word.
NODES_DID = {
    "Led": "leaders elected",
    "SteppedDown": "leaders deposed",
    "EnteredTerm": "terms entered",
    "Voted": "votes given",
    "Appended": "entries appended",
    "Truncated": "conflicting entries removed",
    "Committed": "commits",
    "Tracked": "followers' progress noted",
    "Promised": "promises made",
    "Proposed": "proposals",
    "Accepted": "proposals accepted",
    "Decided": "decisions",
    "Applied": "commands applied",
    "Executed": "operations that took effect",
    "Recovered": "starts from disk",
    "Recovering": "recoveries begun",
    "Ready": "recoveries ended",
    "AcceptorStarted": "acceptors' starts from disk",
    "exit": "nodes that ended themselves",
}
_NEMESIS_DID = {
    "deliver": "messages delivered",
    "drop": "messages lost",
    "duplicate": "messages duplicated",
    "cut": "partitions",
    "mend": "partitions healed",
    "disconnect": "connections ended",
    "connect": "connections opened again",
    "crash": "crashes",
    "crash losing writes": "crashes that lost unsynced writes",
    "restart": "restarts",
    "fire": "timers fired",
    "advance": "deadlines passed",
    "complete": "slow disks answered",
    "request": "client requests",
    "resend": "requests made again",
    "operate": "control operations",
    "calm": "fair phases",
}
_PARTED = " under partition"  # while any link was cut; behind the name of an observation


def side_by_side(coverage: Mapping[str, int]) -> list[str]:
    """The two columns, as lines; what nobody here knows by name, as observations of one's own, is with the nodes.

    Nodes that never say anything have no column.
    """
    left = ["the nodes", *_aligned(_known(NODES_DID, coverage) + _unknown(coverage))]
    right = ["the nemesis", *_aligned(_known(_nemesis_did(), coverage))]
    if len(left) == 1:
        return right
    width = max(map(len, left)) + 4
    return [f"{one:<{width}}{other}".rstrip() for one, other in zip_longest(left, right, fillvalue="")]


def _nemesis_did() -> dict[str, str]:
    """Kinds of actions that have no words of their own here go by their word in a schedule."""
    return _NEMESIS_DID | {word: f"{word} actions" for word in KINDS if word not in _NEMESIS_DID}


def _known(names: Mapping[str, str], coverage: Mapping[str, int]) -> list[tuple[str, int]]:
    return [
        (f"{meaning}{suffix}", coverage[f"{kind}{suffix}"])
        for kind, meaning in names.items()
        for suffix in ("", _PARTED)
        if coverage.get(f"{kind}{suffix}")
    ]


def _unknown(coverage: Mapping[str, int]) -> list[tuple[str, int]]:
    known = NODES_DID | _nemesis_did()
    return sorted((kind, count) for kind, count in coverage.items() if kind.removesuffix(_PARTED) not in known)


def _aligned(counts: Sequence[tuple[str, int]]) -> list[str]:
    digits = max((len(f"{count:,}") for _, count in counts), default=0)
    return [f"  {count:>{digits},} {meaning}" for meaning, count in counts]
