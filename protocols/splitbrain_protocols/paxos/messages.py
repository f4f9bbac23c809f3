"""What the processes tell each other (Paxos Made Simple, 2.2 and 2.3)."""

from __future__ import annotations

from typing import Any, TypeAlias

import msgspec

from splitbrain.node import NodeId


class Ballot(msgspec.Struct, frozen=True, order=True):
    """The number of a proposal, unique to its proposer: "different proposers choose their numbers from disjoint sets" (2.5)."""

    round: int
    proposer: NodeId


NO_BALLOT = Ballot(0, "")  # below every ballot that anybody proposes


class Proposal(msgspec.Struct, frozen=True):
    """A proposal number and a value (2.2)."""

    ballot: Ballot
    value: Any


class Prepare(msgspec.Struct, frozen=True, tag=True):
    """Proposer to acceptors, phase 1 (a): promise to accept nothing below ``ballot``, and tell what you have accepted."""

    ballot: Ballot


class Promise(msgspec.Struct, frozen=True, tag=True):
    """Acceptor to proposer, phase 1 (b): promised; ``accepted`` is the highest-numbered proposal that it has accepted, if any."""

    ballot: Ballot
    accepted: Proposal | None


class Accept(msgspec.Struct, frozen=True, tag=True):
    """Proposer to acceptors, phase 2 (a): accept ``value``, and tell these distinguished ``learners`` (2.3)."""

    ballot: Ballot
    value: Any
    learners: tuple[NodeId, ...]


class Accepted(msgspec.Struct, frozen=True, tag=True):
    """Acceptor to learner, phase 2 (b): it has accepted ``value`` at ``ballot``."""

    ballot: Ballot
    value: Any


class Preempted(msgspec.Struct, frozen=True, tag=True):
    """Acceptor to proposer: it ignores ``ballot``, for it has promised the higher ``promised`` (2.2, last paragraph)."""

    ballot: Ballot
    promised: Ballot


class Query(msgspec.Struct, frozen=True, tag=True):
    """Learner to all: "the learner could ask the acceptors what proposals they have accepted" (2.3)."""


class Decision(msgspec.Struct, frozen=True, tag=True):
    """Learner to the other learners: ``value`` has been chosen (2.3)."""

    value: Any


Message: TypeAlias = Prepare | Promise | Accept | Accepted | Preempted | Query | Decision
