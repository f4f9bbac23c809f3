"""A relay: what a client asks of n1 goes to n2, and from there to n3, which says so; and that it may say so only once."""

from __future__ import annotations

from scripted import Note, scripted

from splitbrain.actions import Deliver, Duplicate, Request
from splitbrain.invariant import Invariant, KeepsContract
from splitbrain.node import Observe, Send
from splitbrain.observations import Decided

N1, N2, N3 = "n1", "n2", "n3"


def relay(*invariants):
    """n1 tells n2 what it is asked, n2 tells n3 what it is told; n3 decides it."""
    return scripted(
        request=lambda node, name, command: [Send(N2, Note(command))],
        receive=lambda node, sender, message: [Send(N3, message)] if node.me == N2 else [Observe(Decided(message.text))],
        invariants=invariants or (KeepsContract,),
    )


class OneDecision(Invariant):
    """Something is decided at most once."""

    watches = (Decided,)

    def __init__(self):
        self.first = None

    def observe(self, event):
        if self.first is None:
            self.first = event
            return None
        return self.violation("twice", self.first, event)


ASK, PASS, TELL = Request(N1, "r1", "x"), Deliver(N1, N2, "Note"), Deliver(N2, N3, "Note")
AGAIN = Duplicate(N2, N3, "Note")
TWICE = (ASK, PASS, TELL, Request(N1, "r2", "x"), Deliver(N1, N2, "Note", ordinal=2), Deliver(N2, N3, "Note", ordinal=2))
