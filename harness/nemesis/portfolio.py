"""The strategies, by name."""

from __future__ import annotations

STRATEGIES = ("swarm", "uniform")
