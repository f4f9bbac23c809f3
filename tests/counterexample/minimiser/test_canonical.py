"""The canonical form: of all orders and names that mean the same, the first."""

from couriers import CLOAKROOM, COURIER, TrustsLate
from scripted import scripted
from shrinkers import SETUP, shrinker
from stores import STORE, Store
from toys import FORGETFUL, REGISTER

from splitbrain.actions import Connect, Crash, Cut, Deliver, Disconnect, Duplicate, Fire, Mend, Request, Resend, Restart
from splitbrain.counterexample.minimiser.canonical import arrange, dependencies, form
from splitbrain.counterexample.minimiser.minimised import cost
from splitbrain.exhibit import mutant
from splitbrain.world.run import Setup, run


def test_a_schedule_in_another_order_and_under_other_names_has_the_same_canonical_form():
    one = [
        Request("n1", "r1", "v1"),
        Deliver("n1", "n2", "Copy"),
        Crash("n2"),
        Restart("n2"),
        Request("n3", "r2", "v2"),
        Deliver("n3", "n2", "Copy"),
    ]
    other = [
        Request("n1", "r5", "v5"),
        Request("n2", "r4", "v4"),
        Deliver("n2", "n3", "Copy"),
        Crash("n3"),
        Restart("n3"),
        Deliver("n1", "n3", "Copy"),
    ]
    found = []
    for schedule in (one, other):
        s = shrinker(SETUP, schedule)
        arrange(s, SETUP, s.best.actions)
        found.append(s.best.actions)
    assert found[0] == found[1]
    assert found[0][0] == Request("n1", "r1", "v1")


def test_what_depends_on_each_other_stays_in_order_and_so_does_what_concerns_all():
    schedule = [
        Request("n1", "r1", "v1"),
        Request("n2", "r2", "v2"),
        Cut((("n1", "n3"),)),
        Deliver("n1", "n2", "Copy"),
        Mend((("n1", "n3"),)),
        Crash("n1"),
        Crash("n2"),
    ]
    traced = run(Setup(REGISTER, 3), schedule, keep=True)
    assert traced.actions == tuple(schedule)
    before = dependencies(traced.actions, traced.events)
    assert before == [set(), set(), {0, 1}, {0, 1, 2}, {0, 1, 2, 3}, {0, 2, 4}, {0, 1, 2, 3, 4, 5}]


def test_of_a_message_and_its_copy_the_original_comes_first():
    copied = [
        Request("n1", "r1", "v1"),
        Duplicate("n1", "n2", "Copy"),
        Deliver("n1", "n2", "Copy", copy=1),
        Crash("n2"),
        Restart("n2"),
        Request("n2", "r2", "v2"),
    ]
    s = shrinker(SETUP, copied)
    arrange(s, SETUP, s.best.actions)
    assert [action.copy for action in s.best.actions if isinstance(action, Deliver)] == [1]  # its only delivery keeps its name
    twice = [*copied[:3], Deliver("n1", "n2", "Copy"), *copied[3:]]
    s = shrinker(SETUP, twice)
    arrange(s, SETUP, s.best.actions)
    assert [action.copy for action in s.best.actions if isinstance(action, Deliver)] == [0, 1]


def test_the_form_prefers_fewer_actions_then_fewer_nodes_then_plainer_faults_then_first_values():
    schedule = (Request("n1", "r1", "v1"), Crash("n1"))
    plain = form(Setup(FORGETFUL, 2), schedule)
    for setup, actions in (
        (Setup(FORGETFUL, 2), (*schedule, Restart("n1"))),
        (Setup(FORGETFUL, 3), schedule),
        (Setup(FORGETFUL, 2), (schedule[0], Crash("n1", 1))),
        (Setup(FORGETFUL, 2), (Request("n1", "r1", "something else"), schedule[1])),
        (Setup(FORGETFUL, 2, {"patience": 50}), schedule),
        (Setup(FORGETFUL, 2, {}, 3), schedule),
    ):
        assert plain < form(setup, actions)
    inside = Crash("n1", 0, schedule[0], 1)
    assert cost(SETUP, [inside])[0] == cost(SETUP, schedule)[0]
    arrives = Crash("n1", 0, schedule[0], 1, 1)
    assert form(SETUP, [inside]) < form(SETUP, [arrives]) < form(SETUP, [Crash("n1", 0, schedule[0], 1, 2)])
    assert cost(SETUP, [inside]) < cost(SETUP, [arrives])


