"""Messages in flight: named by what they are, copied when they can change, on directed links."""

import pytest
from blame import blamed, says_async, tells
from scripted import Note, of, scripted

from splitbrain.actions import Cut, Deliver, Drop, Duplicate, Mend, Request
from splitbrain.cluster.network import Network
from splitbrain.dice import Dice
from splitbrain.errors import NotEnabled
from splitbrain.events import Acted, Observed, Sent
from splitbrain.node import Observe, Send
from splitbrain.trace.recorder import Recorder
from splitbrain.world.world import World

NODES = ("n1", "n2", "n3")


def network(label=lambda message: (str(message), None)):
    return Network(NODES, label, Recorder(None, keep=True))


def in_flight(net):
    return sorted(envelope.identity()[2:] for envelope in net.flight)


def test_a_message_is_named_by_its_link_its_label_and_its_ordinal_there():
    net = network(lambda message: message)
    for message in (("Vote", 1), ("Vote", 1), ("Vote", 2), ("Append", 1)):
        net.send("n1", "n2", message)
    net.send("n2", "n1", ("Vote", 1))
    assert [envelope.identity() for envelope in net.flight] == [
        ("n1", "n2", "Vote", 1, 1, 0),
        ("n1", "n2", "Vote", 1, 2, 0),
        ("n1", "n2", "Vote", 2, 1, 0),
        ("n1", "n2", "Append", 1, 1, 0),
        ("n2", "n1", "Vote", 1, 1, 0),
    ]


def test_ordinals_go_on_when_earlier_messages_are_gone():
    net = network()
    for _ in range(3):
        net.send("n1", "n2", "x")
        net.take(net.flight[0])
    net.send("n1", "n2", "x")
    assert net.flight[0].ordinal == 4


def test_a_message_is_found_by_any_action_on_it():
    net = network()
    net.send("n1", "n2", "x")
    (envelope,) = net.flight
    for kind in (Deliver, Drop, Duplicate):
        assert net.find(kind("n1", "n2", "x")) is envelope
        assert net.find(kind("n2", "n1", "x")) is None
        assert net.find(kind("n1", "n2", "x", ordinal=2)) is None
        assert net.find(kind("n1", "n2", "x", copy=1)) is None
    assert net.find(envelope.deliver()) is net.find(envelope.drop()) is net.find(envelope.duplicate()) is envelope


def test_names_stay_right_whatever_is_sent_taken_and_doubled():
    dice, net, left = Dice(1), network(), {}
    for _ in range(3000):
        point = dice.roll()
        if point < 0.45 or not net.flight:
            net.send(*dice.sample(NODES, 2), dice.pick("ab"))
            left[net.flight[-1].identity()] = net.flight[-1]
        elif point < 0.6:
            net.duplicate(dice.pick(net.flight))
            left[net.flight[-1].identity()] = net.flight[-1]
        else:
            envelope = dice.pick(net.flight)
            net.take(envelope)
            assert envelope.place == -1
            assert net.find(envelope.deliver()) is None
            assert left.pop(envelope.identity()) is envelope
        assert len(net.flight) == len(left)
    for place, envelope in enumerate(net.flight):
        assert envelope.place == place
        assert net.find(envelope.deliver()) is envelope is left[envelope.identity()]


def test_copies_are_numbered_from_the_original_whichever_copy_is_doubled():
    net = network()
    net.send("n1", "n2", "x")
    net.duplicate(net.flight[0])
    net.duplicate(net.flight[1])
    assert in_flight(net) == [("x", None, 1, 0), ("x", None, 1, 1), ("x", None, 1, 2)]
    net.take(net.flight[1])
    net.duplicate(net.flight[0])
    assert in_flight(net) == [("x", None, 1, 0), ("x", None, 1, 2), ("x", None, 1, 3)]


def test_a_message_that_can_change_is_copied_when_it_is_sent():
    net = network()
    message = ["x"]
    net.send("n1", "n2", message)
    message.append("y")
    net.send("n1", "n3", message)
    assert [envelope.message for envelope in net.flight] == [["x"], ["x", "y"]]


def test_a_message_that_cannot_change_is_not_copied():
    net = network()
    message = ("x", Note("y"))
    net.send("n1", "n2", message)
    assert net.flight[0].message is message is net.flight[0].content()


def test_a_receiver_that_changes_its_message_changes_no_other_copy_and_no_trace():
    def receive(node, sender, message):
        message.append(node.me)
        yield Observe(Note(tuple(message)))

    scenario = scripted(request=lambda node, *_: [Send("n2", ["x"])], receive=receive, label=lambda message: ("list", None))
    with World(scenario) as world:
        world.apply(Request("n1", "r1", 0))
        world.apply(Duplicate("n1", "n2", "list"))
        world.apply(Deliver("n1", "n2", "list"))
        world.apply(Deliver("n1", "n2", "list", copy=1))
        assert [event.observation.text for event in of(world, Observed)] == [("x", "n2"), ("x", "n2")]
        assert of(world, Sent)[0].message == ["x"]


def test_a_node_that_changes_a_command_changes_no_schedule():
    def request(node, name, command):
        command.append("y")
        return ()

    action = Request("n1", "r1", ["x"])
    with World(scripted(request=request)) as world:
        world.apply(action)
        assert of(world, Acted)[0].action.command == ["x"] == action.command


