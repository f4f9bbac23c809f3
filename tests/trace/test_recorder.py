"""Where events go: into the trace, to the invariants, into the counts."""

from scripted import Note, chatty, of, scripted

from splitbrain.actions import Calm, Crash, Deliver, Request, Restart
from splitbrain.errors import ScenarioError
from splitbrain.events import Crashed, Started
from splitbrain.invariant import Invariant, Monitor
from splitbrain.node import Observe
from splitbrain.observations import Decided, Led, Ready, Recovering
from splitbrain.trace.recorder import Recorder
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


def recorder(*invariants, keep=False, progress=()):
    return Recorder(Monitor(invariants), keep, progress)


def test_without_a_trace_only_what_an_invariant_watches_is_wanted():
    class Watches(Invariant):
        """Watches starts."""

        watches = (Started,)

    assert [kind for kind in (Started, Crashed, Note) if recorder(Watches).wants(kind)] == [Started]
    assert all(recorder(Watches, keep=True).wants(kind) for kind in (Started, Crashed, Note))
    assert not Recorder(None, keep=False).wants(Started)


def test_observations_are_counted_and_heard_by_a_search_although_nothing_is_kept():
    heard = []
    one = recorder(progress=(Led,))
    one.listener = lambda node, observation: heard.append((node, observation))
    one.observed("n1", Led(1), False)
    one.observed("n2", Led(2), True)
    one.observed("n2", Note("x"), True)
    one.count("crash losing writes")
    assert heard == [("n1", Led(1)), ("n2", Led(2)), ("n2", Note("x"))]
    assert one.events == []
    assert one.counts() == {"Led": 2, "Note": 1, "Led under partition": 1, "crash losing writes": 1}


def test_what_is_fed_to_invariants_is_counted_by_type_and_what_nobody_looks_at_is_not():
    class Watches(Invariant):
        """Watches starts."""

        watches = (Started, Note)

        def observe(self, event):
            return None

    for keep in (False, True):
        one = recorder(Watches, keep=keep)
        for event in (Started(0, "n1", 1), Started(0, "n2", 1), Crashed(1, "n1", 0, 0)):
            one.emit(event)
        one.observed("n1", Note("x"), False)
        one.observed("n1", Led(1), False)
        assert {kind: count for kind, count in one.heard.items() if count} == {Started: 2, Note: 1, Led: 1}


def test_progress_with_a_field_of_its_own_is_progress():
    class LedFrom(Led, frozen=True, tag=True):
        site: str = ""

    one = recorder(progress=(Led, Decided))
    for said, parted in ((LedFrom(1, "a"), False), (LedFrom(2, "b"), True), (Led(3), True)):
        one.observed("n1", said, parted)
    assert one.counts() == {"Led": 3, "LedFrom": 2, "Led under partition": 2}


def test_of_several_mistakes_of_the_scenario_the_first_is_told():
    one = recorder()
    first = ScenarioError("first")
    one.blame(first)
    one.blame(ScenarioError("second"))
    assert one.error is first


def test_an_invariant_that_cannot_tell_whether_it_is_satisfied_ends_the_fair_phase_and_is_blamed():
    class Unsure(Invariant):
        """Cannot tell."""

        kind = "eventually"

        def satisfied(self):
            raise LookupError

    one = recorder(Unsure)
    assert (one.awaits(), one.satisfied()) == (False, True)
    assert "Unsure.satisfied() raised LookupError" in str(one.error)


def test_who_checks_nothing_waits_for_nothing():
    one = Recorder(None, keep=True)
    assert (one.awaits(), one.satisfied()) == (False, False)


def test_who_recovers_and_who_is_ready_is_told_each_time_and_counted_as_all_else_is():
    class Back(Ready, frozen=True, tag=True):
        pass

    recorder, told = Recorder(None, keep=False), []
    recorder.on_standing = lambda node, recovers: told.append((node, recovers))
    for node, said in (("n1", Recovering()), ("n2", Decided("v")), ("n1", Back()), ("n2", Recovering()), ("n1", Back())):
        recorder.observed(node, said, parted=False)
    assert told == [("n1", True), ("n1", False), ("n2", True), ("n1", False)]
    assert recorder.heard == {Decided: 1, Recovering: 2, Back: 2}
    assert recorder.said() == 5


def test_the_scenario_may_say_what_makes_a_node_ready():
    recorder, told = Recorder(None, keep=False, ready=Decided), []
    recorder.on_standing = lambda node, recovers: told.append(recovers)
    for said in (Recovering(), Ready(), Decided("v")):
        recorder.observed("n1", said, parted=False)
    assert told == [True, False]
