"""Correct Raft nodes that do more than Figure 2 says, or say it in another style: nothing is found in them."""

from __future__ import annotations

from correct.raft_async import ASYNC_RAFT
from correct.raft_learners import LEARNERS
from correct.raft_membership import MEMBERSHIP
from correct.raft_reads import READS, READS_ALONE
from correct.raft_snapshots import SNAPSHOTS

SCENARIOS = (LEARNERS, SNAPSHOTS, MEMBERSHIP, READS, READS_ALONE, ASYNC_RAFT)
