"""Everything the nemesis can do, as data. A schedule is a sequence of these, and the only input of a run.

A message is named by what it *is*: sender, receiver, label (kind and epoch), its ordinal among messages of that
label on that link in this run (from 1), and its copy (0: the original). Names survive when other actions are left
out, which an index into a list of messages would not.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import msgspec

from harness.node import NodeId, RequestId

Link: TypeAlias = tuple[NodeId, NodeId]  # sender, receiver


class _Action(msgspec.Struct, frozen=True, tag_field="do", omit_defaults=True, forbid_unknown_fields=True):
    pass


class _OnMessage(_Action, frozen=True, rename={"sender": "from", "receiver": "to"}):
    sender: NodeId
    receiver: NodeId
    kind: str
    epoch: int | None = None
    ordinal: int = 1
    copy: int = 0

    def _message(self) -> str:
        epoch = "" if self.epoch is None else f" {self.epoch}"
        nth = "" if self.ordinal == 1 else f" #{self.ordinal}"
        copy = "" if self.copy == 0 else f" copy {self.copy}"
        return f"{self.sender}->{self.receiver} {self.kind}{epoch}{nth}{copy}"


# The network's


class Deliver(_OnMessage, frozen=True, tag="deliver"):
    """Hand this message to its receiver, which runs and whose link is not cut."""

    def __str__(self) -> str:
        return f"deliver {self._message()}"


class Drop(_OnMessage, frozen=True, tag="drop"):
    """Lose this message for good."""

    def __str__(self) -> str:
        return f"drop {self._message()}"


class Duplicate(_OnMessage, frozen=True, tag="duplicate"):
    """Put one more copy of this message in flight; it gets the next free copy number."""

    def __str__(self) -> str:
        return f"duplicate {self._message()}"


class Cut(_Action, frozen=True, tag="cut"):
    """Cut directed links: what is in flight there, now or later, waits until the link is mended."""

    links: tuple[Link, ...]

    def __str__(self) -> str:
        return f"cut {_links(self.links)}"


class Mend(_Action, frozen=True, tag="mend"):
    """Mend directed links."""

    links: tuple[Link, ...]

    def __str__(self) -> str:
        return f"mend {_links(self.links)}"


# The clock's


class Fire(_Action, frozen=True, tag="fire"):
    """Let an armed timer of a node that runs go off."""

    node: NodeId
    timer: str

    def __str__(self) -> str:
        return f"fire {self.node} {self.timer}"


class Advance(_Action, frozen=True, tag="advance"):
    """Let virtual time pass to the next deadline that an async node waits for (``trio.sleep`` and cancel scopes)."""

    def __str__(self) -> str:
        return "advance to the next deadline"


class Calm(_Action, frozen=True, tag="calm"):
    """The fair phase: faults stop, ``core`` is healed and restarted, and the rest stays dead.

    For ``bound`` virtual milliseconds messages arrive within the scenario's latency and timers fire by the clock, all
    jittered from ``seed``; a client asks the core until it is answered. What must happen *eventually* must have
    happened by the end; the phase ends early when it all has.
    """

    core: tuple[NodeId, ...]
    seed: int
    bound: int

    def __str__(self) -> str:
        return f"calm {','.join(self.core)} for {self.bound} ms (seed {self.seed})"


# The processes' and their disks'


class Request(_Action, frozen=True, tag="request"):
    """A client asks this node for ``command``."""

    node: NodeId
    id: RequestId
    command: Any

    def __str__(self) -> str:
        return f"request {self.node} {self.id} {self.command!r}"


class Restart(_Action, frozen=True, tag="restart"):
    """Start a crashed node again from its disk."""

    node: NodeId

    def __str__(self) -> str:
        return f"restart {self.node}"


class Complete(_Action, frozen=True, tag="complete"):
    """Let the oldest outstanding sync of this node complete (only where the fault budget has slow disks)."""

    node: NodeId

    def __str__(self) -> str:
        return f"complete {self.node} sync"


Input: TypeAlias = Deliver | Fire | Request | Restart | Complete  # what makes a node's code run


class Crash(_Action, frozen=True, tag="crash"):
    """Cut the node's power; the first ``keep`` of its unsynced writes survive.

    With ``during``, the power goes while the node handles that action, once ``after`` of its effects have happened.
    """

    node: NodeId
    keep: int = 0
    during: Input | None = None
    after: int = 0

    def __str__(self) -> str:
        keep = f", {self.keep} unsynced writes survive" if self.keep else ""
        if self.during is None:
            return f"crash {self.node}{keep}"
        return f"crash {self.node} after {self.after} effects of ({self.during}){keep}"


Action: TypeAlias = Deliver | Drop | Duplicate | Cut | Mend | Fire | Advance | Calm | Request | Restart | Complete | Crash


def input_of(action: Action) -> Action:
    """The input that the action gives a node, also where the node loses its power while handling it; else the action."""
    return action.during if isinstance(action, Crash) and action.during is not None else action


def actor(action: Action | None) -> NodeId | None:
    """The node that the action makes do something, or loses its power; None for what happens to messages and links."""
    inner = None if action is None else input_of(action)
    return inner.receiver if isinstance(inner, Deliver) else getattr(inner, "node", None)


def _links(links: tuple[Link, ...]) -> str:
    return " ".join(f"{sender}->{receiver}" for sender, receiver in links)