def test_what_a_client_was_told_stays_before_what_is_asked_later_and_what_is_concurrent_is_put_in_order():
    asks = [Request("n1", f"s{number}.1", ["get", "x"], f"s{number}") for number in (1, 2)]
    traced = run(Setup(STORE, 1), [Fire("n1", "takeover"), *asks], keep=True)
    assert dependencies(traced.actions, traced.events)[2] >= {1}  # the first was answered at once
    apart = [
        Request("n2", "s1.1", "a", "s1"),
        Request("n1", "s2.1", "b", "s2"),
        Resend("n3", "s2.1"),
        Request("n3", "s3.1", "c", "s3", "s1"),
        Crash("n1"),
    ]
    traced = run(Setup(scripted(sessions=2), 3), apart, keep=True)
    assert dependencies(traced.actions, traced.events)[:4] == [set(), set(), {1}, {0, 2}]


def test_when_a_connection_is_opened_does_not_matter_to_nodes_that_are_told_of_it():
    setup = Setup(mutant(CLOAKROOM, TrustsLate), 3)
    begin = [
        *(Deliver("n2", "n1", "Hello"), Deliver("n3", "n1", "Hello"), Request("n2", "r1", "v1"), Deliver("n2", "n1", "Ask")),
        *(Deliver("n1", "n2", "Token"), Disconnect("n1", "n2")),
    ]
    ends = [Deliver("n2", "n1", "disconnected"), Deliver("n1", "n2", "disconnected")]
    begins = [Deliver("n2", "n1", "connected"), Deliver("n1", "n2", "connected")]
    last = [
        Deliver("n2", "n1", "Hello", ordinal=2),
        Request("n3", "r2", "v2"),
        Deliver("n3", "n1", "Ask"),
        Deliver("n1", "n3", "Token"),
    ]
    again = Connect("n1", "n2")
    written = set()
    for middle in ([*ends, again, *begins], [again, *ends, *begins], [ends[0], again, begins[0], ends[1], begins[1]]):
        s = shrinker(setup, [*begin, *middle, *last])
        arrange(s, setup, s.best.actions)
        assert len(s.best.actions) == 15
        written.add(s.best.actions)
    assert len(written) == 1


def test_what_arrives_on_a_connection_stays_before_the_crash_of_either_end():
    schedule = [
        Deliver("n2", "n1", "Hello"),
        Request("n3", "r1", "v1"),
        Crash("n2"),
        Deliver("n2", "n1", "disconnected"),
        Crash("n3"),
    ]
    traced = run(Setup(COURIER, 3), schedule, keep=True)
    assert traced.actions == tuple(schedule)
    assert dependencies(traced.actions, traced.events, streams=True)[2] == {0}


def test_sessions_are_named_in_the_order_in_which_they_ask():
    told = []
    for first, second in (("s7", "s2"), ("s1", "s3")):
        schedule = [
            Fire("n1", "takeover"),
            Request("n1", f"{second}.4", ["get", "x"], second),
            Request("n1", f"{first}.1", ["put", "x", "1"], first),
            Request("n1", f"{first}.2", ["put", "x", "2"], first),
            Crash("n1"),
            Restart("n1"),
            Fire("n1", "takeover"),
            Request("n1", f"{second}.5", ["get", "x"], second),
        ]
        s = shrinker(Setup(STALE, 1), schedule)
        arrange(s, s.best.setup, s.best.actions)
        told.append(s.best.actions)
    assert told[0] == told[1]
    assert [action.id for action in told[0] if isinstance(action, Request)] == ["s1.1", "s2.1", "s2.2", "s1.2"]


class Amnesiac(Store):
    """It has nothing on its disk."""

    def keep(self):
        return ()


STALE = mutant(STORE, Amnesiac)
