"""Where events go: into the trace, to the invariants, into the counts."""

from scripted import Note, chatty, of, scripted

from splitbrain.actions import Calm, Crash, Deliver, Request, Restart
from splitbrain.events import Crashed
from splitbrain.invariant import Invariant
from splitbrain.node import Observe
from splitbrain.world.world import World

ASK = Request("n1", "r1", "x")


def test_an_invariant_sees_every_event_of_the_trace_in_its_order():
    seen = []

    class Sees(Invariant):
        """Sees everything."""

        def observe(self, event):
            seen.append(event)

    with World(chatty(invariants=(Sees,))) as world:
        for action in (ASK, Crash("n2", during=Deliver("n1", "n2", "Note"), after=1), Restart("n2"), Calm(world.nodes, 1, 500)):
            world.apply(action)
        assert seen == world.events
        assert len(of(world, Crashed)) == 1


def test_without_a_trace_the_violation_is_the_same():
    class NeverAnswers(Invariant):
        """Nobody answers."""

        watches = (Note,)

        def observe(self, event):
            return self.violation("an answer", event) if "answer" in event.observation.text else None

    def broken(keep):
        with World(chatty(invariants=(NeverAnswers,)), keep=keep) as world:
            for action in (ASK, Deliver("n1", "n2", "Note"), Deliver("n2", "n1", "Note")):
                world.apply(action)
            return world.violation, len(world.events), world.recorder.counts()

    kept, counted, counts = broken(keep=True)
    assert broken(keep=False) == (kept, 0, counts)
    assert counted > 0
    assert kept.evidence[0].step == 3
    assert counts == {"Note": 2}
    assert kept.fingerprint == "NeverAnswers(Note)"


def test_the_first_violation_stands():
    class Once(Invariant):
        """Nothing is said."""

        watches = (Note,)

        def observe(self, event):
            return self.violation(event.observation.text, event)

    with World(scripted(request=lambda *_: [Observe(Note("first")), Observe(Note("second"))], invariants=(Once,))) as world:
        world.apply(ASK)
        assert world.violation.summary == "first"
