"""Paxos that looks wrong, and is not: nothing may be found here."""

from __future__ import annotations

from typing import Any

import splitbrain.observations as say
from splitbrain.node import Effect, Observe
from splitbrain_protocols.museum.exhibit import exhibit
from splitbrain_protocols.paxos.messages import Ballot
from splitbrain_protocols.paxos.node import Paxos
from splitbrain_protocols.paxos.scenario import PLAIN


class DecisionNotDurable(Paxos):
    """A decision is not written down, and a restarted process does not know any more what it has told its client.

    That looks like the worst of all things to forget. But a process does not decide; it finds out what has been chosen,
    and what is chosen is stored with a majority of the acceptors. Whoever forgot it can find it out again, and cannot
    find anything else. (Those who prune their acceptors have to store decisions: then there is no other memory left.)
    The stored decision of the reference saves a round of questions, and is no part of the proof.
    """

    def persist_then_decide(self, value: Any) -> list[Effect]:
        return [Observe(say.Decided(value))]


class PrepareOnce(Paxos):
    """An acceptor refuses a prepare request that is equal to its promise, though it is only a repetition of the last one.

    `>` or `>=`? For prepare requests both are right, and the question is asked again and again (Tencent/phxpaxos#107).
    Ballots are unique, so an equal one comes from the same proposer, and the same answer cannot mislead it; a refusal
    costs it a new ballot, at worst. For accept requests it is a matter of life and death: see pax-accept-overstrict.
    """

    def may_promise(self, ballot: Ballot) -> bool:
        return ballot > self.promised


CONTROL_EXHIBITS = (
    exhibit(
        PLAIN,
        "pax-decision-not-durable",
        DecisionNotDurable,
        title="A decision forgotten that can be found out again",
        source="a control; Paxos Made Simple, 2.2 and 2.3: what is chosen is a fact about acceptors",
        faults="restart",
        control=True,
    ),
    exhibit(
        PLAIN,
        "pax-prepare-once",
        PrepareOnce,
        title="The same prepare request is refused",
        source="a control; Tencent/phxpaxos#107",
        faults="duplicate",
        control=True,
    ),
)
