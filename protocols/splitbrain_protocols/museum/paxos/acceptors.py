"""Paxos acceptors that promise, accept or report the wrong thing."""

from __future__ import annotations

from splitbrain.exhibit import Goal
from splitbrain_protocols.museum.exhibit import exhibit
from splitbrain_protocols.paxos.messages import Ballot, Proposal
from splitbrain_protocols.paxos.node import Paxos
from splitbrain_protocols.paxos.scenario import PLAIN


class AcceptNoCheck(Paxos):
    """An acceptor does not compare an accept request with its promise, so that a ballot which was overtaken is chosen as well.

    Every accept request is answered by whoever gets it: "the proposer has its majority of promises, so why ask again?"
    Because a promise is a promise *not* to do something. When a second proposer has been promised a higher ballot, and
    was told that nothing had been accepted, the first one's requests are still on their way. They arrive, are accepted,
    and choose a value of which the second proposer could not know; it goes on to choose its own. Phase 1 asks a
    question about the past, and only the refusal in phase 2 keeps the answer true.
    """

    def may_accept(self, ballot: Ballot) -> bool:  # noqa: ARG002
        return True


class AcceptOverstrict(Paxos):
    """An acceptor refuses the very ballot that it has promised, so that no majority ever accepts anything.

    One comparison sign, `>` for `>=`, and consensus stands still without a fault anywhere: whoever was promised a
    ballot is refused when it comes to use it, tries a higher one, and is refused again. Safety tests cannot see that,
    for nothing is ever decided wrongly; this takes an invariant that says what must happen *eventually*. MyPaxos had
    the cousin `==`: its acceptors took exactly the ballot that they had promised, and nothing above
    (luohaha/MyPaxos#19). That is safe, and costs a round trip for each acceptor that missed the prepare request.
    """

    def may_accept(self, ballot: Ballot) -> bool:
        return ballot > self.promised


class AcceptKeepsPromise(Paxos):
    """Accepting a ballot does not promise it, so that a lower one, accepted later, hides the higher one.

    This is Paxos Made Simple to the letter: an acceptor remembers the highest *prepare request* that it has answered,
    and nobody says that accepting counts as one. So an acceptor that never saw the prepare request of ballot 2 accepts
    ballot 2, and then ballot 1, whose late request breaks no promise of its. If it remembers the last proposal instead
    of the highest, ballot 2, perhaps chosen already, is gone from its reports, and ballot 3 revives the value of ballot
    1. Michael Deardeuff pointed it out to Marc Brooker, who wrote a Paxos just as the paper reads and let a model
    checker find it ("The Bug in Paxos Made Simple", 2021); scylladb/scylladb#6139 tells a like story of a real
    database. The fix is one assignment: to accept is to promise. It takes three ballots to see the harm, which is why
    two proposers in a unit test never do.
    """

    def promised_by_accepting(self, ballot: Ballot) -> Ballot:  # noqa: ARG002
        return self.promised


class PromisedAsAccepted(Paxos):
    """A promise reports the accepted value under the promised ballot (one variable for both), so that old looks as new as new.

    An acceptor has two ballots to remember: the one that it promised last, and the one at which it accepted what it
    accepted. They are equal so often that one variable seems to do. But then each later prepare request makes the
    accepted value look younger than it is: a value that one acceptor took at ballot 1, and which was never chosen, is
    reported as if it came from ballot 3, beats the value that was chosen at ballot 2, and is proposed again. Sutra
    found this single variable in EPaxos, in its TLA+ specification and its Go code alike, six years after the paper
    (arXiv 1906.10917; efficient/epaxos#20 asks how it could work). P2c speaks of the highest *accepted* proposal; the
    number of a promise says nothing about the age of a value.
    """

    def highest_accepted(self) -> Proposal | None:
        return None if self.accepted is None else Proposal(self.promised, self.accepted.value)


ACCEPTOR_EXHIBITS = (
    exhibit(
        PLAIN,
        "pax-accept-no-check",
        AcceptNoCheck,
        title="An acceptor accepts any ballot",
        source="general knowledge; the check is in Paxos Made Simple, 2.2, phase 2 (b)",
        invariant=("PromisesKept", "AcceptedIsDurable", "ProposedIsSafe", "OneChosenValue", "Agreement"),
        faults="reorder",
        shortest={"PromisesKept": 5, "OneChosenValue": 14},
    ),
    exhibit(
        PLAIN,
        "pax-accept-keeps-promise",
        AcceptKeepsPromise,
        title="Accepting does not raise the promise",
        source="Brooker, The Bug in Paxos Made Simple, 2021 (brooker.co.za/blog/2021/11/16/paxos.html)",
        invariant=("AcceptedIsDurable", "ProposedIsSafe", "OneChosenValue", "Agreement"),
        faults="reorder",
        shortest={"OneChosenValue": 20},
        goal=Goal(runs=1_000, remark="a uniform random scheduler needs 10,185"),
    ),
    exhibit(
        PLAIN,
        "pax-promised-as-accepted",
        PromisedAsAccepted,
        title="One ballot variable for promised and accepted",
        source="Sutra, arXiv 1906.10917 (EPaxos); efficient/epaxos#20; Dragoi et al., OOPSLA 2020, Figure 3",
        invariant=("ProposedIsSafe", "OneChosenValue", "Agreement"),
        faults="reorder",
        shortest={"OneChosenValue": 14},
    ),
    exhibit(
        PLAIN,
        "pax-accept-overstrict",
        AcceptOverstrict,
        title="An acceptor wants more than it promised",
        source="luohaha/MyPaxos#19",
        invariant=("Termination",),
        faults="none",
    ),
)
