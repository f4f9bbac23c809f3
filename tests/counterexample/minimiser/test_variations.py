"""What the minimiser tries: schedules like a failing one, in other clusters, under other names, in canonical order."""

from toys import FORGETFUL, REGISTER

from splitbrain.actions import Calm, Crash, Cut, Deliver, Duplicate, Fire, Mend, Request, Restart
from splitbrain.counterexample.minimiser.canonical import arrange, dependencies, form
from splitbrain.counterexample.minimiser.minimised import cost
from splitbrain.counterexample.minimiser.rewriting import plainer
from splitbrain.counterexample.minimiser.shrinker import Budget, Shrinker, SpentError
from splitbrain.counterexample.minimiser.variations import exchanged, merged, other_options, swapped
from splitbrain.world.run import Setup, run

SETUP = Setup(FORGETFUL, 3)


def shrinker(setup, schedule, replays=1_000):
    return Shrinker(run(setup, schedule).found(), Budget(60, replays))


def test_a_candidate_is_run_once():
    s = shrinker(SETUP, [Request("n1", "r1", "v1"), Crash("n1"), Restart("n1"), Request("n1", "r2", "v2")])
    assert not s.attempt("once", s.best.actions[:2])
    assert not s.attempt("twice", s.best.actions[:2])
    assert s.budget.runs == 1


def test_what_was_idle_in_a_candidate_is_remembered():
    s = shrinker(SETUP, [Request("n1", "r1", "v1"), Crash("n1"), Restart("n1"), Request("n1", "r2", "v2")])
    assert not s.attempt("without the crash", [s.best.actions[0], *s.best.actions[2:]])
    assert s.idle([s.best.actions[0], *s.best.actions[2:]]) == (1,)


def test_a_budget_counts_work_so_that_a_storm_of_messages_uses_it_up_sooner():
    budget = Budget(60, 10)
    budget.check()
    budget.charge(1, 100_000)
    try:
        budget.check()
    except SpentError:
        assert budget.runs == 1
        assert budget.left() == 0
    else:
        raise AssertionError("there is something left")


def test_two_nodes_change_places_from_some_action_on_or_in_one_epoch():
    schedule = (Fire("n1", "t"), Deliver("n1", "n2", "Ask", 1), Deliver("n2", "n1", "Yes", 2))
    found = list(swapped(Setup(REGISTER, 2), schedule))
    assert [schedule[0], Deliver("n1", "n2", "Ask", 1), Deliver("n1", "n2", "Yes", 2)] in found  # from the third on, and in epoch 2
    assert [schedule[0], Deliver("n2", "n1", "Ask", 1), Deliver("n2", "n1", "Yes", 2)] in found  # in epoch 1


def test_nodes_that_become_one_make_a_smaller_cluster_with_every_grouping_once():
    schedule = [Request("n1", "r1", "v1"), Request("n2", "r2", "v2"), Request("n3", "r3", "v3")]
    found = [(setup.size, [action.node for action in actions]) for setup, actions in merged(SETUP, schedule)]
    assert found == [(2, ["n1", "n1", "n2"]), (2, ["n1", "n2", "n1"]), (2, ["n1", "n2", "n2"])]


def test_a_core_whose_nodes_become_one_names_it_once():
    calm = Calm(("n1", "n2", "n3"), 5, 100).renamed({"n1": "n2", "n2": "n2", "n3": "n1"})
    assert calm == Calm(("n1", "n2"), 5, 100)


def test_another_option_is_one_option_at_another_of_its_values():
    assert [setup.options for setup in other_options(SETUP)] == [{"patience": 50}]
    assert [setup.options for setup in other_options(Setup(FORGETFUL, 3, {"patience": 50}))] == [{"patience": 20}]


def test_one_action_comes_in_and_each_of_the_others_goes_in_turn_but_not_the_fair_phase():
    calm = Calm(("n1",), 0, 1)
    found = list(exchanged((Fire("n1", "a"), Fire("n1", "b"), calm), 1, Fire("n2", "c")))
    assert found == [
        (1, [Fire("n1", "a"), Fire("n2", "c"), calm]),
        (0, [Fire("n2", "c"), Fire("n1", "b"), calm]),
    ]


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


def test_a_request_may_ask_for_what_the_workload_has_for_its_number():
    assert list(plainer(Request("n1", "r2", "padded"), lambda number: f"v{number}")) == [[Request("n1", "r2", "v2")]]
    inside = Crash("n1", 0, Request("n1", "r2", "padded"), 0)
    assert [Crash("n1", 0, Request("n1", "r2", "v2"), 0)] in plainer(inside, lambda number: f"v{number}")
    assert list(plainer(Request("n1", "mine", "padded"), lambda number: f"v{number}")) == []
