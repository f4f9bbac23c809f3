"""What a library calls happens in its own order, as it was then; and what it shows is said when it is true."""

from contextlib import suppress
from threading import Lock

import pytest
from hosted import hosted
from scripted import Note, of

from splitbrain import FaultBudget, Refused, State, World
from splitbrain.actions import Complete, Crash, Deliver, Disconnect, Fire, Request, Restart
from splitbrain.events import Exited, Failed, Observed, Replied, Sent, Synced, TimerCancelled, TimerSet, Wrote
from splitbrain.observations import Appended, Applied, Committed, Decided, EnteredTerm, Installed, Led, Truncated, Voted

ASK = Request("n1", "r1", "x")
HOSTS = pytest.mark.parametrize("host", ["direct", "trio"])
DISKS = pytest.mark.parametrize("slow", [False, True])


def happened(world, node="n1"):
    """What a node did in the last step, in short."""
    told = []
    for event in world.events:
        if event.step != world.step or getattr(event, "node", getattr(event, "sender", None)) != node:
            continue
        match event:
            case Observed():
                told.append(event.observation)
            case Sent():
                told.append(f"send {event.receiver} {event.message!r}")
            case Wrote():
                told.append(f"write {event.key}={event.value!r}")
            case Replied():
                told.append(f"reply {event.result!r}")
            case Synced() | TimerSet() | TimerCancelled() | Failed():
                told.append(type(event).__name__)
    return told


def asked(request, slow=False, host="direct", shows=None, **more):
    """What a node does when it is asked; with a slow disk, when that has answered, again and again."""

    def start(node):
        node.shown = State(term=0, commit=0, log=[], **(shows or {}))

    look = {} if shows is None else {"look": lambda node: node.shown}
    budget = FaultBudget(slow_disks=slow)
    with World(hosted(start=start, request=request, budget=budget, **look, **more), 2, host=host) as world:
        world.apply(ASK)
        told = happened(world)
        while world.processes["n1"].syncs:
            world.apply(Complete("n1"))
            told += happened(world)
        assert world.violation is None, world.violation
        return told


@HOSTS
@DISKS
def test_what_is_called_happens_in_that_order_and_the_sync_before_anything_leaves(slow, host):
    def request(node, name, command):
        node.store(a=1, b=2)
        node.set_timer("t", 1, 2)
        node.send("n2", "one")
        node.store({("log", 1): "x"})
        node.store(c=3)
        node.erase("a")
        node.reply(name, "ok")
        node.cancel_timer("t")
        node.observe(Decided("v"))
        node.store(d=4)

    assert asked(request, slow, host) == [
        "write a=1", "write b=2", "TimerSet", "Synced", "send n2 'one'",
        "write ('log', 1)='x'", "Synced", "write c=3", "Synced", "Synced", "reply 'ok'", "TimerCancelled", Decided("v"),
        "write d=4", "Synced",
    ]  # fmt: skip


@DISKS
def test_what_is_handed_out_is_as_it_was_then(slow):
    def request(node, name, command):
        thing = {"n": [1]}
        node.store(first=thing)
        node.send("n2", thing)
        thing["n"].append(2)
        node.observe(Note(thing))
        thing["n"].append(3)
        node.reply(name, thing)
        thing["n"].append(4)
        node.store(second=thing)
        thing.clear()

    told = asked(request, slow)
    assert [each for each in told if each != "Synced"] == [
        "write first={'n': [1]}",
        "send n2 {'n': [1]}",
        Note({"n": [1, 2]}),
        "reply {'n': [1, 2, 3]}",
        "write second={'n': [1, 2, 3, 4]}",
    ]


def test_the_power_may_go_between_any_two():
    def request(node, name, command):
        node.store(a=1)
        node.send("n2", "one")
        node.send("n2", "two")

    seen = []
    for after in range(6):
        with World(hosted(request=request), 2) as world:
            world.apply(Crash("n1", during=ASK, after=after))
            seen.append(happened(world))
            world.apply(Restart("n1"))
            assert world.violation is None
    whole = ["write a=1", "Synced", "send n2 'one'", "send n2 'two'"]
    assert seen == [whole[:1][:0], whole[:1], whole[:2], whole[:3], whole, whole]


def shown(node, **changes):
    node.shown = State(**{name: getattr(node.shown, name) for name in node.shown.__struct_fields__} | changes)


@DISKS
def test_a_log_is_said_before_its_sync_and_claims_behind_it(slow):
    def request(node, name, command):
        node.store(everything=1)
        shown(node, term=1, vote="n2", log=[(1, "x")], commit=1)
        node.send("n2", "ack")

    assert asked(request, slow, shows={}) == [
        "write everything=1", "Synced", EnteredTerm(1), Voted(1, "n2"), Appended(1, 1, "x"), "Synced", Committed(1, 1),
        "send n2 'ack'",
    ]  # fmt: skip


