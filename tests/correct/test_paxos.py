"""Correct Paxos nodes of other kinds than the shipped one are clean, and those that are nearly so are found."""

from dataclasses import replace

import pytest
from correct.paxos import A_SLOT, FLEXIBLE, FLEXIBLE_MULTI, MULTI, SCENARIOS, ASlot, Flexible, FlexibleMulti, Multi, flexible

from splitbrain.node import Erase
from splitbrain.search.hunt import hunt

STEPS = 200_000

each_kind = pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)


@each_kind
def test_a_correct_node_is_clean_for_a_while(scenario):
    assert hunt(scenario, seed=1, steps=5_000).outcome == "clean"


@pytest.mark.slow
@each_kind
def test_a_correct_node_is_clean_for_long(scenario):
    hunted = hunt(scenario, seed=7, steps=STEPS)
    assert hunted.found is None, hunted.found.violation
    assert hunted.outcome == "clean"
    # All that the invariants judge happened, and in the ways that are hard to allow for.
    assert all(hunted.coverage[what] > 0 for what in ("Promised", "Proposed", "Accepted", "Decided", "crash losing writes"))


# What is nearly right


class ChoosesTooSoon(Flexible):
    """Phase 2 takes one acceptor less than meets each quorum of phase 1."""

    def is_chosen(self, acceptor, message):
        return self.count_accepted(acceptor, message) >= flexible(len(self.acceptors))[1] - 1


class ChoosesSlotsTooSoon(FlexibleMulti):
    @property
    def decide(self):
        return super().decide - 1


class PreparesTooFew(Flexible):
    """Both phases take the small quorum."""

    def has_quorum(self, count):
        return count >= flexible(len(self.acceptors))[1]


class PromisesForOneSlot(ASlot):
    """There is room for one promise on the disk, that of the last slot."""

    def promise(self, ballot, slot):
        yield from (Erase(("promised", other)) for other in self.promised if other != slot)
        yield from super().promise(ballot, slot)


class LosesASlot(ASlot):
    """What is accepted in any slot but the first is not written down, though the promise is."""

    def store(self, ballot, slot, value):
        written = list(super().store(ballot, slot, value))
        yield from written if slot == 0 else ()


class ForgetsASlot(Multi):
    """What is accepted in any slot but the first is not written down."""

    def store(self, ballot, slot, value):
        written = list(super().store(ballot, slot, value))
        yield from written if slot == 0 else ()


class FindsAnotherValue(ASlot):
    """A slot's value is written without its ballot, once for all slots."""

    def __init__(self, me, peers, disk):
        super().__init__(me, peers, disk)
        if self.accepted:
            last = self.accepted[max(self.accepted)][1]
            self.accepted = {slot: (ballot, last) for slot, (ballot, _) in self.accepted.items()}


class PromisesSlotBySlot(Multi):
    """A promise for all slots is kept in the first slot alone."""

    def below_promise(self, ballot, slot):
        return slot in self.promised and ballot < self.promised[slot] and len(self.accepted) < 2


class ProposesFromMemory(ASlot):
    """A slot's second proposal is of the proposer's own command again, whatever the promises report."""

    def highest(self):
        return {}


BROKEN = {
    "too few choose": (FLEXIBLE, ChoosesTooSoon, {"DecidedIsChosen"}),
    "too few choose in a slot": (FLEXIBLE_MULTI, ChoosesSlotsTooSoon, {"DecidedIsChosen"}),
    "too few prepare": (FLEXIBLE, PreparesTooFew, {"ProposedIsPromised"}),
    "the promise of one slot is forgotten": (A_SLOT, PromisesForOneSlot, {"PromisesKept"}),
    "what was accepted in a slot is not found": (A_SLOT, LosesASlot, {"AcceptedIsDurable"}),
    "what was accepted in a slot is lost without a word": (MULTI, ForgetsASlot, {"ProposedIsSafe", "OneChosenValue", "Agreement"}),
    "what was accepted in a slot has another's value": (A_SLOT, FindsAnotherValue, {"AcceptedIsDurable", "OneValuePerBallot"}),
    "a promise for all slots is kept in one": (MULTI, PromisesSlotBySlot, {"PromisesKept"}),
    "what is reported in a slot is ignored": (A_SLOT, ProposesFromMemory, {"ProposedIsSafe"}),
}


@pytest.mark.parametrize(("scenario", "factory", "invariants"), BROKEN.values(), ids=BROKEN)
def test_what_is_nearly_right_is_found(scenario, factory, invariants):
    hunted = hunt(replace(scenario, factory=factory), seed=3, steps=30_000)
    assert hunted.found is not None
    assert hunted.found.violation.invariant in invariants, hunted.found.violation.summary
