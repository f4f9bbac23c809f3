"""How the minimiser rewrites actions: plainer ones, and plain names for requests."""

from splitbrain.actions import Crash, Deliver, Fire, Request
from splitbrain.counterexample.minimiser.rewriting import plainer, renumbered


def commands(number):
    return ["one", "two", "three", "four"][number - 1]  # a workload that ends


def test_requests_are_numbered_in_their_order_and_ask_for_the_first_commands():
    actions = [Fire("n1", "election"), Request("n1", "r4", "four"), Request("n2", "r2", "two")]
    assert renumbered(actions, commands) == [Fire("n1", "election"), Request("n1", "r1", "one"), Request("n2", "r2", "two")]


def test_a_request_inside_a_crash_is_numbered_too():
    actions = [Crash("n1", 1, Request("n1", "r3", "three"), 2), Request("n1", "r4", "four")]
    assert renumbered(actions, commands) == [Crash("n1", 1, Request("n1", "r1", "one"), 2), Request("n1", "r2", "two")]


def test_a_command_that_somebody_wrote_and_a_name_that_somebody_gave_stay():
    actions = [Request("n1", "r3", "mine"), Request("n1", "mine", "three"), Deliver("n1", "n2", "Told")]
    assert renumbered(actions, commands) == [
        Request("n1", "r1", "mine"),
        Request("n1", "mine", "three"),
        Deliver("n1", "n2", "Told"),
    ]


def test_the_command_of_a_fair_phase_stays_where_the_workload_has_none_of_that_number():
    assert renumbered([Request("n1", "calm-3001", "v3001")], commands) == [Request("n1", "r1", "v3001")]


def test_a_request_may_ask_for_what_the_workload_has_for_its_number():
    assert list(plainer(Request("n1", "r2", "padded"), lambda number: f"v{number}")) == [[Request("n1", "r2", "v2")]]
    inside = Crash("n1", 0, Request("n1", "r2", "padded"), 0)
    assert [Crash("n1", 0, Request("n1", "r2", "v2"), 0)] in plainer(inside, lambda number: f"v{number}")
    assert list(plainer(Request("n1", "mine", "padded"), lambda number: f"v{number}")) == []
