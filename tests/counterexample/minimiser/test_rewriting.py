"""How the minimiser rewrites actions: plainer ones, and plain names for requests."""

from splitbrain.actions import Crash, Cut, Deliver, Fire, Request
from splitbrain.counterexample.minimiser.rewriting import moved_down, plainer, renumbered


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


def test_in_a_run_without_an_epoch_later_ones_are_one_less_also_inside_a_crash():
    vote = Deliver("n1", "n2", "Vote", 5, 2)
    assert moved_down(vote, 3) == Deliver("n1", "n2", "Vote", 4, 2)
    assert moved_down(vote, 5) == vote == moved_down(vote, 9)
    assert moved_down(Crash("n2", 1, vote, 2), 3) == Crash("n2", 1, Deliver("n1", "n2", "Vote", 4, 2), 2)
    assert moved_down(Fire("n1", "t"), 3) == Fire("n1", "t")


def test_of_what_arrives_before_the_power_goes_less_is_plainer():
    crash = Crash("n1", 1, Fire("n1", "t"), 1, 2)
    assert list(plainer(crash)) == [
        [Crash("n1", 1)],
        [Fire("n1", "t")],
        [Fire("n1", "t"), Crash("n1", 1)],
        [Crash("n1", 1, Fire("n1", "t"), 1, 0)],
        [Crash("n1", 1, Fire("n1", "t"), 1, 1)],
        [Crash("n1", 1, Fire("n1", "t"), 0, 2)],
        [Crash("n1", 0, Fire("n1", "t"), 1, 2)],
    ]


def test_a_fault_becomes_plainer_by_losing_what_it_has_beyond_the_plain_one():
    crash = Crash("n1", 1, Fire("n1", "t"), 2)
    assert list(plainer(crash)) == [
        [Crash("n1", 1)],
        [Fire("n1", "t")],
        [Fire("n1", "t"), Crash("n1", 1)],
        [Crash("n1", 1, Fire("n1", "t"), 0)],
        [Crash("n1", 1, Fire("n1", "t"), 1)],
        [Crash("n1", 0, Fire("n1", "t"), 2)],
    ]
    one, other = ("n1", "n2"), ("n2", "n1")
    assert list(plainer(Cut((one, other)))) == [[Cut((other,))], [Cut((one,))]]
    assert list(plainer(Cut((one,)))) == list(plainer(Crash("n1"))) == list(plainer(Fire("n1", "t"))) == []
