"""Paxos proposers that number their proposals, count their promises, or choose their value in the wrong way."""

from __future__ import annotations

from typing import Any

from splitbrain.exhibit import Goal
from splitbrain.node import Effects, NodeId
from splitbrain_protocols.museum.exhibit import exhibit
from splitbrain_protocols.paxos.messages import Ballot, Preempted, Promise
from splitbrain_protocols.paxos.node import Paxos
from splitbrain_protocols.paxos.scenario import PLAIN


class IgnoreReported(Paxos):
    """A proposer proposes its own value although a promise carries an accepted one.

    The proposer asked for a promise, got a majority of them, and proposes what its client wants, as it was told to. It
    overlooks that phase 1 is not a request for permission, but a question: what may have been chosen already? If a
    majority has accepted a value, then every majority of promises contains somebody who says so, and the proposer has
    to take up that value as its own. Here it does not, and a second value is chosen over the first one. Paxos is a
    protocol in which the winner of the election mostly has to carry out somebody else's programme.
    """

    def value_to_propose(self) -> Any:
        return self.command


class ValueNotHighest(Paxos):
    """Of several reported proposals a proposer takes the value of the one that arrived last, not of the highest-numbered one.

    The promises report accepted proposals; the code loops over them and keeps overwriting one variable. As long as they
    report at most one value, which is nearly always, that is right. It takes two proposers who each got a value into
    one acceptor, and a third ballot that hears of both: the older value cannot have been chosen, the newer one may have
    been, and only the ballots tell them apart. Here the network's order decides instead. P2c says "the highest-numbered
    proposal" and every word of it counts; a scheduler that picks uniformly among all events needs about ten thousand
    runs to notice.
    """

    def value_to_propose(self) -> Any:
        reported = [proposal.value for proposal in self.promises.values() if proposal is not None]
        return reported[-1] if reported else self.command


class NonuniqueBallots(Paxos):
    """A ballot does not bear its proposer's name, so that two proposals with different values can have the same one.

    Each proposer counts upwards from the highest number that it has seen, so two that start at the same moment take the
    same number. Acceptors answer an equal prepare request again, as they must when a message was sent twice, and so
    both proposers collect a majority for ballot 1, learn that nothing has been accepted, and propose their own values.
    There are two majorities for one number; nobody has broken a promise, and no acceptor can tell which of the two is
    older. Uniqueness is not something that acceptors can enforce: "different proposers choose their numbers from
    disjoint sets" (2.5).
    """

    def next_ballot(self) -> Ballot:
        return Ballot(super().next_ballot().round, "")


class StalePromise(Paxos):
    """Promises of an earlier ballot count for the present one, so that a majority is made of answers to another question.

    The first attempt times out with one promise too few; the second one begins, and that missing promise arrives. It
    comes from the right acceptor, it says "nothing accepted", and the code does not compare its ballot. But it tells
    how things stood then. In between, that acceptor may have promised more to somebody else, and accepted another
    value, which is chosen by now; the stale answer hides it, and the proposer proposes its own. luohaha/MyPaxos#18
    describes this run step by step on three nodes, for two different decisions of one instance. The Raft of this museum
    has the same bug: vote-stale-term.
    """

    def answers(self, message: Promise, ballot: Ballot) -> bool:  # noqa: ARG002
        return True


class LatePromise(Paxos):
    """A promise that arrives after the majority starts the accept phase again, with another value at the same ballot.

    The handler says: note the promise; if there is a majority, choose the value and propose it. The third promise of
    three passes this test as well as the second one did. If it reports an accepted proposal, of which the first two
    knew nothing, the value is computed anew, and comes out different, "better informed". Now one ballot stands for two
    values, some acceptors have the one and some the other, and every later comparison of ballots compares nothing. What
    the first majority said was enough to make its value safe, and once it has been sent it is *the* value of that
    ballot: phase 1 has to be closed.
    """

    def first_majority_fixes_value(self) -> None:
        pass


class RefusalCounts(Paxos):
    """A refusal is counted as an answer, so that a majority of promises is made of acceptors that promised something else.

    Phase 1 waits for responses from a majority, and a refusal is a response. It even carries no accepted proposal, so
    it looks like the most welcome of promises. But the acceptor that refuses says precisely that it has promised a
    higher ballot, and it reports nothing because it was not asked under that number. So the proposer proposes its own
    value next to whatever the refuser has accepted. Refusals are an optimisation (2.2): dropping all of them must
    change nothing, which is a good test of whether they are handled right.
    """

    def on_preempted(self, acceptor: NodeId, message: Preempted) -> Effects:
        self.hear_of(message.promised)
        return self.on_promise(acceptor, Promise(message.ballot, None))


