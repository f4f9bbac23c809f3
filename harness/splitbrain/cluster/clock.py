"""Virtual timers. Virtual time itself is an integer number of milliseconds, kept in the recorder, moved by the world."""

from __future__ import annotations

import msgspec

from splitbrain.node import NodeId


class Timer(msgspec.Struct, eq=False):
    """An armed timer: due between ``earliest`` and ``latest`` ms after ``armed``, the virtual time when it was set."""

    owner: NodeId
    name: str
    earliest: int
    latest: int
    armed: int
