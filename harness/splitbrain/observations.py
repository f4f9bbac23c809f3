"""What a node may say in public. An open set: add your own record types; an invariant ignores what it does not know.

Say a thing when it has become true *for others*: a vote, a term, a promise or an acceptance once it is durable (or,
where a node omits the sync, when it is answered); a decision when a client could be told.

A protocol may borrow the words of another one. A *term* is a number that only grows, of which each has at most one leader: a view
or an epoch in other protocols. A *ballot* is any encodable value of a totally ordered type, of which each has at most one proposal
(in a slot): a view or an epoch, or a round with its owner. A *slot* is where one value is decided: an instance, a place in a log.
Who has no votes, or no promises, does not speak of them, and no invariant and no report asks for them.

    class LeaseTaken(msgspec.Struct, frozen=True):  # one of your own: any record will do that can be encoded
        until: int

    class DecidedAt(observations.Decided, frozen=True):  # a shipped one with a field more is judged, and counts, as that one
        ballot: int = 0

    said = [Observe(LeaseTaken(until=300)), Observe(observations.Led(term=2)), Observe(DecidedAt("x", ballot=7))]
"""

from __future__ import annotations

from typing import Any

import msgspec


class Observation(msgspec.Struct, frozen=True, tag=True, repr_omit_defaults=True):
    """Base of the shipped observations; a user's own need not derive from it."""


# Any protocol


class Decided(Observation, frozen=True, tag=True):
    """Decides ``value`` (for good), in ``slot`` (any encodable value) where the protocol has several."""

    value: Any
    slot: Any = None


class Applied(Observation, frozen=True, tag=True):
    """Hands the command at ``index`` to its state machine; ``term`` is the entry's: that of the leader that wrote it.

    None, where the node does not know the term; the command alone is then compared.
    """

    index: int
    term: int | None
    command: Any


class Executed(Applied, frozen=True, tag=True):
    """Hands the command at ``index`` to its state machine, which carries out the operation ``request``: it takes effect here.

    A node that knows which operations have taken effect says a plain `Applied` of an entry that asks for one of those again.
    """

    request: str


class Recovering(Observation, frozen=True, tag=True):
    """Is no full member until it says `Ready`: it has started and must learn first what it lost. Until then it counts as down."""


class Ready(Observation, frozen=True, tag=True):
    """Is a full member (again); see `Recovering`."""


# Raft


class EnteredTerm(Observation, frozen=True, tag=True):
    """``current_term`` is now ``term``: a number that only grows, of which each has at most one leader (a view, an epoch)."""

    term: int


class Voted(Observation, frozen=True, tag=True):
    """Gave its vote of ``term`` to ``candidate``."""

    term: int
    candidate: str


class Led(Observation, frozen=True, tag=True):
    """Became the leader of ``term`` (the primary of a view or an epoch): its only one."""

    term: int


class SteppedDown(Observation, frozen=True, tag=True):
    """Led ``term`` until now, and leads no more."""

    term: int


class Appended(Observation, frozen=True, tag=True):
    """The log holds this entry at ``index`` (1-based); durable at this node's next completed sync."""

    index: int
    term: int
    command: Any


class Truncated(Observation, frozen=True, tag=True):
    """The entries from ``index`` to the end are gone from the log."""

    index: int


class Committed(Observation, frozen=True, tag=True):
    """``commit_index`` advanced to ``index``; ``term`` is this node's ``current_term`` then (None: it tells none)."""

    index: int
    term: int | None


class Tracked(Observation, frozen=True, tag=True):
    """As leader, takes ``follower``'s log to equal its own up to ``match_index``, and sends it entries from ``next_index`` on."""

    follower: str
    match_index: int
    next_index: int


class Recovered(Observation, frozen=True, tag=True):
    """Said once by every ``start``, first of all: what a Raft node found on its disk.

    ``entries`` are (term, command) from index ``base_index`` + 1; a snapshot holds what is up to ``base_index``, whose
    last entry is of ``base_term``.
    """

    term: int
    voted_for: str | None
    entries: tuple[tuple[int, Any], ...]
    base_index: int = 0
    base_term: int = 0


class Installed(Observation, frozen=True, tag=True):
    """Its state, and the log up to ``index``, whose last entry is of ``term``, are a snapshot's now (its own, or one that came).

    ``rest``: whether the entries behind ``index`` are still in the log, as they are where that holds ``index`` with this ``term``.
    """

    index: int
    term: int
    rest: bool = False


class Voters(Observation, frozen=True, tag=True):
    """From now on counts by this configuration: a quorum of *each* of ``groups`` of nodes (two: joint consensus).

    It is entry ``index`` of the log, and counts until that is truncated; None: it is in no log, and counts until the next.
    """

    groups: tuple[tuple[str, ...], ...]
    index: int | None = None


# Paxos; a ballot is any encodable value of a totally ordered type (its own order is what counts: of text, "n10" is below "n9")


class AcceptorStarted(Observation, frozen=True, tag=True):
    """Said once by every ``start`` of an acceptor, first of all: what it found on its disk (``None``: nothing yet).

    One of several slots says it once for each ``slot`` of which it found something; before those, with ``slot=None``, it says what
    holds for all of them, for instance a promise, or that it found nothing.
    """

    promised: Any
    accepted_ballot: Any
    accepted_value: Any
    slot: Any = None


class Promised(Observation, frozen=True, tag=True):
    """Will accept nothing below ``ballot``, in ``slot``; None: in any. Said when it is durable, before anybody counts it."""

    ballot: Any
    slot: Any = None


class Proposed(Observation, frozen=True, tag=True):
    """Starts the accept phase of ``ballot`` with ``value``, in ``slot`` where the protocol has several; no acceptor has it yet."""

    ballot: Any
    value: Any
    slot: Any = None


class Accepted(Observation, frozen=True, tag=True):
    """Accepted ``value`` at ``ballot``, as an acceptor, in ``slot`` where the protocol has several."""

    ballot: Any
    value: Any
    slot: Any = None
