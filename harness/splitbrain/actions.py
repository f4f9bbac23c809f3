"""Everything the nemesis can do, as data. A schedule is a sequence of these, and the only input of a run.

A message is named by what it *is*: sender, receiver, label (kind and epoch), its ordinal among messages of that
label on that link in this run (from 1), and its copy (0: the original). Names survive when other actions are left
out, which an index into a list of messages would not.

    schedule = (Fire("n1", "election"), Deliver("n1", "n2", "RequestVote", 1), Crash("n2", keep=1), Restart("n2"))
    print(*schedule, sep="\\n")

Whatever there is to know of an action without a world, it knows itself: whoever draws, minimises or shows actions asks it.
"""

from __future__ import annotations

from typing import Any, ClassVar, TypeAlias, get_args

import msgspec

from splitbrain.names import Names, named, place
from splitbrain.node import NodeId, RequestId

Link: TypeAlias = tuple[NodeId, NodeId]  # sender, receiver
CALM_AT_MOST = 3_600_000  # virtual ms of a fair phase: an hour


class _Action(msgspec.Struct, frozen=True, tag_field="do", omit_defaults=True, forbid_unknown_fields=True):
    is_fault: ClassVar[bool] = False  # whether it does damage; what heals, and what the cluster does by itself, does not

    @property
    def nodes(self) -> tuple[NodeId, ...]:
        """The nodes that it is about; none for what concerns the whole cluster."""
        return ()

    @property
    def actor(self) -> NodeId | None:
        """The node that it makes do something, or that loses its power; None for what happens to messages and links."""
        return None

    @property
    def turn(self) -> NodeId | None:
        """The node whose turn it is: of a message that is lost or doubled, the sender's; None for what concerns all of them."""
        return self.actor or next(iter(self.nodes), None)

    @property
    def epoch(self) -> int | None:
        """The term or ballot round of the message that it is about, if it is about one."""
        return None

    @property
    def input(self) -> Action:
        """The input that it gives a node, also where the node loses its power while handling it; else the action itself."""
        return self  # type: ignore[return-value]  # every kind is in the union

    def with_input(self, given: Input) -> Action:
        """The same with another input in place of its own."""
        return given

    def renamed(self, names: Names) -> Action | None:  # noqa: ARG002 - for kinds that name nodes
        """The same in a cluster with other names; None when it is about a node that has none there."""
        return self  # type: ignore[return-value]


class _OnMessage(_Action, frozen=True, rename={"sender": "from", "receiver": "to"}):
    sender: NodeId
    receiver: NodeId
    kind: str
    epoch: int | None = None
    ordinal: int = 1
    copy: int = 0

    @property
    def nodes(self) -> tuple[NodeId, ...]:
        return (self.sender, self.receiver)

    def renamed(self, names: Names) -> Action | None:
        if self.sender not in names or self.receiver not in names:
            return None
        sender, receiver = names[self.sender], names[self.receiver]
        return type(self)(sender, receiver, self.kind, self.epoch, self.ordinal, self.copy)  # type: ignore[return-value]

    def __str__(self) -> str:
        epoch = "" if self.epoch is None else f" {self.epoch}"
        nth = "" if self.ordinal == 1 else f" #{self.ordinal}"
        copy = "" if self.copy == 0 else f" copy {self.copy}"
        return f"{word(type(self))} {self.sender}->{self.receiver} {self.kind}{epoch}{nth}{copy}"


class _OnLinks(_Action, frozen=True):
    links: tuple[Link, ...]

    def renamed(self, names: Names) -> Action | None:
        links = tuple((names[a], names[b]) for a, b in self.links if a in names and b in names)
        return type(self)(links) if links else None  # type: ignore[return-value]

    def __str__(self) -> str:
        return f"{word(type(self))} {' '.join(f'{sender}->{receiver}' for sender, receiver in self.links)}"


class _OnNode(_Action, frozen=True):
    node: NodeId

    @property
    def nodes(self) -> tuple[NodeId, ...]:
        return (self.node,)

    @property
    def actor(self) -> NodeId | None:
        return self.node

    def renamed(self, names: Names) -> Action | None:
        return msgspec.structs.replace(self, node=names[self.node]) if self.node in names else None  # type: ignore[return-value]

    def __str__(self) -> str:
        return f"{word(type(self))} {self.node}"


# The network's


class Deliver(_OnMessage, frozen=True, tag="deliver"):
    """Hand this message to its receiver, which runs and whose link is not cut."""

    @property
    def actor(self) -> NodeId | None:
        return self.receiver


class Drop(_OnMessage, frozen=True, tag="drop"):
    """Lose this message for good."""

    is_fault: ClassVar[bool] = True


class Duplicate(_OnMessage, frozen=True, tag="duplicate"):
    """Put one more copy of this message in flight; it gets the next free copy number."""

    is_fault: ClassVar[bool] = True


class Cut(_OnLinks, frozen=True, tag="cut"):
    """Cut directed links: what is in flight there, now or later, waits until the link is mended."""

    is_fault: ClassVar[bool] = True


class Mend(_OnLinks, frozen=True, tag="mend"):
    """Mend directed links."""


