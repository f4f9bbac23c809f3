"""Correct Raft that does not log reads: a leader answers them from what it has applied (they may be stale, and say so)."""

from __future__ import annotations

from dataclasses import replace

from splitbrain.node import Reply
from splitbrain_protocols.raft.node import Raft
from splitbrain_protocols.raft.scenario import RAFT

READ = "read "  # how commands begin that ask for no change


class Reads(Raft):
    """What does not change the state needs no entry."""

    def request(self, request, command):
        if self.role == "leader" and command.startswith(READ):
            return [Reply(request, f"as of entry {self.last_applied}")]
        return super().request(request, command)


def commands(number):
    """More reads than writes, at other intervals than there are nodes."""
    return f"v{number}" if number % 7 in (2, 5) else f"{READ}{number}"


READS = replace(RAFT, name="raft-reads", factory=Reads, commands=commands)
READS_ALONE = replace(
    READS, name="raft-reads-alone", commands=lambda number: f"{READ}{number}", options={**RAFT.options, "noop": (True,)}
)