def test_whichever_comes_first_the_log_or_its_write():
    def before(node, name, command):
        shown(node, log=[(0, "x")])
        node.store(log=1)
        node.send("n2", "ack")

    def behind(node, name, command):
        node.store(log=1)
        shown(node, log=[(0, "x")])
        node.send("n2", "ack")

    whole = ["write log=1", Appended(1, 0, "x"), "Synced", "send n2 'ack'"]
    assert asked(before, shows={}) == asked(behind, shows={}) == whole


def test_what_was_not_stored_is_claimed_when_it_is_answered():
    def request(node, name, command):
        shown(node, term=1, vote="n2", log=[(1, "x")])
        node.send("n2", "yes")

    assert asked(request, shows={}) == [EnteredTerm(1), Voted(1, "n2"), Appended(1, 1, "x"), "send n2 'yes'"]


def test_a_claim_that_nobody_heard_waits_and_all_else_behind_it():
    def timeout(node, timer):
        if timer == "bump":
            shown(node, term=node.shown.term + 1, commit=1)
        elif timer == "store":
            node.store(term=node.shown.term)
        else:
            node.send("n2", timer)

    timers = dict.fromkeys(("bump", "store", "tell"), (1, 1))
    scenario = hosted(
        timeout=timeout, look=lambda node: node.shown, start=lambda node: setattr(node, "shown", State(0)), timers=timers
    )
    with World(scenario, 2) as world:
        seen = {}
        for number, timer in enumerate(("bump", "bump", "tell", "bump", "store")):
            world.apply(Fire("n1", timer))
            seen[number] = [each for each in happened(world) if each != "TimerSet"]
        assert seen == {
            0: [],
            1: [],
            2: [EnteredTerm(1), Committed(1, 1), EnteredTerm(2), "send n2 'tell'"],
            3: [],
            4: ["write term=3", "Synced", EnteredTerm(3)],
        }
        world.apply(Fire("n1", "bump"))
        world.apply(Crash("n1"))
        world.apply(Restart("n1"))
        assert [each.observation for each in of(world, Observed) if each.node == "n1"][-1] == EnteredTerm(0)


def test_a_refusal_answers_for_nothing_and_an_answer_does():
    def refuse(node, name, command):
        shown(node, term=1)
        node.reply(name, Refused())

    def answer(node, name, command):
        shown(node, term=1)
        node.reply(name, "ok")

    assert asked(refuse, shows={}) == ["reply Refused(leader=None)"]
    assert asked(answer, shows={}) == [EnteredTerm(1), "reply 'ok'"]


def test_what_is_no_claim_is_said_when_the_handler_is_over():
    def request(node, name, command):
        shown(node, leads=True, commit=1, log=[(0, "x")])

    assert asked(request, shows={}) == [Appended(1, 0, "x"), Led(0), Committed(1, 0)]


def test_a_snapshot_is_a_claim_and_is_said_behind_its_sync():
    def request(node, name, command):
        node.store(snapshot=1)
        shown(node, base=1, base_term=0, log=[(0, "y")])

    assert asked(request, shows={}) == ["write snapshot=1", "Synced", Installed(1, 0, False), Appended(2, 0, "y"), "Synced"]


def test_a_log_is_cut_before_the_sync():
    def request(node, name, command):
        shown(node, log=[(0, "x"), (0, "y")])
        node.store(log=2)
        node.send("n2", "ack")
        shown(node, log=[(0, "x")])
        node.store(log=1)

    told = asked(request, shows={})
    assert told[-3:] == ["write log=1", Truncated(2), "Synced"]


def test_commands_are_counted_where_no_index_is_told_and_a_commit_is_said_first():
    def request(node, name, command):
        shown(node, commit=2, log=[(0, "x"), (0, "y")])
        node.applied("x")
        node.applied("y")
        node.applied("z", 9, 4)
        node.applied("w")

    told = asked(request, shows={})
    assert told == [
        Appended(1, 0, "x"), Appended(2, 0, "y"), Committed(2, 0),
        Applied(1, None, "x"), Applied(2, None, "y"), Applied(9, 4, "z"), Applied(10, None, "w"),
    ]  # fmt: skip


def test_without_look_nothing_is_polled():
    def request(node, name, command):
        node.applied(command)
        node.reply(name, "ok")

    assert asked(request) == [Applied(1, None, "x"), "reply 'ok'"]