def test_the_nearest_message_is_on_the_same_link_and_of_the_same_kind():
    net = network(lambda message: message)
    for message in (("Vote", 3), ("Vote", 5), ("Vote", 5), ("Append", 4)):
        net.send("n1", "n2", message)
    net.send("n1", "n3", ("Other", 4))

    def nearest(kind, epoch, ordinal=1, receiver="n2"):
        found = net.find_alike(Deliver("n1", receiver, kind, epoch, ordinal))
        return None if found is None else (found.kind, found.epoch, found.ordinal)

    assert nearest("Vote", 5, 9) == ("Vote", 5, 2)
    assert nearest("Vote", 6) == ("Vote", 5, 1)
    assert nearest("Vote", 1) == ("Vote", 3, 1)
    assert nearest("Append", 1) == ("Append", 4, 1)
    assert nearest("Other", 4) is None
    assert nearest("Vote", 5, receiver="n3") is None


def test_what_is_ready_goes_in_the_order_of_sending_and_with_it_what_its_delivery_sends():
    dice, net, order = Dice(2), network(), []
    for _ in range(400):
        net.send(*dice.sample(NODES, 2), "x")
    for _ in range(150):
        net.take(dice.pick(net.flight))
    for envelope in net.in_order(lambda each: each.receiver != "n3"):
        # As it is defined: the first of all that could be delivered.
        assert envelope is min((each for each in net.flight if each.receiver != "n3"), key=lambda each: each.number)
        net.take(envelope)
        order.append(envelope.number)
        for _ in range(dice.below(3) if len(order) < 300 else 0):
            net.send(*dice.sample(NODES, 2), "x")
    assert order == sorted(order)
    assert max(order) > 400
    assert {each.receiver for each in net.flight} == {"n3"}


# Links


def sender():
    return scripted(request=lambda node, name, command: [Send(peer, Note(command)) for peer in command])


def test_a_cut_link_keeps_its_messages_until_it_is_mended():
    with World(sender()) as world:
        world.apply(Request("n1", "r1", ["n2", "n3"]))
        world.apply(Cut((("n1", "n2"),)))
        with pytest.raises(NotEnabled, match="the link n1->n2 is cut"):
            world.apply(Deliver("n1", "n2", "Note"))
        world.apply(Deliver("n1", "n3", "Note"))
        world.apply(Mend((("n1", "n2"),)))
        world.apply(Deliver("n1", "n2", "Note"))


def test_links_are_directed():
    with World(sender()) as world:
        world.apply(Cut((("n1", "n2"),)))
        world.apply(Request("n1", "r1", ["n2"]))
        world.apply(Request("n2", "r2", ["n1"]))
        assert [str(action) for action in world.enabled(Deliver)] == ["deliver n2->n1 Note"]
        with pytest.raises(NotEnabled, match="the link n1->n2 is cut"):
            world.apply(Deliver("n1", "n2", "Note"))
        world.apply(Deliver("n2", "n1", "Note"))


def test_what_is_sent_on_a_cut_link_waits_there():
    with World(sender()) as world:
        world.apply(Cut((("n1", "n2"),)))
        world.apply(Request("n1", "r1", ["n2"]))
        assert not world.deliverable(world.network.flight[0])
        world.apply(Drop("n1", "n2", "Note"))
        assert world.network.flight == []


def test_a_node_may_send_to_itself():
    scenario = scripted(request=lambda *_: [Send("n1", Note("x"))], receive=lambda node, sender, message: [Observe(Note(sender))])
    with World(scenario) as world:
        world.apply(ASK)
        world.apply(Deliver("n1", "n1", "Note"))
        assert [(event.node, event.observation.text) for event in of(world, Observed)] == [("n1", "n1")]


def test_the_graph_holds_the_links_that_carry_messages():
    net = network()
    assert set(net.graph().edges) == {(one, two) for one in NODES for two in NODES if one != two}
    net.cut([("n1", "n2"), ("n1", "n3")])
    assert ("n1", "n2") not in net.graph().edges
    assert ("n2", "n1") in net.graph().edges
    net.mend([("n1", "n2")])
    assert ("n1", "n2") in net.graph().edges
    assert set(net.graph().nodes) == set(NODES)


ASK = Request("n1", "r1", "x")


@pytest.mark.parametrize(
    ("host", "node"), [("direct", {"request": tells}), ("trio", {"request": tells}), ("trio", {"run": says_async})]
)
@pytest.mark.parametrize(
    ("label", "complaint"),
    [
        (lambda message: {}[message.text], r"label\(Note\) raised KeyError: 'x' \(at .*; it must name every message that is sent"),
        (lambda message: (message.text, "y"), r"label\(Note\) returned \('x', 'y'\), not a kind and an epoch; return for instance"),
        (lambda message: message.text, r"label\(Note\) returned 'x', not a kind"),
        (lambda message: None, r"label\(Note\) returned None, not a kind"),
        (lambda message: (3, None), r"label\(Note\) returned \(3, None\), not a kind"),
        (lambda message: ("x", 1.0), r"label\(Note\) returned \('x', 1\.0\), not a kind"),
    ],
)
def test_a_label_that_raises_or_is_none_is_no_failure_of_the_sender(host, node, label, complaint):
    blamed(complaint, scripted(**node, label=label), ASK, host=host)


def test_a_label_of_a_text_and_a_number_of_other_types_is_what_a_file_makes_of_it():
    class Kind(str):
        __slots__ = ()

    with World(scripted(request=tells, label=lambda message: (Kind("Ping"), True))) as world:
        world.apply(ASK)
        (sent,) = of(world, Sent)
        assert (type(sent.kind), type(sent.epoch)) == (str, int)
        world.apply(Deliver("n1", "n2", "Ping", 1))
