"""Clients: they ask, and ask again; a session waits, gives up, and another goes on for it."""

import pytest
from msgspec import structs
from scripted import Note, of, scripted

from splitbrain.actions import Calm, Crash, Request, Resend, Restart
from splitbrain.budget import FaultBudget
from splitbrain.errors import NotEnabled
from splitbrain.events import Acted, Observed, Requested
from splitbrain.node import Observe, Refused, Reply, Sync, Write
from splitbrain.world.clients import RESENDS, why_over
from splitbrain.world.run import Setup, run
from splitbrain.world.world import World


def asks(node, operation, command="x", replaces=None):
    """The request of a session, by the name of its operation."""
    return Request(node, operation, command, operation.partition(".")[0], replaces)


def answering(**changes):
    """A node answers what it is asked: n1 gives the command back, n2 refuses, n3 never says anything."""

    def request(node, name, command):
        match node.me:
            case "n1":
                yield Reply(name, command)
            case "n2":
                yield Reply(name, Refused("n1"))

    return scripted(request=request, **{"sessions": 2, **changes})


def refused(world, action):
    """Why it is not enabled; nothing changed."""
    step, attempts = world.step, len(of(world, Requested))
    with pytest.raises(NotEnabled) as why:
        world.apply(action)
    assert (world.step, len(of(world, Requested))) == (step, attempts)
    return str(why.value)


def test_a_node_gets_what_it_is_asked_under_the_request_s_name():
    with World(scripted(request=lambda node, name, command: [Observe(Note((node.me, name, command)))])) as world:
        world.apply(Request("n2", "r7", {"set": 1}))
        assert of(world, Requested) == [Requested(1, "n2", "r7", {"set": 1}, calm=False)]
        assert of(world, Observed)[0].observation.text == ("n2", "r7", {"set": 1})


def test_nobody_asks_a_node_that_is_down_or_waits_for_its_disk():
    with World(scripted(request=lambda *_: [Sync()], budget=FaultBudget(slow_disks=True))) as world:
        world.apply(asks("n1", "s1.1"))
        world.apply(Crash("n2"))
        for node, why in (("n1", "waits for its disk"), ("n2", "is down")):
            with pytest.raises(NotEnabled, match=f"cannot request {node} r2 'y': {node} {why}"):
                world.apply(Request(node, "r2", "y"))
            assert refused(world, Resend(node, "s1.1")) == f"cannot resend {node} s1.1: {node} {why}"
        assert len(of(world, Requested)) == 1
        assert list(world.enabled(Resend)) == [Resend("n3", "s1.1")]


def test_what_to_ask_the_workload_alone_knows_and_so_no_request_is_enabled_by_itself():
    with World(scripted()) as world:
        assert list(world.enabled(Request)) == []


# A session


def test_a_session_has_one_operation_outstanding():
    with World(answering()) as world:
        world.apply(asks("n3", "s1.1"))
        assert "session s1 still waits for its operation s1.1" in refused(world, asks("n1", "s1.2"))
        world.apply(asks("n1", "s2.1"))  # others do not wait for it
        world.apply(asks("n1", "s2.2"))
        assert [each.session for each in of(world, Requested)] == ["s1", "s2", "s2"]


def test_a_session_numbers_its_operations_and_may_leave_numbers_out():
    with World(answering()) as world:
        for operation in ("s1", "s1.0", "s1.01", "s1.x", "s2.1", "1", "s1.1.1", f"s1.{10**18}"):
            why = refused(world, Request("n1", operation, "x", "s1"))
            assert why.endswith("the operations of session s1 are s1.1, s1.2, and so on, numbers of at most 18 digits")
        world.apply(asks("n1", "s1.3"))
        world.apply(asks("n1", "s1.10"))
        assert refused(world, asks("n1", "s1.10")).endswith("there is an operation s1.10 already")
        assert "session s1 has come to s1.10 already, and the numbers of its operations rise" in refused(world, asks("n1", "s1.9"))


def test_a_client_of_its_own_takes_no_operation_of_a_session_s():
    with World(answering()) as world:
        world.apply(asks("n3", "s1.1"))
        why = refused(world, Request("n1", "s1.1", "y"))
        assert why.endswith("s1.1 is an operation of session s1, which alone can ask for it again, by a resend")
        world.apply(Request("n1", "r1", "y"))
        world.apply(Request("n2", "r1", "y"))  # as ever


