"""Paxos that is safe, and does not get anywhere."""

from __future__ import annotations

from splitbrain.node import CancelTimer, Effect, Effects, NodeId
from splitbrain_protocols.museum.exhibit import exhibit
from splitbrain_protocols.paxos.messages import Preempted
from splitbrain_protocols.paxos.node import Paxos
from splitbrain_protocols.paxos.scenario import PLAIN


class DuellingProposers(Paxos):
    """Everybody tries again after the same short time, sooner than answers come, so that each ballot is overtaken by the next.

    It is the one failure that Paxos Made Simple warns of itself (2.4): a proposer completes phase 1, another one
    completes phase 1 with a higher number, the accept requests of the first are refused, it takes a still higher
    number, and so on for ever. Nothing is lost and nobody is down; the network is only busy with prepare requests.
    Fischer, Lynch and Paterson proved that no protocol escapes this in theory. In practice it takes little: a pause
    that is longer than a ballot needs, that differs from proposer to proposer, and that grows with each failure. Here
    the pause is short and the same for all.
    """

    def back_off(self) -> tuple[int, int]:
        return 1, 1  # ms; a request and its answer take two at the least


class RefusedGivesUp(Paxos):
    """A proposer that is refused leaves the field to the one who was ahead of it, and does not try again.

    A refusal means that somebody has a higher ballot, so somebody else is about to win; stepping back seems polite, and
    ends every duel. But that somebody may have been refused in turn by a third, or be dead. Then all have withdrawn,
    each in favour of another, their clients wait, and nothing is on its way any more. The Paxos example of uppercut
    stops so when every node has accepted its own proposal first (sergey-melnychuk/uppercut#9); its author's advice is a
    retry after a random time. A refusal is a reason to wait, and no reason to stop: in an asynchronous system nobody is
    known to be ahead.
    """

    def on_preempted(self, acceptor: NodeId, message: Preempted) -> Effects:  # noqa: ARG002
        self.hear_of(message.promised)
        return (CancelTimer("retry"),)


class LearnerNeverAsks(Paxos):
    """A learner waits to be told the decision and never asks, so that one lost message leaves it in the dark for good.

    The decision is sent to everybody, once. Whoever is down, cut off or unlucky at that moment misses it; those who
    know it have finished, and have no reason to say it again. The cluster is healthy, every client that asks gets an
    answer, and one replica stays behind for ever, which nobody notices until it is needed (zowens/paxos-rs#76).
    "Because of message loss, a value could be chosen with no learner ever finding out" (2.3): what was not delivered
    has to be asked for, by those who lack it, for only they know.
    """

    def ask_in_time(self) -> Effect:
        return CancelTimer("learn")


LIVENESS_EXHIBITS = (
    exhibit(
        PLAIN,
        "pax-duelling-proposers",
        DuellingProposers,
        title="Proposers outbid each other for ever",
        source="Lamport, Paxos Made Simple, 2.4",
        invariant=("Termination",),
        faults="none",
        # Small and short, for a duel fills its fair phase with messages, the more so the more take part.
        sizes=(3, 2),
        calm_bound=2_000,
    ),
    exhibit(
        PLAIN,
        "pax-refused-gives-up",
        RefusedGivesUp,
        title="After you, and nobody goes",
        source="sergey-melnychuk/uppercut#9",
        invariant=("Termination",),
        faults="reorder",
    ),
    exhibit(
        PLAIN,
        "pax-learner-never-asks",
        LearnerNeverAsks,
        title="A learner that only waits",
        source="zowens/paxos-rs#76; Paxos Made Simple, 2.3",
        invariant=("Termination", "Integrity"),
        faults="drop or restart",
        # Whom a client asks proposes, and so learns; the dedicated learner is asked by nobody.
        options={"learning": ("learner",)},
    ),
)
