"""Disks that do not keep what they promise: one that ignores `Sync`, and one that is another after every restart."""

from __future__ import annotations

from splitbrain.cluster.disk import Disk
from splitbrain.cluster.process import Process
from splitbrain.doctor.weakenings.weakening import Weakening
from splitbrain.world.run import Setup
from splitbrain.world.world import World


class _Volatile(Disk):
    """Answers every sync, and has made nothing durable: a crash keeps a prefix of all that was written since the node started."""

    __slots__ = ()

    def sync(self, count: int) -> None:
        """Nothing: what was to be durable stays volatile."""

    def crash(self, keep: int) -> tuple[int, int]:
        """Cut the power; what survives is on the disk when the node starts again."""
        kept = min(keep, len(self.unsynced))
        lost = len(self.unsynced) - kept
        super().sync(kept)
        self.unsynced.clear()
        return kept, lost


class _OnVolatileDisks(World):
    def power_on(self, process: Process) -> None:
        if process.incarnation == 0:
            process.storage = _Volatile()
        super().power_on(process)


class _OnNewDisks(World):
    def power_on(self, process: Process) -> None:
        process.storage = Disk()
        super().power_on(process)


class _IgnoringSync(Setup):
    worlds = _OnVolatileDisks


class _WithoutTheDisk(Setup):
    worlds = _OnNewDisks


SYNC = Weakening(
    name="sync",
    says="a Sync makes nothing durable: a crash may undo all that a node wrote since it started",
    unfelt="no node that was started again went by what it had written, or none was started again",
    setups=_IgnoringSync,
)
DISK = Weakening(
    name="disk",
    says="a node restarts without its disk",
    unfelt="no node that was started again went by what was on its disk, or none was started again",
    setups=_WithoutTheDisk,
)
