"""The store under any nemesis, with clients that ask again, give up, and go on asking whoever has led."""

from __future__ import annotations

from dataclasses import replace

from splitbrain.linearizability.models import Register
from splitbrain.linearizability.workloads import Registers
from splitbrain_invariants import ClientsAnswered, ExactlyOnce, Linearizable
from splitbrain_protocols.raft.kv.node import KeyValue
from splitbrain_protocols.raft.scenario import RAFT

RAFT_KV = replace(
    RAFT,
    name="raft-kv",
    factory=KeyValue,
    # What clients see stands last: where an older invariant fires as well, it says more of why. What all have applied may still
    # never have been answered.
    invariants=(*RAFT.invariants, ClientsAnswered, Linearizable(Register()), ExactlyOnce),
    options={**RAFT.options, "machine": ("memory", "disk")},
    workload=Registers(),
    sessions=5,
)
