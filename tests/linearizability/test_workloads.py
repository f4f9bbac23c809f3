"""What the shipped workloads ask for: unique values, what the session saw, and nothing that is not in the history or the dice."""

from collections import Counter

import pytest

from splitbrain.dice import Dice
from splitbrain.linearizability.model import UNKNOWN
from splitbrain.linearizability.models import Counter as CounterModel
from splitbrain.linearizability.models import KvAppend, Lock, Queue, Register, Set
from splitbrain.linearizability.workloads import Appends, Counters, Locks, Queues, Registers, Sets
from splitbrain.trace.history import History

ALL = (Registers(), Appends(), Queues(), Sets(), Counters(), Locks())


def asked(workload, seed, count=30, sessions=3, answer=lambda command: True):
    """A history in which each operation is answered at once."""
    history, dice = History(), Dice(seed)
    for number in range(count):
        session = f"s{number % sessions + 1}"
        request = f"{session}.{number // sessions + 1}"
        command = workload.next(session, dice, history)
        history.ask(number, "n1", request, command, session)
        history.reply(number, "n1", request, answer(command))
    return history


@pytest.mark.parametrize("workload", ALL, ids=lambda workload: type(workload).__name__)
def test_it_asks_the_same_of_the_same_history_and_dice(workload):
    one, two = ([operation.command for operation in asked(workload, seed=5)] for _ in range(2))
    assert one == two
    assert all(type(command) is tuple for command in one)


@pytest.mark.parametrize("workload", ALL, ids=lambda workload: type(workload).__name__)
def test_its_commands_are_tuples_again_when_json_has_made_them_lists(workload):
    assert all(workload.commands(list(operation.command)) == operation.command for operation in asked(workload, seed=2))


@pytest.mark.parametrize(
    ("workload", "model"),
    [
        (Registers(), Register()),
        (Appends(), KvAppend()),
        (Queues(), Queue()),
        (Sets(), Set()),
        (Counters(), CounterModel()),
        (Locks(), Lock()),
    ],
    ids=lambda each: type(each).__name__,
)
def test_it_asks_for_what_its_model_knows(workload, model):
    for seed in range(10):
        for operation in asked(workload, seed):
            model.key(operation.command)
            model.step(model.initial, operation.command, UNKNOWN)  # raises where it does not know it


def test_no_value_is_written_twice():
    for seed in range(20):
        for workload in (Registers(), Appends(), Queues()):
            written = [
                operation.command[-1] for operation in asked(workload, seed) if operation.command[0] not in ("get", "delete")
            ]
            written = [value for value in written if value != "dequeue"]
            assert written
            assert len(written) == len(set(written))


def test_most_runs_have_gets_and_puts_alone_and_the_others_all_that_there_is():
    kinds = Counter()
    for seed in range(200):
        asks = {operation.command[0] for operation in asked(Registers(), seed)}
        kinds[asks <= {"get", "put"}] += 1
        if not asks <= {"get", "put"}:
            assert {"get", "put", "cas"} <= asks
    assert 110 < kinds[True] < 170


def test_what_is_not_weighed_is_not_asked_for():
    asks = {operation.command[0] for seed in range(20) for operation in asked(Registers(cas=0, delete=0), seed)}
    assert asks == {"get", "put"}
    asks = {operation.command[0] for seed in range(20) for operation in asked(Registers(get=0, put=0, delete=0), seed)}
    assert asks == {"cas"}


def test_a_cas_expects_what_its_session_found_or_left_at_that_key():
    history = History()
    for step, (session, command, result) in enumerate(
        [
            ("s1", ("put", "x", 1), True),
            ("s2", ("put", "x", 2), True),
            ("s1", ("cas", "x", 1, 3), False),
            ("s3", ("get", "y"), None),
        ]
    ):
        history.ask(step, "n1", f"{session}.{step}", command, session)
        history.reply(step, "n1", f"{session}.{step}", result)
    workload = Registers(keys=("x",), get=0, put=0, delete=0)
    assert workload.next("s1", Dice(1), history) == ("cas", "x", 1, 5)
    assert workload.next("s2", Dice(1), history) == ("cas", "x", 2, 5)
    assert workload.next("s3", Dice(1), history) == ("cas", "x", 1, 5)  # as the last of all did
    assert workload.next("s1", Dice(1), History()) == ("cas", "x", None, 1)


def test_what_nobody_has_an_answer_to_is_expected_by_nobody():
    history = History()
    history.ask(1, "n1", "s1.1", ("put", "x", 1), "s1")
    assert Registers(keys=("x",), get=0, put=0, delete=0).next("s1", Dice(1), history) == ("cas", "x", None, 2)


def test_who_has_the_lock_releases_it_and_nobody_else_does():
    taken = []

    def answer(command):
        if command == ("acquire",) and not taken:
            taken.append(command)
            return True
        if command == ("release",):
            assert taken
            taken.clear()
        return command == ("release",)

    history = asked(Locks(), seed=1, answer=answer)
    assert [operation.command[0] for operation in history[:4]] == ["acquire", "acquire", "acquire", "release"]


def test_a_lock_that_a_session_may_have_when_it_gives_up_is_released_by_others_now_and_then():
    history = History()
    history.ask(1, "n1", "s1.1", ("acquire",), "s1")
    assert {Locks().next("s2", Dice(seed), history)[0] for seed in range(20)} == {"acquire"}
    history.ask(2, "n1", "s2.1", ("acquire",), "s2", replaces="s1")
    assert {Locks().next("s3", Dice(seed), history)[0] for seed in range(20)} == {"acquire", "release"}


def test_sets_and_counters_ask_about_few_things():
    assert {operation.command[1] for operation in asked(Sets(values=("a", "b")), 3) if len(operation.command) > 1} == {"a", "b"}
    assert max(operation.command[1] for operation in asked(Counters(most=4), 3) if len(operation.command) > 1) <= 4


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Registers(append=1), "asks for get, put, cas, delete, and for nothing of that name"),
        (lambda: Appends(get=0, append=0), "all weights are 0"),
        (lambda: Registers(keys=()), "name one"),
        (lambda: Sets(values=()), "name a value"),
    ],
)
def test_what_cannot_be_asked_for_is_refused_with_what_to_do(make, words):
    with pytest.raises((TypeError, ValueError), match=words):
        make()
