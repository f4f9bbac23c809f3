"""PySyncObj whose logs are compacted, and whose leaders hand over, when they are told to. Nobody crashes: dumps are in memory."""

from contextlib import nullcontext
from dataclasses import replace
from types import SimpleNamespace

from pysyncobj import SyncObj, replicated

from splitbrain import FaultBudget, State, patch
from splitbrain_protocols.hosted.pysyncobj import PYSYNCOBJ, PySyncObj

# A dump, which is sent, is not compressed: there would be the time of day in it, and whatever zlib's version makes of it.
patch("pysyncobj.serializer", gzip=SimpleNamespace(GzipFile=lambda fileobj, **_: nullcontext(fileobj)))


class Compacting(PySyncObj):
    """A node that is told to compact its log, or to hand over."""

    def send(self, to, message):
        self.clock.sleep(0.06)  # while a dump is not ready it sends in a loop, which ends by the clock, after 0.1 s
        return super().send(to, message)

    def operate(self, operation, _):
        getattr(self, operation)()
        self.doTick()

    @replicated
    def put(self, command):
        self.applied(command, self.raftLastApplied + 1)

    def look(self):
        (_, base, base_term), *log = self._SyncObj__raftLog[:]
        log = [(term, entry) for entry, _, term in log]
        vote = self._SyncObj__votedForNodeId
        return State(self.raftCurrentTerm, vote, self._isLeader(), self.raftCommitIndex, log, base, base_term)


COMPACTING = replace(
    PYSYNCOBJ,
    name="pysyncobj-compacting",
    factory=Compacting,
    budget=FaultBudget(crashes="none"),
    operations={name: (None,) for name in ("forceLogCompaction", "transferLeadership") if hasattr(SyncObj, name)},
    without=(*PYSYNCOBJ.without, "AppliedInOrder"),  # of what is in a dump nobody is told, nor of no-ops
)
