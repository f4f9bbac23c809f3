"""The shelf: where schedule files lie, and whether a new one says what one of them says already."""

from __future__ import annotations

import sys
from pathlib import Path

from msgspec import structs

from splitbrain.catalogue.museum import exhibits_of, museums
from splitbrain.catalogue.scenarios import current_name
from splitbrain.errors import SplitbrainError
from splitbrain.exhibit import Exhibit
from splitbrain.schedule.file import SavedSchedule, essence, load
from splitbrain.schedule.format import SUFFIX
from splitbrain.schedule.replay import replay
from splitbrain.world.run import Run


def schedule_of(exhibit: Exhibit, museum: str | None = None) -> Path | None:
    """The file of an exhibit's saved minimal schedule, where ``museum``, "module:NAME", has one; or any that is installed.

    A museum's schedules are in the folder ``schedules`` beside its module; in a checkout, in ``tests/schedules/museum``.
    """
    name = f"{exhibit.id}{SUFFIX}"
    for each in museums() if museum is None else [museum]:
        if exhibits_of(each, each).get(exhibit.id) is not exhibit:
            continue
        file = getattr(sys.modules[each.partition(":")[0]], "__file__", None)
        home = Path(file or ".").parent
        for path in (home / "schedules" / name, *(above / "tests/schedules/museum" / name for above in home.parents[:3])):
            if path.is_file():
                return path
    return None


def known(saved: SavedSchedule, path: Path) -> tuple[SavedSchedule, Run] | None:
    """A file beside ``path`` that is the same schedule as ``saved``, and still fails, with its run; None: there is none.

    Another schedule that fails in the same way is another story, and is kept.
    """
    wanted = _identity(saved)
    for beside in sorted(path.parent.glob(f"*{SUFFIX}")):
        try:
            other = load(beside)
            if beside == path or other.header.unconfirmed or _identity(other) != wanted:
                continue
            again = replay(other)
            if again.outcome == "REPRODUCED":
                return other, again.run
        except SplitbrainError:
            continue  # the plugin complains of such a file
    return None


def _identity(saved: SavedSchedule) -> tuple[str | None, bytes]:
    header = structs.replace(saved.header, scenario=current_name(saved.header.scenario))
    return header.fingerprint, essence(SavedSchedule(header, saved.actions))
