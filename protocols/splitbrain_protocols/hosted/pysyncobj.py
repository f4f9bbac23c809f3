"""PySyncObj, hosted: a Raft library of callbacks and ticks, whose transport, clock, dice and journal file are the harness'.

As in its file, 0.3.11 keeps the log alone, later versions the term and the vote, too. The scenario's options are `SyncObjConf`'s;
logs are not compacted, for a node that is restarted would need the dump file. What may have been done all the same is not answered.
"""

from dataclasses import replace
from pickle import loads

from pysyncobj import FAIL_REASON, SyncObj, SyncObjConf, replicated
from pysyncobj.journal import MemoryJournal
from pysyncobj.node import Node
from pysyncobj.transport import Transport

from splitbrain import CLOCK, NODE, RANDOM, Library, Refused, Scenario, State, patch
from splitbrain_invariants import RAFT_SAFETY

patch("pysyncobj.syncobj", monotonicTime=CLOCK, random=RANDOM, createJournal=lambda _: Journal())
Node.__hash__ = lambda node: int(node.id[1:])  # it keeps them in sets, whose order must not depend on PYTHONHASHSEED
Transport.send = lambda _, node, message: NODE.send(node.id, message)


def storing(name):
    """A method of the journal, and behind it all that the journal holds is stored."""
    return lambda journal, *given: (getattr(MemoryJournal, name)(journal, *given), NODE.store(journal=vars(journal)))


Journal = type("Journal", (MemoryJournal,), {name: storing(name) for name in ("add", "deleteEntriesFrom", "setCurrentTerm")})
Journal.__init__ = lambda journal: vars(journal).update(NODE.disk.get("journal") or vars(MemoryJournal()))


class PySyncObj(Library, SyncObj):
    """A node, whose state machine says what it is handed."""

    timers = {"tick": (100, 100), "patience": (400, 1400)}  # the second brings elections about sooner

    def start(self):
        settings = SyncObjConf(autoTick=False, logCompactionMinTime=2**31, **self.options)
        SyncObj.__init__(self, Node(self.me), map(Node, self.peers), settings, transport=Transport(None, None, None))

    def receive(self, sender, message):
        self._SyncObj__onMessageReceived(Node(sender), message)
        self.doTick()

    def timeout(self, _):
        self.doTick()

    def connected(self, peer):
        self._SyncObj__onNodeConnected(Node(peer))

    def disconnected(self, peer):
        self._SyncObj__onNodeDisconnected(Node(peer))

    @replicated
    def put(self, command):
        self.applied(command)

    def request(self, request, command):
        refused, unknown = Refused(getattr(self._getLeader(), "id", None)), (FAIL_REASON.LEADER_CHANGED, 7)
        self.put(command, callback=lambda _, why: why in unknown or self.reply(request, refused if why else command))
        self.doTick()

    def look(self):
        log = [(term, entry) for entry, _, term in self._SyncObj__raftLog[:]]
        return State(self.raftCurrentTerm, self._SyncObj__votedForNodeId, self._isLeader(), self.raftCommitIndex, log)


PYSYNCOBJ = Scenario(
    name="pysyncobj",
    factory=PySyncObj,
    links="streams",
    label=lambda message: (message["type"], message.get("term")),
    sizes=(3, 5, 4, 2, 1),
    show=lambda data: "no-op" if data == b"\1" else loads(data[1:])[1][0],
    invariants=RAFT_SAFETY,
    without=("MatchIndexNeverGoesBack", "NextIndexAboveMatchIndex"),  # a State does not tell of what a leader tracks
)
# A message takes few entries, as if they were long, so that what is sent again comes in several: anything may happen between them.
SMALL_BATCHES = replace(PYSYNCOBJ, options={"appendEntriesBatchSizeBytes": (40,)}, payload=lambda command, _: command)
