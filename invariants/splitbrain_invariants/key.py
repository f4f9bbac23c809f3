"""What a value is looked up by: values of users may be anything that can be encoded, hashable or not."""

from __future__ import annotations

from typing import Any

import msgspec


def key(value: Any) -> Any:
    """``value`` itself where it is hashable, else its canonical encoding (lists and mappings, of foreign nodes)."""
    try:
        hash(value)
    except TypeError:
        return msgspec.json.encode(value, order="deterministic")
    return value
