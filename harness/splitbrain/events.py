"""Everything that can happen, as data. A trace is a list of these, and the only output of a run.

``step`` is the number of the action (from 1) that caused the event; 0 is the first start of all nodes. The actions that
a ``Calm`` expands to are recorded with its step.

    trace = run(Setup(RAFT, 3), (Fire("n1", "election"),), keep=True).events
    print([event.receiver for event in trace if isinstance(event, events.Sent)])  # ['n2', 'n3']
"""

from __future__ import annotations

from typing import Any, TypeAlias

import msgspec

from splitbrain.actions import Action
from splitbrain.node import Key, NodeId, RequestId


class _Event(msgspec.Struct, frozen=True, tag=True):
    step: int


class Acted(_Event, frozen=True):
    """The nemesis did ``action`` at virtual ``time`` (ms); deliveries, drops, cuts and mends are recorded as this alone."""

    time: int
    action: Action


class Declared(_Event, frozen=True):
    """What the scenario declares of `voters`, `quorums` and `clients`; at step 0, before all else, where it does.

    voters: who votes at first; none where that is not declared. ``quorums[n - 1]`` are the least counts of n voters: to elect (or
    to prepare a ballot), and to decide (or to commit). clients: whom clients may ask; None where that is not declared.
    """

    voters: tuple[NodeId, ...]
    quorums: tuple[tuple[int, int], ...]
    clients: tuple[NodeId, ...] | None = None


class Started(_Event, frozen=True):
    """A node begins its ``incarnation`` (1 at first); at step 0 every node of the cluster does, in order."""

    node: NodeId
    incarnation: int


class Crashed(_Event, frozen=True):
    """A node lost its power, and ``lost`` of its unsynced writes; ``kept`` survived."""

    node: NodeId
    kept: int
    lost: int


class Exited(_Event, frozen=True):
    """A node died because it meant to, for this ``reason`` (see `splitbrain.Exit`); what it lost is in the `Crashed` behind it."""

    node: NodeId
    reason: str


class Sent(_Event, frozen=True):
    """A message went on its link."""

    sender: NodeId
    receiver: NodeId
    kind: str
    epoch: int | None
    ordinal: int
    message: Any


class TimerSet(_Event, frozen=True):
    """A timer was armed to go off between ``earliest`` and ``latest`` ms from now."""

    node: NodeId
    timer: str
    earliest: int
    latest: int


class TimerCancelled(_Event, frozen=True):
    """A timer was disarmed by its owner."""

    node: NodeId
    timer: str


class Wrote(_Event, frozen=True):
    """A volatile write."""

    node: NodeId
    key: Key
    value: Any


class Erased(_Event, frozen=True):
    """A volatile removal."""

    node: NodeId
    key: Key


class Synced(_Event, frozen=True, omit_defaults=True):
    """A sync completed: everything this node had written when it asked, in step ``asked``, is durable; None: it asked just now."""

    node: NodeId
    token: str | None
    asked: int | None = None


class Requested(_Event, frozen=True, omit_defaults=True):
    """A client's call, or another attempt of the same one; ``calm``: by the client of the fair phase.

    session: whose it is, and ``replaces`` the one that this one goes on for, as in `splitbrain.actions.Request`. attempt: which one
    of its operation it is, from 1.
    """

    node: NodeId
    request: RequestId
    command: Any
    calm: bool
    session: str | None = None
    replaces: str | None = None
    attempt: int = 1


class Replied(_Event, frozen=True):
    """A client's reply."""

    node: NodeId
    request: RequestId
    result: Any


class Observed(_Event, frozen=True):
    """A node said something in public (see ``splitbrain.observations``)."""

    node: NodeId
    observation: Any


class CalmBegan(_Event, frozen=True):
    """The fair phase began: ``core`` runs, healed, and must now make progress."""

    core: tuple[NodeId, ...]
    bound: int


class CalmEnded(_Event, frozen=True, omit_defaults=True):
    """The fair phase is over; ``elapsed`` ms of virtual time passed. *Eventually* means by now.

    content: its client asked for nothing, since the scenario's workload had nothing to ask.
    """

    core: tuple[NodeId, ...]
    elapsed: int
    content: bool = False


class Failed(_Event, frozen=True):
    """A node broke the contract: it ``raised``, ``hung``, or yielded something ``malformed``. It is dead until restarted."""

    node: NodeId
    how: str
    detail: str


class Operated(_Event, frozen=True):
    """Somebody who operates the cluster told a node to do something: an operation of `Scenario.operations`, and its argument."""

    node: NodeId
    operation: str
    argument: Any


Event: TypeAlias = (
    Acted | Declared | Started | Crashed | Exited | Sent | TimerSet | TimerCancelled | Wrote | Erased | Synced
    | Requested | Replied | Observed | CalmBegan | CalmEnded | Failed | Operated
)  # fmt: skip
