"""What the quick check says of workloads."""

from itertools import count

import pytest
from scripted import scripted

from splitbrain.actions import Request
from splitbrain.dice import Dice
from splitbrain.doctor.conformance import ConformanceError, conformance
from splitbrain.doctor.draws import Draws
from splitbrain.node import Observe, Reply
from splitbrain.observations import Decided
from splitbrain.world.run import Setup, run


def answer(node, request, command):
    yield Observe(Decided(request))
    yield Reply(request, command)


def asking(draw, kind=None):
    """A scenario with a workload that draws so."""

    class Asking:
        commands = kind

        def next(self, session, dice, history):
            return draw(session, dice, history)

    return scripted(request=answer, sizes=(2,), workload=Asking())


def found(draw, kind=None, reply=None):
    """What is said of it after three traces, without anything else that the quick check does."""
    scenario, problems = asking(draw, kind), []
    draws = Draws(scenario, problems.append)
    for number in (0, 1, 3):
        asked = [Request("n1", f"s{each}.1", "x", f"s{each}") for each in range(1, number + 1)]
        answering = answer if reply is None else lambda _, request, command: [Reply(request, dict(reply))]
        draws.look(run(Setup(scripted(request=answering), 2), asked, keep=True).events, Dice(number))
    draws.conclude()
    return problems


def mixed(session, dice, history):
    """Depends on all that it may depend on."""
    last = history[-1].result if history else None
    return None if dice.chance(0.2) else [session, len(history), last, dice.below(100)]


def test_a_workload_that_goes_by_dice_and_history_alone_is_fit():
    assert found(mixed) == []
    assert found(lambda *_: ("get", "x"), tuple) == []


def test_one_that_keeps_state_is_told_with_what_it_drew():
    numbers = count(1)
    first, *_ = found(lambda *_: ["put", next(numbers)])
    assert first == (
        "workload.next('s1', dice, history) returned ['put', 1], and then ['put', 3], for equal dice and equal histories: it "
        "keeps state, and would ask for something else in a replay's fair phase; let it draw from the dice alone, and look up in "
        "the history what was asked before"
    )
    seen = []
    assert any(
        "it keeps state" in each for each in found(lambda session, *_: seen.append(session) or [session, seen.count(session)])
    )


def spoils_results(session, dice, history):
    for operation in history:
        operation.result = "evil"


def forgets_attempts(session, dice, history):
    for operation in history:
        operation.attempts.clear()


def asks_itself(session, dice, history):
    history.ask(1, "n1", "s9.1", "x", "s9")


def replaces(session, dice, history):
    history.replaced[session] = "s9"


def spoils_what_a_result_holds(session, dice, history):
    for operation in history:
        if operation.returned is not None:
            operation.result["seen"] = session


@pytest.mark.parametrize(
    ("spoil", "what"),
    [
        (spoils_results, "s1.1"),
        (forgets_attempts, "s1.1"),
        (asks_itself, "s9.1"),
        (replaces, "who replaces whom"),
        (spoils_what_a_result_holds, "s1.1"),
    ],
)
def test_one_that_changes_the_history_is_told_with_what_it_changed(spoil, what):
    def draw(*given):
        spoil(*given)
        return "x"

    first, *_ = found(draw, reply={})
    assert first.startswith(
        f"workload.next('s1', dice, history) changed the history: {what} is no longer what it was; the run goes"
    )


def test_one_that_copies_what_it_changes_is_fit():
    assert found(lambda session, dice, history: [sorted(f"{each.result}" for each in history), len(history)]) == []


def test_one_that_never_has_anything_to_ask_is_told():
    (problem,) = found(lambda *_: None)
    assert problem == (
        "workload.next returned None each of the 60 times that it was asked, so that no client ever asks anything; "
        "let it return commands"
    )


def test_commands_that_no_file_would_give_back_are_told():
    (problem,) = set(found(lambda *_: ("get", "x")))
    assert problem.startswith(
        "scenario 'scripted': the command of request n1 s1.1, ('get', 'x'), would come back from a schedule file"
    )


def test_without_a_workload_nothing_is_drawn():
    problems = []
    draws = Draws(scripted(sessions=2), problems.append)
    draws.look([], Dice(1))
    draws.conclude()
    assert problems == []


def test_conformance_says_so_each_kind_once():
    numbers = count(1)
    with pytest.raises(ConformanceError) as error:
        conformance(asking(lambda *_: ["put", next(numbers)]))
    assert len([each for each in error.value.problems if "it keeps state" in each]) == 1
    with pytest.raises(ConformanceError, match=r"workload\.next returned None each of the"):
        conformance(asking(lambda *_: None))
    with pytest.raises(ConformanceError, match=r"workload\.next\('.*', dice, history\) raised ZeroDivisionError"):
        conformance(asking(lambda *_: 1 // 0))


def test_conformance_passes_a_good_one():
    assert conformance(asking(mixed)).notes


@pytest.mark.parametrize("spoil", [spoils_results, forgets_attempts, asks_itself, replaces])
def test_conformance_tells_of_one_that_changes_the_history_and_runs_on(spoil):
    def draw(*given):
        spoil(*given)
        return "x"

    with pytest.raises(ConformanceError) as error:
        conformance(asking(draw))
    (problem,) = error.value.problems
    assert "changed the history: " in problem
