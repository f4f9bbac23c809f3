"""Paxos processes that forget: what is not on the disk in time, and what is thrown away too soon."""

from __future__ import annotations

from splitbrain.node import Effect, Effects, NodeId, Sync, Write
from splitbrain_protocols.museum.exhibit import exhibit
from splitbrain_protocols.paxos.messages import Ballot, Proposal
from splitbrain_protocols.paxos.node import Paxos
from splitbrain_protocols.paxos.scenario import LOST_DISKS, PLAIN


class PromiseNotDurable(Paxos):
    """A promise is not written down, so that a restarted acceptor accepts a ballot which was overtaken.

    Only what was *accepted* looks like data, so only that is stored; a promise seems to be a piece of the conversation.
    An acceptor promises ballot 2, and the proposer of ballot 2 learns from it that nothing has been accepted. The power
    fails. The acceptor comes back knowing of no promise, takes the delayed accept request of ballot 1, and ballot 1 is
    chosen behind the back of ballot 2. With `Durable` off, EPaxos answers its prepare-like PreAccept in this way,
    without having stored anything (efficient/epaxos#28). An acceptor "records its intended response in stable storage
    before actually sending the response" (2.5), and a promise is a response.
    """

    def persist_then_promise(self, proposer: NodeId, ballot: Ballot) -> Effects:
        return self.promise(proposer, ballot)


class AcceptedNotDurable(Paxos):
    """What is accepted is not written down, so that a restarted acceptor does not report the chosen value.

    The promise is stored, and the value, which is large, is held in memory: "a majority has it, and a majority does not
    crash at once". It need not. A value is chosen by two acceptors of three; *one* of them restarts, keeps its promise
    faithfully, and reports that it has accepted nothing. With the third acceptor, which missed the value, that makes a
    majority of honest answers in which the chosen value does not occur. Each acceptor in a quorum may be the only one
    that the next quorum has in common with it, so each has to remember for all.
    """

    def persist_then_accept(self, proposal: Proposal, learners: tuple[NodeId, ...]) -> Effects:
        return [Write("promised", self.promised), Sync(), *self.tell_learners(proposal, learners)]


class ReplyBeforeDurable(Paxos):
    """An acceptance is sent while it is still on its way to the disk, so that a crash in between takes back what was counted.

    Everything is written, everything is synced, and the order is wrong by one line: the answer goes out first, since
    the disk is slow and the network might as well work meanwhile. For as long as the sync takes there is an acceptance
    in the world that nobody has accepted. If the power fails just then, the learner counts a vote that its voter has
    never heard of. Crashes between handlers do not show this bug, nor do most crashes within one; the power has to go
    between those two effects. Reply last (2.5).
    """

    def persist_then_accept(self, proposal: Proposal, learners: tuple[NodeId, ...]) -> Effects:
        told = self.tell_learners(proposal, learners)
        return [*told, Write("promised", self.promised), Write("accepted", proposal), Sync()]


class BallotNotDurable(Paxos):
    """A proposer does not store the number of its ballot, so that after a restart it uses the same one for another value.

    That acceptors need a disk is well known; that proposers need one is easily overlooked, for a proposer has nothing
    to lose but a conversation. It has: its numbers. A proposer sends its value out at ballot 1, restarts, counts from 1
    again, and collects late promises of its former self, which report nothing, or the harmless answers of acceptors to
    whom an equal ballot is only a repetition. Now there are two proposals of one number, and P2c, which tells older
    from newer by that number, is blind. A reader of PhxPaxos' proposer, which stores nothing, described this very run
    in Tencent/phxpaxos#145; the answer was that there proposer and acceptor are one, and the proposer counts on from
    the acceptor's stored promise.
    """

    def persist_then_prepare(self, ballot: Ballot) -> list[Effect]:
        return self.prepare(ballot)


class AmnesiacRejoin(Paxos):
    """An acceptor whose disk was lost takes part again at once, with no promise and no proposal left in its memory.

    The disk dies, the machine gets a new one, the process starts under its old name and behaves like every acceptor
    that has just been installed. But it is not a new one: its old answers are still counted. It promised ballot 2
    before, and accepts ballot 1 now; it was one half of the majority that chose a value, and now it is one half of a
    majority that never heard of it. Paxos Made Live lets a replica that lost its disk watch for a while before it takes
    part again. How long is subtle: Edward Yang's "Diskless Paxos crash recovery" (2011) calls that recovery
    "incorrect", and adds: "The reason is left as an exercise for the reader". In a single decree the only safe answer
    is never: here such a process only learns.
    """

    def may_take_part(self) -> bool:
        return True


