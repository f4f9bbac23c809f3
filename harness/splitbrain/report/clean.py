"""What marks the account of a search that broke nothing: pytest shows the lines that carry it. It imports nothing, as format."""

from __future__ import annotations

CLEAN = ": clean: no invariant was broken in "  # between the scenario's name and what the search took
