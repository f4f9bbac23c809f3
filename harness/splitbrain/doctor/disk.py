"""A disk that notes whether a node ever looks at it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any


class WatchedDisk(Mapping[Any, Any]):
    """What a node is made with: its disk, and each look at it counts in ``seen``."""

    def __init__(self, disk: Mapping[Any, Any], seen: Counter[str]) -> None:
        self._disk = disk
        self._seen = seen

    def __getitem__(self, key: Any) -> Any:
        self._seen["looks at the disk"] += 1
        return self._disk[key]

    def __iter__(self) -> Iterator[Any]:
        self._seen["looks at the disk"] += 1
        return iter(self._disk)

    def __len__(self) -> int:
        self._seen["looks at the disk"] += 1
        return len(self._disk)
