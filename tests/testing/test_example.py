"""What the rules of a machine have to choose from."""

from scripted import scripted

from splitbrain.node import Reply
from splitbrain.testing.example import Example, pick
from splitbrain.testing.machine import state_machine
from splitbrain.world.run import Setup


def example(scenario):
    made = state_machine(scenario)()
    assert isinstance(made, Example)
    made.open(Setup(scenario, 1), 0)
    return made


def test_only_sessions_that_wait_may_give_up():
    made = example(scripted(sessions=2, request=lambda node, name, command: [Reply(name, 1)] if command == "v1" else []))
    assert made._waiting() == []
    made.world.request("n1", session="s1")  # is answered
    made.world.request("n1", session="s2")
    assert made._waiting() == ["s2"]
    made.world.request("n1", replaces="s2")
    assert made._waiting() == ["s3"]
    made.teardown()


def test_nobody_asks_any_more_where_all_was_asked():
    made = example(scripted(requests=1))
    assert made._clients() == ["n1"]
    made.world.request("n1")
    assert made._clients() == []
    made.teardown()


def test_a_place_picks_one_of_as_many_as_there_are():
    assert [pick("abc", place) for place in (0, 2, 3, 301)] == ["a", "c", "a", "b"]
