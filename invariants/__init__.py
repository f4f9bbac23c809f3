"""The invariants that Splitbrain ships; each is one sentence, one source and one fold over events."""

from __future__ import annotations

from invariants.agreement import Agreement
from invariants.chosen import DecidedIsChosen, OneChosenValue, ProposedIsSafe
from invariants.commitment import CommittedIsDurable, LeaderCompleteness
from invariants.election import CommitIndexNeverGoesBack, ElectionSafety, OneVotePerTerm, TermsNeverGoBack
from invariants.integrity import Integrity
from invariants.log import AppliedInOrder, LeaderAppendOnly, LogMatching, StateMachineSafety
from invariants.paxos import AcceptedIsDurable, OneValuePerBallot, PromisesKept
from invariants.termination import LogTermination, Termination
from invariants.tracking import MatchIndexNeverGoesBack, NextIndexAboveMatchIndex
from invariants.validity import Validity

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
