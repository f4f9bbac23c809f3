"""An exhibit as `bugs --json` prints it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from splitbrain.exhibit import Exhibit
    from splitbrain.schedule.file import SavedSchedule


def described(exhibit: Exhibit) -> dict[str, Any]:
    """What its museum says of it."""
    return {
        "id": exhibit.id,
        "title": exhibit.title,
        "protocol": exhibit.protocol,
        "source": exhibit.source,
        "mechanism": exhibit.mechanism,
        "story": exhibit.story,
        "invariant": list(exhibit.invariant),
        "faults": exhibit.faults,
        "shortest": dict(exhibit.shortest),
        "control": exhibit.control,
    }


def on_file(saved: SavedSchedule | None) -> dict[str, Any]:
    """Its saved schedule: the file, the length, and what it breaks."""
    if saved is None:
        return {"schedule": None, "actions": None, "breaks": None}
    return {"schedule": str(saved.path), "actions": len(saved.actions), "breaks": saved.header.invariant}
