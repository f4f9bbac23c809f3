"""Raft as it is shipped, under the Hypothesis state machine: nothing breaks, on either host."""

import pytest
from hypothesis import settings

from splitbrain import state_machine
from splitbrain_protocols.raft.scenario import RAFT

pytestmark = pytest.mark.slow

TestRaft = state_machine(RAFT).TestCase
TestRaft.settings = settings(max_examples=150, derandomize=True, database=None)

TestRaftOnTrio = state_machine(RAFT, host="trio").TestCase
TestRaftOnTrio.settings = settings(max_examples=40, derandomize=True, database=None)