def test_what_the_fair_phase_calls_its_sessions_nobody_else_does():
    with World(answering()) as world:
        assert "sessions that are called calm-... are the fair phase's own" in refused(world, asks("n1", "calm-1.1"))


# Asking again


def test_a_session_asks_again_under_the_same_name_another_node_too():
    with World(answering()) as world:
        world.apply(asks("n3", "s1.1", "what"))
        world.apply(Resend("n2", "s1.1"))
        world.apply(Resend("n1", "s1.1"))
        assert of(world, Requested) == [
            Requested(step, node, "s1.1", "what", calm=False, session="s1", attempt=step)
            for step, node in ((1, "n3"), (2, "n2"), (3, "n1"))
        ]
        (operation,) = world.history
        assert [(each.node, each.refused) for each in operation.attempts] == [("n3", False), ("n2", True), ("n1", False)]
        assert (operation.outcome, operation.result, operation.replied, operation.node) == ("answered", "what", 3, "n1")
        assert refused(world, Resend("n1", "s1.1")).endswith("it was answered at step 3")


def test_an_operation_is_asked_for_again_three_times_at_most():
    with World(answering()) as world:
        world.apply(asks("n3", "s1.1"))
        for _ in range(RESENDS):
            world.apply(Resend("n3", "s1.1"))
        assert RESENDS == 3
        assert refused(world, Resend("n1", "s1.1")).endswith("it was asked for again 3 times, and a client then gives up")


def test_only_the_last_operation_of_a_session_is_asked_for_again():
    with World(answering()) as world:
        assert refused(world, Resend("n1", "s1.1")) == "cannot resend n1 s1.1: nobody has asked for that yet"
        world.apply(asks("n2", "s1.1"))
        world.apply(asks("n3", "s1.2"))
        assert refused(world, Resend("n1", "s1.1")).endswith("session s1 has gone on")
        world.apply(Request("n3", "r1", "x"))
        assert refused(world, Resend("n1", "r1")).endswith("its client is no session, and such a one asks once")


def test_a_refused_operation_is_over_unless_it_is_asked_for_again():
    with World(answering()) as world:
        world.apply(asks("n2", "s1.1"))
        assert world.history.named("s1.1").outcome == "refused"
        world.apply(Resend("n3", "s1.1"))  # open again
        assert "session s1 still waits for its operation s1.1" in refused(world, asks("n1", "s1.2"))
        world.apply(Resend("n1", "s1.1"))
        world.apply(asks("n2", "s1.2"))
        world.apply(asks("n1", "s1.3"))
        assert [each.outcome for each in world.history] == ["answered", "refused", "answered"]


def test_what_may_be_asked_for_again_is_enabled_in_a_fixed_order_at_the_nodes_that_clients_ask():
    with World(answering(clients=lambda size: (2, 0))) as world:
        world.apply(asks("n3", "s2.1"))
        world.apply(asks("n2", "s1.1"))
        expected = [Resend(node, operation) for operation in ("s2.1", "s1.1") for node in ("n3", "n1")]
        assert list(world.enabled(Resend)) == expected
        assert [each for each in world.enabled() if isinstance(each, Resend)] == expected
        assert [why_over(world, each) for each in world.history] == [None, None]
        world.apply(Resend("n1", "s1.1"))
        assert list(world.enabled(Resend)) == expected[:2]


# Giving up


def test_another_session_goes_on_for_one_that_gave_up_and_asks_no_more():
    with World(answering()) as world:
        world.apply(asks("n3", "s1.1"))
        world.apply(asks("n1", "s3.1", "y", replaces="s1"))
        assert of(world, Requested)[-1] == Requested(2, "n1", "s3.1", "y", calm=False, session="s3", replaces="s1")
        gave_up = "session s1 has given up, and s3 goes on for it"
        assert refused(world, asks("n1", "s1.2")).endswith(gave_up)
        assert refused(world, Resend("n1", "s1.1")).endswith(gave_up)
        assert list(world.enabled(Resend)) == []
        world.apply(asks("n1", "s3.2"))
        again = refused(world, asks("n1", "s4.1", replaces="s1"))
        assert again.endswith("session s1 has given up already, and s3 goes on for it")


