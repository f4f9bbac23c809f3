"""A library node made of the handlers that a test gives; those left out do nothing."""

from __future__ import annotations

from splitbrain import Library, Scenario
from splitbrain.invariant import KeepsContract

_ASIDE = {"receive": lambda *_: None, "timeout": lambda *_: None, "request": lambda *_: None}
_OWN = ("timers", "deaths", "isolate", "loggers")


def hosted(**given):
    """A scenario of library nodes with these handlers and class attributes; each handler is called as ``handler(node, ...)``."""
    own = {name: given.pop(name) for name in tuple(given) if (callable(given[name]) and name not in _FIELDS) or name in _OWN}
    kind = type("Hosted", (Library,), {**_ASIDE, **own})
    return Scenario(**{"name": "hosted", "factory": kind, "invariants": (KeepsContract,), "sizes": (3, 2, 1), **given})


_FIELDS = frozenset(Scenario.__dataclass_fields__)
