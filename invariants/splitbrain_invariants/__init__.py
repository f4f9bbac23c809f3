"""The invariants that Splitbrain ships; each is one sentence, one source and one fold over events.

Read the folder ``consensus`` first, then ``raft`` or ``paxos``, then ``clients`` and ``witnesses``; ``replica``, ``acceptors``,
``configurations``, ``quorums`` and ``key`` are what they share.
"""

from __future__ import annotations

from splitbrain_invariants.clients.answered import ClientsAnswered
from splitbrain_invariants.clients.exactly_once import ExactlyOnce
from splitbrain_invariants.clients.linearizable import Linearizable
from splitbrain_invariants.consensus.agreement import Agreement
from splitbrain_invariants.consensus.integrity import Integrity
from splitbrain_invariants.consensus.log_termination import LogTermination
from splitbrain_invariants.consensus.termination import Termination
from splitbrain_invariants.consensus.validity import Validity
from splitbrain_invariants.paxos.chosen import DecidedIsChosen, OneChosenValue
from splitbrain_invariants.paxos.memory import AcceptedIsDurable
from splitbrain_invariants.paxos.origin import AcceptedIsProposed, ProposedIsAskedFor
from splitbrain_invariants.paxos.preparation import ProposedIsPromised
from splitbrain_invariants.paxos.promises import PromisesKept
from splitbrain_invariants.paxos.proposal import OneValuePerBallot, ProposedIsSafe
from splitbrain_invariants.raft.commitment import AppliedIsCommitted, CommitWithinLog
from splitbrain_invariants.raft.completeness import LeaderCompleteness
from splitbrain_invariants.raft.durability import CommittedIsDurable
from splitbrain_invariants.raft.election import ElectionSafety, OneVotePerTerm, TermsNeverGoBack
from splitbrain_invariants.raft.log import LeaderAppendOnly, LogMatching
from splitbrain_invariants.raft.mandate import LeadsByVotes
from splitbrain_invariants.raft.state_machine import AppliedInOrder, CommitIndexNeverGoesBack, StateMachineSafety
from splitbrain_invariants.raft.terms import TermsRise
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
    AppliedInOrder,
    LeadsByVotes,
    TermsRise,
    CommitWithinLog,
    AppliedIsCommitted,
)

PAXOS_SAFETY = (
    PromisesKept,
    AcceptedIsDurable,
    OneValuePerBallot,
    ProposedIsSafe,
    OneChosenValue,
    DecidedIsChosen,
    *COMMON,
    ProposedIsPromised,
    AcceptedIsProposed,
    ProposedIsAskedFor,
)

__all__ = [
    "COMMON",
    "PAXOS_SAFETY",
    "RAFT_SAFETY",
    "AcceptedIsDurable",
    "AcceptedIsProposed",
    "Agreement",
    "AppliedInOrder",
    "AppliedIsCommitted",
    "ClientsAnswered",
    "CommitIndexNeverGoesBack",
    "CommitWithinLog",
    "CommittedIsDurable",
    "DecidedIsChosen",
    "ElectionSafety",
    "ExactlyOnce",
    "Integrity",
    "LeaderAppendOnly",
    "LeaderCompleteness",
    "LeadsByVotes",
    "Linearizable",
    "LogMatching",
    "LogTermination",
    "MatchIndexNeverGoesBack",
    "NextIndexAboveMatchIndex",
    "OneChosenValue",
    "OneValuePerBallot",
    "OneVotePerTerm",
    "PromisesKept",
    "ProposedIsAskedFor",
    "ProposedIsPromised",
    "ProposedIsSafe",
    "StateMachineSafety",
    "Termination",
    "TermsNeverGoBack",
    "TermsRise",
    "Validity",
]
