"""Raft's two RPCs as four messages, and what a log is made of (Raft, Figure 2).

``candidateId`` and ``leaderId`` of Figure 2 are the sender of the message. A reply says which request it answers, since
messages are reordered and repeated here.
"""

from __future__ import annotations

from typing import Any

import msgspec


class Entry(msgspec.Struct, frozen=True):
    """A command for the state machine, and the term in which a leader received it; a leader's no-op has the command ``None``."""

    term: int
    command: Any


class Message(msgspec.Struct, frozen=True):
    """Every message has a term, its sender's: "current terms are exchanged whenever servers communicate" (Raft, 5.1)."""

    term: int


class Response(Message, frozen=True):
    """An answer to a request; ``term`` is for whoever asked to update itself (Raft, Figure 2)."""


class RequestVote(Message, frozen=True):
    """A candidate gathers votes (Raft, 5.2)."""

    last_log_index: int
    last_log_term: int


class RequestVoteReply(Response, frozen=True):
    """The voter's yes or no (Raft, 5.2)."""

    vote_granted: bool


class AppendEntries(Message, frozen=True):
    """A leader replicates what follows ``prev_log_index`` (Raft, 5.3); without ``entries`` it is a heartbeat or a probe."""

    prev_log_index: int
    prev_log_term: int
    entries: tuple[Entry, ...]
    leader_commit: int


class AppendEntriesReply(Response, frozen=True):
    """``index``: with success, up to where the logs are now known to be equal; without, the ``prev_log_index`` that was refused."""

    success: bool
    index: int


def label(message: Message) -> tuple[str, int | None]:
    """A message's kind and term, for people and for identities."""
    return type(message).__name__, message.term
