"""A model's steps by number."""

from splitbrain.linearizability.model import UNKNOWN
from splitbrain.linearizability.models import Queue, Register
from splitbrain.linearizability.search.steps import FIRST, NO_STEP, Steps


class Asked(Register):
    def __init__(self):
        super().__init__()
        self.asked = []

    def step(self, state, command, result):
        self.asked.append((state, command, result))
        return super().step(state, command, result)


def test_the_same_command_with_the_same_result_has_one_code():
    steps = Steps(Register())
    assert steps.code(("get", "x"), 1) == steps.code(("get", "x"), 1)
    codes = [steps.code(("get", "x"), result) for result in (1, True, UNKNOWN, None, "1", [1])]
    assert len(set(codes)) == len(codes)
    assert steps.code(("get", "x"), [1]) == codes[-1]


def test_one_is_not_true_in_commands_either_and_a_list_is_a_tuple():
    steps = Steps(Register())
    assert steps.code(("put", "x", 1), True) != steps.code(("put", "x", True), True)
    assert steps.code(["put", "x", [1]], True) == steps.code(("put", "x", (1,)), True)


def test_states_are_numbered_as_they_are_come_across_and_remembered():
    model = Asked()
    steps = Steps(model)
    put, get = steps.code(("put", "x", 1), True), steps.code(("get", "x"), 2)
    assert steps.ask(FIRST, put) == 1
    assert steps.ask(1, get) == NO_STEP
    assert steps.follow == [{put: 1}, {get: NO_STEP}]
    assert steps.asks == len(model.asked) == 2


def test_a_long_state_weighs_more():
    steps = Steps(Queue())
    state = FIRST
    for _ in range(100):
        state = steps.ask(state, steps.code(("enqueue", 1), True))
    assert steps.weight > 500


def test_what_changed_no_state_yet_seems_idle_until_one_is_come_across_that_it_changes():
    steps = Steps(Register())
    delete, get = steps.code(("delete", "x"), True), steps.code(("get", "x"), UNKNOWN)
    assert steps.is_idle(delete)
    assert steps.is_idle(get)
    assert not steps.was_mistaken()
    steps.ask(FIRST, steps.code(("put", "x", 1), True))
    assert steps.was_mistaken()
    assert not steps.is_idle(delete)
    assert steps.is_idle(get)
    assert not steps.was_mistaken()


def test_a_goal_asks_its_model_once():
    steps = Steps(Register())
    get, put = steps.code(("get", "x"), 1), steps.code(("put", "x", 1), True)
    [goal] = steps.goals(get)
    assert steps.goals(get) == (goal,)
    assert steps.goals(put) == ()
    assert (goal.is_near(FIRST), goal.is_helped(put), goal.is_helped(get)) == (False, True, False)
    assert goal.is_near(steps.ask(FIRST, put))
