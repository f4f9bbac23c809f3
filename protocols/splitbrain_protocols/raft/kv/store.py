"""A Raft server whose state machine is a key-value store (Raft, 8: client interaction)."""

from __future__ import annotations

from typing import Any

from splitbrain.node import Effects, RequestId
from splitbrain.observations import Applied, Executed
from splitbrain_protocols.raft.core.messages import Entry
from splitbrain_protocols.raft.kv.machine import Machine
from splitbrain_protocols.raft.node import Raft


class Asked(Entry, frozen=True):
    """A client's command, and which operation it is: replicas must know, for any of them may lead when the client asks again."""

    request: RequestId


class Store(Machine, Raft):
    """Reads and writes go through the log; an operation that was carried out is answered with the result that it had."""

    def request(self, request: RequestId, command: Any) -> Effects:
        """What has been executed already is answered "immediately without re-executing the request" (Raft, 8), by any server.

        Of the rest, a leader appends all. What it has in its log, but not applied, it appends once more when the client asks
        again; the second entry will be known when its turn comes. It never says that it refuses what it has appended.
        """
        if self.is_known(request):
            return [self.answer(request, self.recall(request, command))]
        if self.may_answer_alone(command):
            return [self.answer(request, self.perform(command))]
        return super().request(request, command)

    def may_answer_alone(self, command: Any) -> bool:  # noqa: ARG002 (a decision about that command)
        """Nothing is answered without the log, reads neither: "the leader [...] might have been superseded by a newer leader".

        Nor does it know, at the start of its term, which entries are committed (Raft, 8; dissertation, 6.4).
        """
        return False

    def entry(self, command: Any, request: RequestId | None) -> Entry:
        """The log holds with each command which operation it is (Raft, 8); a no-op is nobody's."""
        return Entry(self.current_term, command) if request is None else Asked(self.current_term, command, request)

    def execute(self, index: int, entry: Entry) -> tuple[Applied, Any]:
        """Commands take effect "exactly once according to their first appearance in the Raft log" (dissertation, 6.3)."""
        if not isinstance(entry, Asked):
            return super().execute(index, entry)
        request, command = entry.request, entry.command
        if self.is_known(request):
            return Applied(index, entry.term, command), self.recall(request, command)
        return Executed(index, entry.term, command, request), self.carry_out(request, command)
