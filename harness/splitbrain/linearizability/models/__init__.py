"""The models that the harness knows by name: what each may be asked, and the lines of history files that say so.

Read ``shipped`` (what they have in common), then ``keyed`` and ``single``.

A line is a mapping with "op", and as fitting "key", "value" (what was given), "found" (what a read found), "old" (what a cas
expected) and "ok" (whether what was asked was done, true or false; true where a line does not say, or says null). What a command
only does, as a put, is answered with anything. Values are the same where `canonical` says so.
"""

from collections.abc import Mapping
from typing import Final

from splitbrain.linearizability.models.keyed import KvAppend, Register
from splitbrain.linearizability.models.shipped import Shipped
from splitbrain.linearizability.models.single import Counter, Lock, Queue, Set

__all__ = ["MODELS", "Counter", "KvAppend", "Lock", "Queue", "Register", "Set", "Shipped"]

MODELS: Final[Mapping[str, type[Shipped]]] = {
    "register": Register,
    "kv-append": KvAppend,
    "queue": Queue,
    "set": Set,
    "counter": Counter,
    "lock": Lock,
}