class RetrySkipsPrepare(Paxos):
    """A proposer that tries again takes a higher ballot and goes straight to the accept phase, without asking for promises.

    It has asked once, after all: it knows which value to propose, only the number was too small. So it takes a larger
    one and repeats its accept requests, a round trip saved. But promises are made to a number. For the new one nobody
    has promised anything, nobody has told what was accepted since, and no lower ballot is shut out. While the proposer
    was waiting, another one had its value chosen; a higher number overrules it without a question. In Multi-Paxos a
    leader may skip phase 1, but only while its ballot stays the same: pay for each number once.
    """

    def ask_for_promises(self, ballot: Ballot) -> Effects:
        if self.attempt == 1:
            return super().ask_for_promises(ballot)
        self.preparing = None
        return self.begin_accept_phase(ballot, self.command)


class ReportIsDecision(Paxos):
    """A proposer to whom an accepted value is reported takes it for the decision, instead of proposing it again.

    "Somebody has accepted it, I would have to propose it anyway, so it is as good as decided": and the client gets its
    answer a round trip earlier. It is not decided. One acceptor has accepted it, perhaps no other ever will, and the
    next proposer may hear from a majority without that one. The proposer has to bring the old round to its end, under
    its own number, before it may tell. Databases with lightweight transactions had the converse: their reads met a
    majority that knew of nothing, answered so without a round of their own, and the value of a failed write came to
    light afterwards (CASSANDRA-12126, scylladb/scylladb#6299). Looking at acceptors settles nothing; only a completed
    ballot does.
    """

    def begin_accept_phase(self, ballot: Ballot, value: Any) -> Effects:
        if not any(self.promises.values()):
            return super().begin_accept_phase(ballot, value)
        return self.decide_and_inform(value)


PROPOSER_EXHIBITS = (
    exhibit(
        PLAIN,
        "pax-ignore-reported",
        IgnoreReported,
        title="A proposer ignores what the promises report",
        source="general knowledge (Paxos Made Simple, 2.2, P2c); related: scylladb/scylladb#6299",
        invariant=("ProposedIsSafe", "OneChosenValue", "Agreement"),
        faults="reorder",
        shortest={"ProposedIsSafe": 6, "OneChosenValue": 14},
    ),
    exhibit(
        PLAIN,
        "pax-value-not-highest",
        ValueNotHighest,
        title="The last reported value, not the highest",
        source="general knowledge (Paxos Made Simple, 2.2, P2c); the seeded bug of the CrystalBall and WiDS line of work",
        invariant=("ProposedIsSafe", "OneChosenValue", "Agreement"),
        faults="reorder",
        shortest={"OneChosenValue": 20},
        goal=Goal(runs=1_000, remark="a uniform random scheduler needs 10,362"),
    ),
    exhibit(
        PLAIN,
        "pax-nonunique-ballots",
        NonuniqueBallots,
        title="Two proposers use the same ballot",
        source="general knowledge; the rule is in Paxos Made Simple, 2.5",
        invariant=("OneValuePerBallot", "OneChosenValue", "Agreement"),
        faults="concurrent proposers",
        shortest={"OneValuePerBallot": 6, "OneChosenValue": 14},
    ),
    exhibit(
        PLAIN,
        "pax-stale-promise",
        StalePromise,
        title="Promises of an older ballot are counted",
        source="luohaha/MyPaxos#18",
        invariant=("ProposedIsPromised", "ProposedIsSafe", "OneChosenValue", "Agreement"),
        faults="reorder",
        shortest={"ProposedIsPromised": 4, "ProposedIsSafe": 8},
    ),
    exhibit(
        PLAIN,
        "pax-late-promise",
        LatePromise,
        title="One promise more, and the value changes",
        source="a mutation of Paxos Made Simple, 2.2, phase 2 (a)",
        invariant=("OneValuePerBallot", "ProposedIsSafe", "OneChosenValue", "Agreement"),
        faults="reorder",
        shortest={"OneValuePerBallot": 8},
    ),
    exhibit(
        PLAIN,
        "pax-refusal-counts",
        RefusalCounts,
        title="A refusal counts as a promise",
        source="a mutation of Paxos Made Simple, 2.2, phase 2 (a)",
        invariant=("ProposedIsPromised", "ProposedIsSafe", "OneChosenValue", "Agreement"),
        faults="reorder",
        shortest={"ProposedIsPromised": 4},
    ),
    exhibit(
        PLAIN,
        "pax-retry-skips-prepare",
        RetrySkipsPrepare,
        title="A higher ballot, and nobody asked",
        source="a mutation of Paxos Made Simple, 2.2, phase 1 (a)",
        invariant=("ProposedIsPromised", "ProposedIsSafe", "OneChosenValue", "Agreement"),
        faults="reorder",
        shortest={"ProposedIsPromised": 2},
    ),
    exhibit(
        PLAIN,
        "pax-report-is-decision",
        ReportIsDecision,
        title="Accepted by somebody, taken for decided",
        source="a mutation of Paxos Made Simple, 2.2, P2c; the converse is CASSANDRA-12126 (scylladb/scylladb#6299)",
        invariant=("DecidedIsChosen", "OneChosenValue", "Agreement"),
        faults="reorder",
    ),
)
