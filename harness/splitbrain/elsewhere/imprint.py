"""An imprint: what is kept of a trace to tell it from another one, and where."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from itertools import zip_longest
from zlib import crc32

import msgspec

from splitbrain.events import Event
from splitbrain.trace.encoding import encode
from splitbrain.trace.values import Show

_MARK = 4  # bytes


class Imprint(msgspec.Struct, frozen=True):
    """digest: of the whole trace. marks: four bytes an event, so that the first difference is found without the other trace."""

    digest: str
    marks: bytes

    @classmethod
    def of(cls, events: Sequence[Event], show: Show | None = None) -> Imprint:
        """The imprint of a trace. Raises `EncodingError` for what cannot be encoded."""
        lines = encode(events, show)
        return cls(
            sha256(b"".join(line + b"\n" for line in lines)).hexdigest(), b"".join(crc32(line).to_bytes(_MARK) for line in lines)
        )

    def differs(self, other: Imprint) -> int | None:
        """The place, from 0, of the first event in which two traces differ; None where they are equal."""
        if self.digest == other.digest:
            return None
        places = range(0, max(len(self.marks), len(other.marks)), _MARK)
        pairs = zip_longest(*([each.marks[at : at + _MARK] for at in places] for each in (self, other)))
        return next((place for place, (one, two) in enumerate(pairs) if one != two), 0)
