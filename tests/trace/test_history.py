"""A history: what each client asked, when, and what it was told."""

from scripted import scripted

from splitbrain.actions import Calm, Request, Resend
from splitbrain.events import Crashed, Replied, Requested
from splitbrain.node import Refused, Reply
from splitbrain.trace.history import OUTCOMES, History
from splitbrain.world.world import World


def asked(step, node, request, session=None, replaces=None, command="x"):
    return Requested(step, node, request, command, False, session, replaces)


def of(*events):
    return History.of(events)


def precedes(one, other):
    return one.returned is not None and one.returned < other.called


def test_an_operation_is_called_once_returns_once_and_says_where_and_when():
    history = of(asked(1, "n1", "s1.1", "s1", command=["get", "x"]), Crashed(2, "n1", 0, 0), Replied(3, "n1", "s1.1", 7))
    (operation,) = history
    assert (operation.id, operation.session, operation.command) == ("s1.1", "s1", ["get", "x"])
    assert (operation.called, operation.returned, operation.result) == (0, 1, 7)
    assert (operation.step, operation.replied, operation.node, operation.outcome) == (1, 3, "n1", "answered")


def test_one_precedes_another_where_it_had_returned_before_that_was_called():
    first, second, third = of(
        asked(1, "n1", "r1"), asked(2, "n2", "r2"), Replied(2, "n1", "r1", 1), asked(2, "n1", "r3"), Replied(4, "n1", "r3", 1)
    )
    assert [precedes(*pair) for pair in ((first, second), (second, first), (first, third), (second, third))] == [
        False,
        False,
        True,
        False,
    ]


def test_what_was_asked_again_is_the_same_operation_and_returns_with_the_first_answer():
    history = of(
        asked(1, "n1", "s1.1", "s1"),
        asked(2, "n2", "s1.1", "s1"),
        Replied(3, "n2", "s1.1", Refused("n1")),
        Replied(4, "n1", "s1.1", "one"),
        Replied(5, "n2", "s1.1", "two"),
    )
    (operation,) = history
    assert [(each.node, each.step, each.refused) for each in operation.attempts] == [("n1", 1, False), ("n2", 2, True)]
    assert (operation.result, operation.replied) == ("one", 4)


def test_it_is_refused_where_every_attempt_was_and_open_again_where_it_is_asked_again():
    events = [asked(1, "n1", "s1.1", "s1"), asked(2, "n2", "s1.1", "s1"), Replied(2, "n2", "s1.1", Refused())]
    assert of(*events)[0].outcome == "unknown"
    events.append(Replied(3, "n1", "s1.1", Refused()))
    assert of(*events)[0].outcome == "refused"
    events.append(asked(4, "n1", "s1.1", "s1"))
    assert of(*events)[0].outcome == "unknown"
    events += [Replied(4, "n1", "s1.1", Refused()), asked(5, "n3", "s1.1", "s1"), Replied(5, "n3", "s1.1", None)]
    operation = of(*events)[0]
    assert (operation.outcome, operation.result) == ("answered", None)  # None is an answer


def test_each_refusal_is_of_one_attempt_at_its_node():
    events = [asked(1, "n1", "s1.1", "s1"), asked(2, "n1", "s1.1", "s1"), Replied(3, "n1", "s1.1", Refused())]
    assert [each.refused for each in of(*events)[0].attempts] == [True, False]
    assert of(*events, Replied(4, "n1", "s1.1", Refused()))[0].outcome == "refused"


def test_a_session_that_goes_on_for_another_is_known_and_the_late_answer_counts():
    history = of(
        asked(1, "n1", "s1.1", "s1"), asked(2, "n2", "s3.1", "s3", "s1"), Replied(3, "n1", "s1.1", 5), asked(4, "n2", "r1")
    )
    assert history.replaced == {"s1": "s3"}
    assert history.sessions() == ("s1", "s3")
    assert [each.id for each in history.of_session("s1")] == ["s1.1"]
    assert list(history.of_session("s7")) == []
    assert [each.outcome for each in history] == ["answered", "unknown", "unknown"]
    assert history.outcomes() == {"answered": 1, "unknown": 2}
    assert OUTCOMES == ("answered", "refused", "unknown")


def test_it_is_a_sequence_in_the_order_of_the_calls():
    history = of(asked(1, "n1", "r2"), asked(2, "n1", "r1"), Replied(2, "n1", "r1", 1))
    assert (len(history), history[1].id, [each.id for each in history[:1]], history[-1].id) == (2, "r1", ["r2"], "r1")
    assert history.named("r2") is history[0]
    assert history.named("r3") is None
    assert History.of([Replied(1, "n1", "r9", 1)]).outcomes() == {}


def test_it_shows_how_many_operations_it_holds_and_what_became_of_them():
    history = of(asked(1, "n1", "r2"), asked(2, "n1", "r1"), Replied(2, "n1", "r1", 1))
    assert repr(history) == "<History of 2 operations: 1 answered, 1 unknown>"
    assert repr(of(asked(1, "n1", "r1"))) == "<History of 1 operation: 1 unknown>"
    assert repr(History()) == "<History of 0 operations>"


def test_the_cluster_keeps_the_history_that_its_trace_has():
    def request(node, name, command):
        yield Reply(name, Refused("n2") if node.me == "n1" else command)

    with World(scripted(request=request, sessions=2)) as world:
        for action in (
            Request("n1", "s1.1", "x", "s1"),
            Resend("n2", "s1.1"),
            Request("n1", "r1", "y"),
            Calm(world.nodes, 1, 300),
        ):
            world.apply(action)
        live, told = world.history, History.of(world.events)
    assert [each.id for each in live] == ["s1.1", "r1", "calm-4000.1"]
    for one, other in zip(live, told, strict=True):
        assert (one.id, one.session, one.command, one.called, one.returned, one.result, one.outcome, one.node) == (
            *(other.id, other.session, other.command, other.called),
            *(other.returned, other.result, other.outcome, other.node),
        )
        assert [(each.node, each.step, each.refused) for each in one.attempts] == [
            (each.node, each.step, each.refused) for each in other.attempts
        ]


def test_operations_are_counted_by_the_first_words_of_their_commands_and_those_asked_again_that_were_answered():
    history = History()
    for name, command in {"r1": ("get", "x"), "r2": ["get", "y"], "r3": "get", "r4": (), "r5": (1, 2)}.items():
        history.ask(1, "n1", name, command)
    history.reply(2, "n1", "r1", 1)
    assert history.kinds() == {("get", "answered"): 1, ("get", "unknown"): 1, ("", "unknown"): 3}
    assert history.resent() == 0
    for name in ("r2", "r3"):
        history.ask(3, "n2", name, "again")
    history.reply(4, "n2", "r3", 1)
    assert history.resent() == 1
