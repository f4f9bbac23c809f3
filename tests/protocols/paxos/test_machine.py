"""Paxos as it is shipped, under the Hypothesis state machine: nothing breaks, on either host."""

import pytest
from hypothesis import settings

from splitbrain import state_machine
from splitbrain_protocols.paxos.scenario import PAXOS

pytestmark = pytest.mark.slow

TestPaxos = state_machine(PAXOS).TestCase
TestPaxos.settings = settings(max_examples=150, derandomize=True, database=None)

TestPaxosOnTrio = state_machine(PAXOS, host="trio").TestCase
TestPaxosOnTrio.settings = settings(max_examples=40, derandomize=True, database=None)
