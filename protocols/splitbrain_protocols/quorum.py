"""Quorums: sets of which any two have a member in common."""

from __future__ import annotations


def majority(n: int) -> int:
    """The least number of ``n`` nodes such that any two groups of that many share one (Raft, 5.2; Paxos Made Simple, 2.2)."""
    return n // 2 + 1
