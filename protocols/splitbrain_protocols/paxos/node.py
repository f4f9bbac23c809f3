"""Single-decree Paxos (Lamport, Paxos Made Simple, 2001): one process, its roles, and what each message means to them."""

from __future__ import annotations

from typing import Any, assert_never

import splitbrain.observations as say
from splitbrain.node import Effect, Effects, NodeId, Observe, Refused, Reply, RequestId
from splitbrain_protocols.paxos.acceptor import Acceptor
from splitbrain_protocols.paxos.amnesia import Amnesia
from splitbrain_protocols.paxos.learner import Learner
from splitbrain_protocols.paxos.messages import Accept, Accepted, Decision, Message, Preempted, Prepare, Promise, Query
from splitbrain_protocols.paxos.proposer import Proposer
from splitbrain_protocols.paxos.pruning import Pruning


class Paxos(Amnesia, Pruning, Proposer, Acceptor, Learner):
    """A process that proposes, accepts and learns; ``learning`` says how a decision spreads (2.3).

    ``"proposer"``: acceptors tell the proposer, which tells all others once a majority has accepted.
    ``"learner"``: the last process of the cluster is a dedicated learner and nothing else; acceptors tell it, and it tells
    the others.

    With ``spare``, the last of the other processes is sent and answers all that an acceptor is, to be ready to take one's
    place, but counts for nothing until then. ``pruning`` lets acceptors forget, and with ``disks="lost"`` they have to: see there.

    Whenever a majority of the acceptors runs and is connected for long enough, and clients ask one after the other until
    they are answered, every process that runs decides; a dead dedicated learner delays that, and does not prevent it.
    A process that has decided has no timer left (but to prune): it tells whoever asks, and remains an acceptor.
    """

    def start(self) -> Effects:
        effects: list[Effect] = []
        if self.me in self.acceptors and self.may_take_part() and not self.is_retired():
            effects.append(self.recovered())
        effects += [*self.leave_a_mark(), *self.prune_in_time()]
        effects.append(Observe(say.Decided(self.decision)) if self.decided else self.ask_in_time())
        return effects

    def receive(self, sender: NodeId, message: Message) -> Effects:
        match message:
            case Prepare() | Accept() if not self.may_take_part():
                return ()
            case Prepare() | Accept() if self.is_retired():
                return self.tell(sender)
            case Prepare():  # an acceptor goes on as before, whatever its process has learnt
                self.hear_of(message.ballot)
                return self.on_prepare(sender, message)
            case Accept():
                self.hear_of(message.ballot)
                return self.on_accept(sender, message)
            case Query():
                return self.tell(sender) if self.decided else self.on_query(sender)
            case _ if self.decided:
                return ()
            case Promise():
                return self.on_promise(sender, message)
            case Accepted():
                return self.on_accepted(sender, message)
            case Decision():
                return self.decide(message.value)
            case Preempted():
                return self.on_preempted(sender, message)
            case _:
                assert_never(message)

    def timeout(self, timer: str) -> Effects:
        if timer == "prune":
            return self.prune()
        if self.decided:
            return ()
        return self.begin_ballot() if timer == "retry" else self.ask()

    def request(self, request: RequestId, command: Any) -> Effects:
        if self.me == self.learner or not self.may_take_part():
            return (Reply(request, Refused()),)
        if self.decided:
            return (Reply(request, self.decision),)
        return self.on_request(request, command)