class _OnConnection(_Action, frozen=True):
    one: NodeId
    other: NodeId

    @property
    def nodes(self) -> tuple[NodeId, ...]:
        return (self.one, self.other)

    def renamed(self, names: Names) -> Action | None:
        """Each has one name: its ends in the order of the cluster."""
        one, other = sorted((names.get(self.one, ""), names.get(self.other, "")), key=place)
        return type(self)(one, other) if one and one != other else None  # type: ignore[return-value]

    def __str__(self) -> str:
        return f"{word(type(self))} {self.one} {self.other}"


class Disconnect(_OnConnection, frozen=True, tag="disconnect"):
    """End the connection of two nodes: what is in flight on it, both ways, is lost. Either end will be told (streams only)."""

    is_fault: ClassVar[bool] = True


class Connect(_OnConnection, frozen=True, tag="connect"):
    """Open a connection between two nodes that run and have none. Either end will be told (streams only)."""


# The clock's


class Fire(_OnNode, frozen=True, tag="fire"):
    """Let an armed timer of a node that runs go off."""

    timer: str

    def __str__(self) -> str:
        return f"fire {self.node} {self.timer}"


class Advance(_Action, frozen=True, tag="advance"):
    """Let virtual time pass to the next deadline that an async node waits for (``trio.sleep`` and cancel scopes).

    It comes alone: of equal ones each is an action of its own, and so is each that a timer, which may fire late, has left behind.
    """

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

    def renamed(self, names: Names) -> Action | None:
        """The order of the core is that of the cluster: n2 before n10."""
        core = {names[node] for node in self.core if node in names}
        return Calm(tuple(sorted(core, key=place)), self.seed, self.bound)

    def __str__(self) -> str:
        return f"calm {','.join(self.core)} for {self.bound} ms (seed {self.seed})"


# The processes' and their disks'


class Request(_OnNode, frozen=True, tag="request"):
    """A client asks this node for ``command``: the first attempt of the operation ``id``.

    session: whose operation it is, the ``id`` then being ``<session>.<n>``; None: of a client of its own. replaces: the session
    that this one goes on for, which gave up an operation whose outcome it does not know; that one asks no more.
    """

    id: RequestId
    command: Any
    session: str | None = None
    replaces: str | None = None

    def __str__(self) -> str:
        return f"request {self.node} {self.id} {self.command!r}"


class Resend(_OnNode, frozen=True, tag="resend"):
    """A client asks again, this node, for what it asked as ``id`` and has no answer to: the next attempt of the same operation."""

    id: RequestId

    def __str__(self) -> str:
        return f"resend {self.node} {self.id}"


class Operate(_OnNode, frozen=True, tag="operate"):
    """Somebody who operates the cluster tells this node to do something: "compact", "transfer". `Scenario.operations` has them."""

    operation: str
    argument: Any = None

    def renamed(self, names: Names) -> Action | None:
        """What it is told may name nodes, too."""
        return Operate(names[self.node], self.operation, named(self.argument, names)) if self.node in names else None

    def __str__(self) -> str:
        argument = "" if self.argument is None else f" {self.argument!r}"
        return f"operate {self.node} {self.operation}{argument}"


class Restart(_OnNode, frozen=True, tag="restart"):
    """Start a crashed node again from its disk."""


class Complete(_OnNode, frozen=True, tag="complete"):
    """Let the oldest outstanding sync of this node complete (only where the fault budget has slow disks)."""

    def __str__(self) -> str:
        return f"complete {self.node} sync"


Input: TypeAlias = Deliver | Fire | Request | Resend | Operate | Restart | Complete  # what makes a node's code run


class Crash(_OnNode, frozen=True, tag="crash"):
    """Cut the node's power; the first ``keep`` of its unsynced writes survive.

    With ``during``, the power goes while the node handles that action, once ``after`` of its effects have happened. On streams, of
    what it has sent meanwhile the first ``arrive`` messages still arrive, in this step: each where it is what is next on its link.
    """

    keep: int = 0
    during: Input | None = None
    after: int = 0
    arrive: int = 0

    is_fault: ClassVar[bool] = True

    @property
    def epoch(self) -> int | None:
        return None if self.during is None else self.during.epoch

    @property
    def input(self) -> Action:
        return self if self.during is None else self.during

    def with_input(self, given: Input) -> Crash:
        """The power goes while the node handles ``given``."""
        return Crash(self.node, self.keep, given, self.after, self.arrive)

    def renamed(self, names: Names) -> Action | None:
        """Where the message that it handles has no name, the crash alone."""
        if self.node not in names:
            return None
        during: Any = None if self.during is None else self.during.renamed(names)  # an input is one under any name
        return Crash(names[self.node], self.keep, *(() if during is None else (during, self.after, self.arrive)))

    def __str__(self) -> str:
        keep = f", {self.keep} unsynced writes survive" if self.keep else ""
        if self.during is None:
            return f"crash {self.node}{keep}"
        arrive = f", {self.arrive} messages arrive" if self.arrive else ""
        return f"crash {self.node} after {self.after} effects of ({self.during}){arrive}{keep}"


Action: TypeAlias = (
    Deliver | Drop | Duplicate | Cut | Mend | Disconnect | Connect | Fire | Advance | Calm
    | Request | Resend | Operate | Restart | Complete | Crash
)  # fmt: skip


def word(kind: type[msgspec.Struct]) -> str:
    """What a kind of action is called in a schedule: "deliver"."""
    return str(kind.__struct_config__.tag)


KINDS: dict[str, type[msgspec.Struct]] = {word(kind): kind for kind in get_args(Action)}  # all there are, by their words