class PruneForgetsPromise(Paxos):
    """An acceptor clears its state once the value is decided, and then accepts an old ballot as if it had never promised any.

    A decided round leaves promises and proposals behind that nobody will look at again, so they are deleted: the table
    of ScyllaDB could grow to hundreds of gigabytes (scylladb/scylladb#5779). Then issue 6154: a first transaction has
    its promises and is slow; a second one with a higher ballot is accepted, decided, and pruned; the accept request of
    the first arrives at last. The acceptors do not remember that they have promised more than this, and both
    transactions commit. The decision was safe; the garbage collector undid what made it so. The fix was to prune the
    value, and keep the ballot (scylladb/scylladb#6330). Here, an acceptor that has forgotten its ballots answers with
    the decision, and accepts no more.
    """

    def is_retired(self) -> bool:
        return False


class StateExpires(Paxos):
    """What an acceptor remembers expires by the clock, decided or not, so that a slow proposer outlives the memory of its defeat.

    "No round takes ten days", so whatever is older is deleted by a time to live. The protocol, however, has no clocks,
    and a message may be older than any memory. ScyllaDB's table did this per column, by time of writing
    (scylladb/scylladb#6149): one acceptor's record of a committed transaction expires, another one's record of the
    transaction that lost is a little younger, and the next proposer finds the loser "in progress", and kindly finishes
    it. A timeout in place of an agreement is a bet that nothing in the system is ever slower than it.
    """

    def may_prune(self) -> bool:
        return True


MEMORY_EXHIBITS = (
    exhibit(
        PLAIN,
        "pax-promise-not-durable",
        PromiseNotDurable,
        title="The promise is not written down",
        source="efficient/epaxos#28; the rule is in Paxos Made Simple, 2.2 and 2.5",
        invariant=("PromisesKept", "ProposedIsSafe", "OneChosenValue", "Agreement"),
        faults="restart",
        shortest={"PromisesKept": 3, "OneChosenValue": 15},
    ),
    exhibit(
        PLAIN,
        "pax-accepted-not-durable",
        AcceptedNotDurable,
        title="The accepted proposal is not written down",
        source="Paxos Made Live (on disk corruption); ezyang, Diskless Paxos",
        invariant=("AcceptedIsDurable", "ProposedIsSafe", "OneChosenValue", "Agreement"),
        faults="restart",
        shortest={"AcceptedIsDurable": 5, "OneChosenValue": 15},
    ),
    exhibit(
        PLAIN,
        "pax-reply-before-durable",
        ReplyBeforeDurable,
        title="Accepted, sent, and then written down",
        source="a mutation of Paxos Made Simple, 2.5; efficient/epaxos#28",
        invariant=("AcceptedIsDurable", "PromisesKept", "ProposedIsSafe", "DecidedIsChosen", "OneChosenValue", "Agreement"),
        faults="crash within a handler",
    ),
    exhibit(
        PLAIN,
        "pax-ballot-not-durable",
        BallotNotDurable,
        title="A ballot used again after a restart",
        source="Tencent/phxpaxos#145; the rule is in Paxos Made Simple, 2.5",
        invariant=("OneValuePerBallot", "ProposedIsSafe", "OneChosenValue", "Agreement"),
        faults="crash within a handler",
        # Its own acceptor reports what was accepted before, unless the power went sooner than that; the more nodes there are,
        # the shorter is that moment.
        sizes=(3, 2, 1),
    ),
    exhibit(
        PLAIN,
        "pax-amnesiac-rejoin",
        AmnesiacRejoin,
        title="A lost disk, and back as if nothing had been",
        source="ezyang, Diskless Paxos crash recovery, 2011 (blog.ezyang.com/2011/08), on Paxos Made Live",
        invariant=("PromisesKept", "AcceptedIsDurable", "OneValuePerBallot", "ProposedIsSafe", "OneChosenValue", "Agreement"),
        faults="lost disk",
        options=LOST_DISKS.options,
        calm_bound=LOST_DISKS.calm_bound,
    ),
    exhibit(
        PLAIN,
        "pax-prune-forgets-promise",
        PruneForgetsPromise,
        title="Pruned with the promise still needed",
        source="scylladb/scylladb#6154",
        invariant=("PromisesKept", "AcceptedIsDurable", "ProposedIsSafe", "OneChosenValue", "Agreement"),
        faults="reorder",
        options={**PLAIN.options, "pruning": (True,)},
    ),
    exhibit(
        PLAIN,
        "pax-state-expires",
        StateExpires,
        title="Promises and proposals with a time to live",
        source="scylladb/scylladb#6149",
        invariant=("PromisesKept", "AcceptedIsDurable", "ProposedIsSafe", "OneChosenValue", "Agreement"),
        faults="reorder",
        options={**PLAIN.options, "pruning": (True,)},
    ),
)
