"""Paxos with majorities that are none: too few, not of the acceptors, or not for the same proposal."""

from __future__ import annotations

from splitbrain.node import NodeId
from splitbrain_protocols.museum.exhibit import exhibit
from splitbrain_protocols.paxos.messages import Accepted
from splitbrain_protocols.paxos.node import Paxos
from splitbrain_protocols.paxos.scenario import PLAIN


class QuorumHalf(Paxos):
    """Half of the acceptors, rounded down, are a quorum, so that two quorums need have no acceptor in common.

    `n // 2` where `n // 2 + 1` belongs: of three acceptors, one is enough, and that one is the proposer's own. Each
    process then promises itself a ballot, accepts its own value and decides it, in a single step and without a message.
    Everything that Paxos guarantees comes from one property of majorities, that any two have a member in common, who
    can tell the second what happened in the first. With halves there is nobody to tell.
    """

    def has_quorum(self, count: int) -> bool:
        return count >= len(self.acceptors) // 2


class QuorumEven(Paxos):
    """Half of the acceptors, rounded up, are a quorum: right for three and five, and two separate halves of four or six.

    `(n + 1) // 2` gives 2 of 3, 3 of 5 and 4 of 7, and all tests pass, for they all run on odd clusters; on four nodes
    it gives 2. A partition down the middle then leaves two halves which both have a "majority", and both decide. The
    formula has been written more than once: in alphaonedev/ai-memory-mcp#1888 as `n.div_ceil(2)`, with a comment that
    promised more than half and unit tests of 1, 3, 5 and 7; Geode's membership let both halves of an even cluster live
    on (GEODE-9822). Test with four. Production gets there while it grows from three to five.
    """

    def has_quorum(self, count: int) -> bool:
        return count >= (len(self.acceptors) + 1) // 2


class DupAccepted(Paxos):
    """The tally of acceptances is a counter, not a set, so that a message which arrives twice makes a majority of a minority.

    `votes += 1; if votes > n / 2` is what everybody writes first, and over one TCP connection it holds for a long time.
    But messages "can be duplicated" (2.1): by a resend, by a reconnect, or by a learner that asks again and is told
    again. Then one acceptor is its own majority, and a value is decided that nobody will find again. Booth's learner
    kept adding up renewals until its votes exceeded the number of acceptors, "and then booth always has the quorum"
    (jjzhang/booth#47). Count voters, not votes. Three nodes cannot show it, where one vote and one's own are a
    majority.
    """

    def count_accepted(self, acceptor: NodeId, message: Accepted) -> int:
        arrivals = self.accepted_by.setdefault(message.ballot, set())
        arrivals.add(f"{acceptor}, arrival {len(arrivals)}")
        return len(arrivals)


class NonMemberAcks(Paxos):
    """Answers count whoever sends them, so that a spare, which is not one of the acceptors, completes a majority.

    The spare is sent every request, and answers like an acceptor, so that it is up to date on the day when it is to
    replace one. The quorum is computed from the list of acceptors, but the answers are counted as they come, and nobody
    compares the two. With one vote from outside, a majority of three is one acceptor and the spare; the other two
    acceptors are a majority as well, and have nobody in common with the first. A Specula report on n2paxos has it; the
    thread about those reports suspects some of being false alarms (imdea-software/swiftpaxos#3), and this one is no
    alarm without a spare. Raft's twin is the learner that is counted in the numerator, and not in the denominator.
    """

    def is_acceptor(self, sender: NodeId) -> bool:  # noqa: ARG002
        return True