def test_a_look_that_raises_is_the_node_s_failure_whoever_catches_it():
    def look(node):
        raise ValueError("not yet")

    def request(node, name, command):
        try:
            node.send("n2", "x")
        except Exception:  # noqa: BLE001 - as libraries do
            node.send("n2", "y")

    with World(hosted(request=request, look=look, start=lambda node: None), 2) as world:
        (failed, *_) = of(world, Failed)
        assert failed.detail.startswith("look: ValueError: not yet (test_seat.py:")
        assert not of(world, Sent)


@pytest.mark.parametrize(
    ("call", "what"),
    [
        (lambda node: node.send("n9", 1), r"Send\(to='n9'\), but there is no such node"),
        (lambda node: node.set_timer("t", 5, 1), r"SetTimer\('t', 5, 1\)"),
        (lambda node: node.store({("a", ()): [1], frozenset([1]): 1} | {"x": 1}) or node.reply("r7", 1), "nobody has asked it"),
    ],
)
def test_what_cannot_be_performed_is_told_with_the_place_where_it_was_asked_for(call, what):
    with World(hosted(request=lambda node, name, command: call(node)), 2) as world:
        world.apply(ASK)
        (failed,) = of(world, Failed)
        assert failed.how == "malformed"
        assert failed.detail.startswith("request asked for ")
        assert "(test_seat.py:" in failed.detail
        assert __import__("re").search(what, failed.detail)


def test_a_library_that_calls_without_end_hangs_whatever_it_catches():
    def request(node, name, command):
        while True:
            try:
                node.send("n2", 1)
            except Exception:  # noqa: BLE001 - as libraries do
                return

    with World(hosted(request=request), 2) as world:
        world.apply(ASK)
        (failed,) = of(world, Failed)
        assert failed.how == "hung"
        assert "request asked for more than 30,0" in failed.detail
        assert "test_seat.py" in failed.detail


def test_a_node_that_is_called_out_of_turn_says_what_it_shares():
    others = []

    def request(node, name, command):
        next(other for other in others if other.me != node.me).send("n2", "x")

    with World(hosted(request=request, start=lambda node: others.append(node)), 2) as world:  # noqa: PLW0108 - a builtin is no method
        world.apply(ASK)
        (failed,) = of(world, Failed)
        assert "n2's send() was called while none of its handlers runs" in failed.detail
        assert "isolate = (...) in Hosted" in failed.detail


def test_what_a_life_that_is_over_calls_reaches_nobody():
    lives = []

    def request(node, name, command):
        assert lives[0].me == node.me
        assert lives[0] is not node
        assert lives[0].send("n2", "late") is False
        lives[0].store(late=1)

    with World(hosted(request=request, start=lambda node: lives.append(node)), 2) as world:  # noqa: PLW0108 - a builtin is no method
        for action in (Crash("n1"), Restart("n1"), ASK):
            world.apply(action)
        assert world.violation is None
        assert not of(world, Sent)
        assert not of(world, Wrote)


# Connections


def test_datagrams_reach_everybody():
    told = []
    with World(hosted(request=lambda node, *_: told.append((node.up, node.send("n2", 1), node.send("n1", 2)))), 3) as world:
        world.apply(ASK)
    assert told == [(("n2", "n3"), True, True)]


def test_on_streams_what_a_node_was_told_of_counts():
    told = []

    def say(node, *_):
        told.append((node.up, node.send("n2", "x")))

    scenario = hosted(request=say, connected=lambda node, peer: None, links="streams")
    with World(scenario, 2) as world:
        world.apply(ASK)
        world.apply(Disconnect("n1", "n2"))
        world.apply(Request("n1", "r2", "y"))  # it does not know yet
        world.apply(Deliver("n2", "n1", "disconnected"))
        world.apply(Request("n1", "r3", "z"))
        assert told == [(("n2",), True), (("n2",), True), ((), False)]
        assert len(of(world, Sent)) == 2
        assert not [each for each in world.network.flight if each.kind == "str"]


def test_on_streams_a_node_that_is_told_nothing_uses_what_is_open():
    told = []
    with World(hosted(request=lambda node, *_: told.append((node.up, node.send("n2", "x"))), links="streams"), 2) as world:
        world.apply(ASK)
        world.apply(Disconnect("n1", "n2"))
        world.apply(Request("n1", "r2", "y"))
    assert told == [(("n2",), True), ((), False)]


