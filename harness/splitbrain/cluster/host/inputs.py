"""What an async node is handed by `Env.receive`: one record a kind of input."""

from __future__ import annotations

from typing import Any, TypeAlias

import msgspec

from splitbrain.node import NodeId, RequestId


class Received(msgspec.Struct, frozen=True):
    """A message that arrived at an async node."""

    sender: NodeId
    message: Any


class Asked(msgspec.Struct, frozen=True):
    """A client's request that arrived at an async node: answer with `Env.reply`, now, later or never."""

    request: RequestId
    command: Any


class Connected(msgspec.Struct, frozen=True):
    """A connection to a peer is open: what is sent to it from now on goes there. Only where the scenario's links are streams."""

    peer: NodeId


class Disconnected(msgspec.Struct, frozen=True):
    """The connection to a peer has ended: what was in flight on it is lost, and so is what is sent until there is a new one."""

    peer: NodeId


class Operated(msgspec.Struct, frozen=True):
    """Somebody tells an async node to do one of the scenario's operations. Only where it has any."""

    operation: str
    argument: Any


AsyncInput: TypeAlias = Received | Asked | Connected | Disconnected | Operated