class LearnerCountsValues(Paxos):
    """A learner counts who has accepted a value, at whatever ballot, and takes a majority of that for a chosen value.

    "Two of three acceptors have accepted v": surely v is chosen? Not if one did so at ballot 1 and the other at ballot
    3. Between them, ballot 2 may have given the third acceptor another value, which is newer than v in the first one's
    memory. A proposer that hears from those two finds ballot 2 the highest, and gets its value chosen, while the
    learner has already told v to the world. A value is chosen by a majority for a single *proposal*, number and value
    (2.2). One may relax that, with care: if the ballots are consecutive it holds (arXiv 2006.01885), precisely because
    nothing fits in between.
    """

    def count_accepted(self, acceptor: NodeId, message: Accepted) -> int:
        acceptors = self.accepted_by.setdefault(message.value, set())
        acceptors.add(acceptor)
        return len(acceptors)


class LearnFromOne(Paxos):
    """A learner takes the first acceptance that it hears of for the decision.

    Ask any replica, take its answer: a read from one node. The acceptor does not lie, it has accepted that value, and
    as a rule the others have, too. But an acceptance is one vote, and votes get overruled: a higher ballot that did not
    meet this acceptor chooses something else. The question whether the own accepted value may be used as the result was
    asked of PhxPaxos as well; the answer is that the ballot has to be compared with that of the chosen proposal
    (Tencent/phxpaxos#21, #140). No single acceptor ever knows that a value is chosen; that is a fact about a majority.
    """

    def is_chosen(self, acceptor: NodeId, message: Accepted) -> bool:  # noqa: ARG002
        return True


QUORUM_EXHIBITS = (
    exhibit(
        PLAIN,
        "pax-quorum-half",
        QuorumHalf,
        title="Half of the acceptors is a quorum",
        source="general knowledge; majorities are in Paxos Made Simple, 2.2",
        invariant=("ProposedIsPromised", "DecidedIsChosen", "ProposedIsSafe", "OneChosenValue", "Agreement"),
        faults="none",
        shortest={"ProposedIsPromised": 1, "DecidedIsChosen": 1, "OneChosenValue": 10},
    ),
    exhibit(
        PLAIN,
        "pax-quorum-even",
        QuorumEven,
        title="A majority on odd clusters only",
        source="alphaonedev/ai-memory-mcp#1888; GEODE-9822 (apache/geode PR#7126)",
        invariant=("ProposedIsPromised", "DecidedIsChosen", "ProposedIsSafe", "OneChosenValue", "Agreement"),
        faults="partition; an even number of acceptors",
    ),
    exhibit(
        PLAIN,
        "pax-dup-accepted",
        DupAccepted,
        title="An acceptance that arrives twice counts twice",
        source="jjzhang/booth PR#47; messages can be duplicated (Paxos Made Simple, 2.1)",
        invariant=("DecidedIsChosen", "Agreement"),
        faults="duplicate",
        # With three acceptors of which one is the proposer itself, the first copy of an acceptance is a majority already.
        sizes=(4, 5),
        shortest={"DecidedIsChosen": 6},
    ),
    exhibit(
        PLAIN,
        "pax-non-member-acks",
        NonMemberAcks,
        title="Votes of one who has none",
        source="imdea-software/swiftpaxos#3 (a Specula report on n2paxos)",
        invariant=("ProposedIsPromised", "DecidedIsChosen", "ProposedIsSafe", "OneChosenValue", "Agreement"),
        faults="reorder",
        options={**PLAIN.options, "spare": (True,)},
    ),
    exhibit(
        PLAIN,
        "pax-learner-counts-values",
        LearnerCountsValues,
        title="A majority for the value, not for the proposal",
        source="a mutation of Paxos Made Simple, 2.2; arXiv 2006.01885 on when it would hold",
        invariant=("DecidedIsChosen", "Agreement"),
        faults="reorder",
    ),
    exhibit(
        PLAIN,
        "pax-learn-from-one",
        LearnFromOne,
        title="One acceptance is taken for the decision",
        source="a mutation of Paxos Made Simple, 2.3; the question of Tencent/phxpaxos#21",
        invariant=("DecidedIsChosen", "Agreement"),
        faults="reorder",
    ),
)