@HOSTS
@DISKS
@pytest.mark.parametrize(
    "call",
    [
        lambda node: node.send("n2", Lock()),
        lambda node: node.observe(Decided(Lock())),
        lambda node: node.store(b=Lock()),
        lambda node: node.reply("r1", Lock()),
    ],
)
def test_what_cannot_be_copied_is_the_node_s_failure_whoever_catches_it(call, slow, host):
    def request(node, name, command):
        node.store(a=1)
        node.send("n2", "before")
        with suppress(Exception):
            call(node)
        node.send("n2", "behind")

    with World(hosted(request=request, budget=FaultBudget(slow_disks=slow)), 2, host=host) as world:
        world.apply(ASK)
        (failed,) = of(world, Failed)
        assert failed.detail.startswith("request asked for an effect that cannot be performed: TypeError: cannot pickle")
        assert "(test_seat.py:" in failed.detail
        assert [each.message for each in of(world, Sent)] == ([] if slow else ["before"])


@HOSTS
def test_of_a_node_that_failed_nothing_waits_for_its_disk(host):
    def look(node):
        if hasattr(node, "sick"):
            raise ValueError("sick")
        return State(term=1)

    def request(node, name, command):
        node.store(a=1)
        node.send("n2", "first")
        node.sick = True
        node.send("n2", "second")

    budget = FaultBudget(slow_disks=True)
    with World(hosted(request=request, look=look, budget=budget), 2, host=host) as world:
        world.apply(ASK)
        assert [each.how for each in of(world, Failed)] == ["raised"]
        assert world.processes["n1"].suspended is None
        assert not world.processes["n1"].syncs
        world.apply(Restart("n1"))
        assert Complete("n1") not in world.enabled()
        assert world.processes["n1"].idle()
        assert not of(world, Sent)


@pytest.mark.parametrize("made_of_it", [KeyError("something else"), None])
def test_a_node_that_failed_by_what_it_called_is_closed_before_it_starts_again(made_of_it):
    told = []

    def request(node, name, command):
        try:
            node.send("n9", "x")
        except BaseException:  # noqa: BLE001 - as C does with what a callback raises
            if made_of_it is not None:
                raise made_of_it from None

    lifetime = {"start": lambda node: told.append(f"{node.me} starts"), "close": lambda node: told.append(f"{node.me} closes")}
    with World(hosted(request=request, **lifetime), 1) as world:
        told.clear()
        world.apply(ASK)
        world.apply(Restart("n1"))
        assert told == ["n1 closes", "n1 starts"]


def test_who_is_called_out_of_turn_is_told_of_although_that_is_caught():
    others = []

    def request(node, name, command):
        with suppress(Exception):
            next(other for other in others if other.me != node.me).send("n2", "x")

    with World(hosted(request=request, start=lambda node: others.append(node)), 2) as world:  # noqa: PLW0108 - a builtin is no method
        world.apply(ASK)
        (failed,) = of(world, Failed)
        assert failed.node == "n1"
        assert "n2's send() was called while none of its handlers runs" in failed.detail


def test_peers_are_the_cluster_s_whatever_the_library_calls_by_that_name():
    told = {}

    def request(node, name, command):
        node.peers = [object()]
        told.update(up=node.up, sent=node.send("n2", "x"))

    streams = hosted(request=request, links="streams")
    with World(streams, 3) as world:
        world.apply(Disconnect("n1", "n2"))
        world.apply(ASK)
        assert told == {"up": ("n3",), "sent": False}
    with World(hosted(request=request, links="streams", __init__=lambda node, me, peers, disk: None), 3) as world:
        world.apply(ASK)
        assert told == {"up": ("n2", "n3"), "sent": True}


def _sick(how):
    """A node whose `look` goes wrong from its first request on, and that goes on whatever is raised in it."""

    def look(node):
        if hasattr(node, "sick"):
            how(node)
        return State(term=1)

    def request(node, name, command):
        node.store(a=1)
        node.sick = True
        for message in ("one", "two"):
            with suppress(BaseException):
                node.send("n2", message)

    return {"look": look, "request": request, "start": lambda node: None}


def _dies(node):
    raise SystemExit(4)


@HOSTS
@pytest.mark.parametrize(
    ("how", "deaths", "reason"), [(_dies, (SystemExit,), "SystemExit: 4"), (lambda node: node.exit("it is sick"), (), "it is sick")]
)
def test_a_death_in_look_is_one_too(how, deaths, reason, host):
    with World(hosted(**_sick(how), deaths=deaths), 2, host=host) as world:
        world.apply(ASK)
        assert world.violation is None
        assert [each.reason for each in of(world, Exited)] == [reason]
        assert not of(world, Sent)
        world.apply(Restart("n1"))
        assert world.processes["n1"].idle()


@HOSTS
@DISKS
def test_a_node_fails_once_whatever_it_catches(slow, host):
    with World(hosted(**_sick(_dies), budget=FaultBudget(slow_disks=slow)), 2, host=host) as world:
        world.apply(ASK)
        (failed,) = of(world, Failed)
        assert failed.detail.startswith("look: SystemExit: 4 (test_seat.py:")
        assert not of(world, Sent)