def test_only_who_gave_something_up_is_replaced_and_by_a_session_that_is_new():
    with World(answering()) as world:
        world.apply(asks("n1", "s1.1"))
        world.apply(asks("n3", "s2.1"))
        for action, why in (
            (asks("n1", "s3.1", replaces="s1"), "session s1 knows that s1.1 was answered, and goes on itself"),
            (asks("n1", "s3.1", replaces="s4"), "session s4 has asked for nothing yet, and so cannot have given it up"),
            (asks("n1", "s3.1", replaces="s3"), "a session cannot replace itself"),
            (asks("n1", "s1.2", replaces="s2"), "session s1 has asked before, and a session replaces another one with its first"),
            (Request("n1", "r1", "x", None, "s2"), "only a session goes on for another one, and it names none of its own"),
        ):
            assert why in refused(world, action)


def test_in_a_lenient_world_who_replaces_nobody_is_simply_a_new_session():
    lost = [asks("n1", "s1.1"), asks("n1", "s3.1", replaces="s1"), asks("n1", "s1.2"), asks("n3", "s4.1", replaces="s9")]
    done = run(Setup(answering(), 3), lost, lenient=True)
    assert done.actions == (lost[0], structs.replace(lost[1], replaces=None), lost[2], structs.replace(lost[3], replaces=None))
    assert done.history.replaced == {}
    assert run(Setup(answering(), 3), done.actions).stopped is None
    assert "goes on itself" in run(Setup(answering(), 3), lost).stopped


def test_a_reply_that_comes_late_still_answers_what_was_given_up():
    waiting = []

    def request(node, name, command):
        waiting.append(name)
        if command == "now":
            yield from (Reply(each, "late" if each == "s1.1" else "new") for each in waiting)

    with World(scripted(request=request, sessions=1)) as world:
        world.apply(asks("n1", "s1.1"))
        world.apply(asks("n1", "s2.1", "now", replaces="s1"))
        assert [(each.id, each.result, each.replied) for each in world.history] == [("s1.1", "late", 2), ("s2.1", "new", 2)]


# Replays


def test_a_strict_run_stops_at_what_no_session_does_and_a_lenient_one_leaves_it_out():
    wrong = [asks("n3", "s1.1"), asks("n1", "s1.2"), Resend("n1", "s2.1"), Resend("n1", "s1.1")]
    setup = Setup(answering(), 3)
    assert run(setup, wrong).stopped == "cannot request n1 s1.2 'x': session s1 still waits for its operation s1.1"
    lenient = run(setup, wrong, lenient=True)
    assert (lenient.actions, lenient.idle) == ((wrong[0], wrong[3]), (1, 2))
    assert run(setup, lenient.actions).history.outcomes() == lenient.history.outcomes() == {"answered": 1}


@pytest.mark.parametrize("host", ["direct", "trio"])
def test_the_power_goes_while_a_node_handles_what_a_session_asks_again(host):
    def request(node, name, command):
        yield Write("k", command)
        yield Sync()
        yield Reply(name, command)

    with World(scripted(request=request, sessions=1, budget=FaultBudget(crashes="any", mid_handler=True)), host=host) as world:
        world.apply(Crash("n1", 0, asks("n1", "s1.1"), 1))
        world.apply(Restart("n1"))
        world.apply(Crash("n1", 0, Resend("n1", "s1.1"), 2))
        assert [(each.step, each.node) for each in of(world, Requested)] == [(1, "n1"), (3, "n1")]
        assert world.history.named("s1.1").outcome == "unknown"
        world.apply(Restart("n1"))
        world.apply(Resend("n1", "s1.1"))
        assert world.history.named("s1.1").replied == 5
        assert refused(world, Crash("n1", 0, Resend("n1", "s1.1"), 1)).endswith("it was answered at step 5")
        assert [str(each.action) for each in of(world, Acted)][2] == "crash n1 after 2 effects of (resend n1 s1.1)"


def test_nobody_asks_again_what_the_fair_phase_s_client_asked():
    with World(answering(clients=lambda size: (2,), requests=5, calm_bound=500)) as world:
        world.apply(Calm(world.nodes, 1, 450))
        assert world.history[-1].session.startswith("calm-")
        assert list(world.enabled(Resend)) == []
        assert "its client was the fair phase's, which is over" in refused(world, Resend("n1", world.history[-1].id))
