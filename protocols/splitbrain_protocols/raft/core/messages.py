"""Raft's two RPCs as four messages, the optional third, and what a log is made of (Raft, Figure 2).

``candidateId`` and ``leaderId`` of Figure 2 are the sender of the message. A reply says which request it answers, since
messages are reordered and repeated here.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import msgspec


class Entry(msgspec.Struct, frozen=True):
    """A command for the state machine, and the term in which a leader received it; a leader's no-op has the command ``None``."""

    term: int
    command: Any


class RequestVote(msgspec.Struct, frozen=True):
    """A candidate gathers votes (Raft, 5.2)."""

    term: int
    last_log_index: int
    last_log_term: int


class RequestVoteReply(msgspec.Struct, frozen=True):
    """``term`` is the voter's, for the candidate to update itself."""

    term: int
    vote_granted: bool


class PreVote(RequestVote, frozen=True):
    """A follower asks who would vote for it in ``term``, which it has not entered yet (Ongaro's dissertation, 9.6)."""


class PreVoteReply(msgspec.Struct, frozen=True):
    """``term``: when granted, the one that was asked about; else the voter's, for the asker to update itself."""

    term: int
    granted: bool


class AppendEntries(msgspec.Struct, frozen=True):
    """A leader replicates what follows ``prev_log_index`` (Raft, 5.3); without ``entries`` it is a heartbeat or a probe."""

    term: int
    prev_log_index: int
    prev_log_term: int
    entries: tuple[Entry, ...]
    leader_commit: int


class AppendEntriesReply(msgspec.Struct, frozen=True):
    """``index``: with success, up to where the logs are now known to be equal; without, the ``prev_log_index`` that was refused."""

    term: int
    success: bool
    index: int


Message: TypeAlias = RequestVote | RequestVoteReply | PreVote | PreVoteReply | AppendEntries | AppendEntriesReply


def label(message: Message) -> tuple[str, int | None]:
    """A message's kind and term, for people and for identities."""
    return type(message).__name__, message.term
