"""The invariants that Splitbrain ships; each is one sentence, one source and one fold over events.

Read the folder ``consensus`` first, then ``raft`` or ``paxos``, then ``witnesses``; ``replica``, ``quorums`` and ``key`` are what
they share.
"""

from __future__ import annotations

from splitbrain_invariants.consensus.agreement import Agreement
from splitbrain_invariants.consensus.integrity import Integrity
from splitbrain_invariants.consensus.termination import LogTermination, Termination
from splitbrain_invariants.consensus.validity import Validity
from splitbrain_invariants.paxos.acceptor import AcceptedIsDurable, PromisesKept
from splitbrain_invariants.paxos.chosen import DecidedIsChosen, OneChosenValue
from splitbrain_invariants.paxos.proposal import OneValuePerBallot, ProposedIsSafe
from splitbrain_invariants.raft.completeness import LeaderCompleteness
from splitbrain_invariants.raft.durability import CommittedIsDurable
from splitbrain_invariants.raft.election import ElectionSafety, OneVotePerTerm, TermsNeverGoBack
from splitbrain_invariants.raft.log import LeaderAppendOnly, LogMatching
from splitbrain_invariants.raft.state_machine import AppliedInOrder, CommitIndexNeverGoesBack, StateMachineSafety
from splitbrain_invariants.raft.tracking import MatchIndexNeverGoesBack, NextIndexAboveMatchIndex

# Any protocol that decides.
COMMON = (Agreement, Integrity, Validity)

# The order matters only where two fire at the same event.
RAFT_SAFETY = (
    ElectionSafety,
    OneVotePerTerm,
    TermsNeverGoBack,
    LeaderAppendOnly,
    LogMatching,
    LeaderCompleteness,
    StateMachineSafety,
    CommitIndexNeverGoesBack,
    CommittedIsDurable,
    MatchIndexNeverGoesBack,
    NextIndexAboveMatchIndex,
    Validity,
)

PAXOS_SAFETY = (PromisesKept, AcceptedIsDurable, OneValuePerBallot, ProposedIsSafe, OneChosenValue, DecidedIsChosen, *COMMON)

__all__ = [
    "COMMON",
    "PAXOS_SAFETY",
    "RAFT_SAFETY",
    "AcceptedIsDurable",
    "Agreement",
    "AppliedInOrder",
    "CommitIndexNeverGoesBack",
    "CommittedIsDurable",
    "DecidedIsChosen",
    "ElectionSafety",
    "Integrity",
    "LeaderAppendOnly",
    "LeaderCompleteness",
    "LogMatching",
    "LogTermination",
    "MatchIndexNeverGoesBack",
    "NextIndexAboveMatchIndex",
    "OneChosenValue",
    "OneValuePerBallot",
    "OneVotePerTerm",
    "PromisesKept",
    "ProposedIsSafe",
    "StateMachineSafety",
    "Termination",
    "TermsNeverGoBack",
    "Validity",
]
