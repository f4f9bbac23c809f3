"""The quick check before hunting: what it says about good nodes, and about each way of breaking the contract."""

import re
import signal
import threading
from collections import namedtuple
from dataclasses import dataclass

import pytest
from blame import says
from scripted import Note, scripted
from toys import COLOURFUL, REGISTER

from splitbrain.budget import FaultBudget
from splitbrain.doctor.conformance import ConformanceError, conformance
from splitbrain.errors import SplitbrainError
from splitbrain.exhibit import mutant
from splitbrain.invariant import Invariant
from splitbrain.node import Observe, Reply, Send, SetTimer, Sync, Write
from splitbrain.observations import Appended, Decided
from splitbrain_invariants import CommittedIsDurable, LogMatching
from splitbrain_protocols.paxos.scenario import PAXOS
from splitbrain_protocols.raft.scenario import RAFT


def problems(scenario):
    with pytest.raises(ConformanceError) as error:
        conformance(scenario)
    assert error.value.splitbrain_report == str(error.value)
    assert all(problem in str(error.value) for problem in error.value.problems)
    return error.value.problems


def only_problem(scenario):
    (problem,) = problems(scenario)
    return problem


def echo(node, request, command):
    for peer in node.peers:
        yield Send(peer, Note(command))
    yield Reply(request, command)


@pytest.mark.parametrize("scenario", [RAFT, PAXOS, REGISTER], ids=lambda scenario: scenario.name)
def test_good_nodes_conform_and_the_report_says_what_was_tried(scenario):
    report = conformance(scenario)
    assert report.host == "direct"
    assert report.notes == ()
    assert f"{scenario.name} keeps the contract of a node (direct host)" in str(report)
    assert min(report.counts.values()) > 0


@pytest.mark.slow
def test_the_same_seed_gives_the_same_report():
    assert conformance(REGISTER, seed=3) == conformance(REGISTER, seed=3)


def test_async_nodes_are_checked_on_the_trio_host():
    async def serve(node, env):
        while True:
            asked = await env.receive()
            env.reply(asked.request, asked.command)

    assert conformance(scripted(run=serve, sizes=(2,))).host == "trio"


def test_a_node_that_never_writes_is_worth_a_note():
    assert "a crash makes it forget everything" in str(conformance(scripted(request=echo)))


def test_a_budget_without_crashes_is_worth_a_note():
    report = conformance(mutant(REGISTER, REGISTER.factory, budget=FaultBudget(crashes="none")))
    assert "no crash" in str(report)


def test_a_factory_that_raises_is_a_problem():
    def factory(me, peers, disk):
        raise RuntimeError("no such luck")

    assert "the factory cannot make node n1: RuntimeError: no such luck" in only_problem(mutant(REGISTER, factory, options={}))


def test_an_option_that_the_factory_cannot_take_is_a_problem():
    def factory(me, peers, disk, patience=20):
        return REGISTER.factory(me, peers, disk, {20: 20, 50: 50}[patience])

    found = problems(mutant(REGISTER, factory, options={"patience": (20, 7)}))
    assert any("patience=7" in problem and "KeyError" in problem for problem in found)


def test_a_factory_that_gives_the_same_node_again_is_a_problem():
    kept = {}

    def factory(me, peers, disk, patience):
        return kept.setdefault(me, REGISTER.factory(me, peers, disk, patience))

    assert any("gave the same object again" in problem for problem in problems(mutant(REGISTER, factory)))


def test_a_restart_that_cannot_be_is_a_problem():
    def factory(me, peers, disk, patience):
        if "value" in disk:
            raise ValueError("was here before")
        return REGISTER.factory(me, peers, disk, patience)

    assert any("after a restart: ValueError: was here before" in problem for problem in problems(mutant(REGISTER, factory)))


def test_a_node_that_writes_and_never_looks_at_its_disk_is_a_problem():
    def keep(node, request, command):
        yield Write("command", command)
        yield Sync()
        yield Reply(request, "kept")

    assert "never look at the `disk`" in only_problem(scripted(request=keep, start=lambda node: [SetTimer("t", 1, 2)]))


@pytest.mark.parametrize(
    ("handler", "says"),
    [
        (lambda node, request, command: 1 / 0, "raised an exception: *ZeroDivisionError"),
        (lambda node, request, command: ["send"], "broke the contract: request yielded 'send', a str, which is not an effect"),
        (lambda node, request, command: 7, "broke the contract: *not effects"),
        pytest.param(
            lambda node, request, command: (SetTimer("t", 1, 2) for _ in iter(int, 1)), "never stopped", marks=pytest.mark.slow
        ),
        (lambda node, request, command: [Send("n9", Note())], "broke the contract: *there is no such node"),
    ],
    ids=["raises", "yields a str", "returns a number", "never stops", "sends to nobody"],
)
def test_a_malformed_handler_is_a_problem(handler, says):
    found = problems(scripted(request=handler))
    assert any(re.search(says.replace("*", ".*"), problem) for problem in found), found


def test_a_close_that_raises_is_a_problem_told_once():
    def close(node):
        raise LookupError("no file")

    problem = only_problem(scripted(request=echo, close=close))
    assert problem.startswith("a node's close() raised LookupError: no file (test_conformance.py:")


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="there is no CPU timer here")
def test_a_node_that_computes_for_ever_is_a_problem():
    def receive(node, sender, message):
        while True:
            pass

    problem = only_problem(scripted(request=echo, receive=receive))
    assert problem.startswith("a node never stopped: receive: it computes for ever, and the watchdog stopped it (scripted.py:")


class Shared:
    """It refuses to be copied."""

    def __init__(self):
        self.texts = ["one"]

    def __deepcopy__(self, memo):
        return self


def test_a_message_that_is_changed_after_it_was_sent_is_a_problem():
    def send(node, request, command):
        node.last = Shared()
        yield Send(node.peers[0], node.last)
        yield Reply(request, None)

    def change(node, sender, message):
        message.texts.append("more")
        return ()

    scenario = scripted(request=send, receive=change, sizes=(2,), show=lambda shared: shared.texts)
    assert any("a Shared message that was sent was changed later" in problem for problem in problems(scenario))


def test_a_mutable_message_is_copied_and_so_none():
    def send(node, request, command):
        node.last = ["one"]
        yield Send(node.peers[0], node.last)
        node.last.append("two")
        yield Reply(request, None)

    def change(node, sender, message):
        assert message == ["one"]
        message.append("more")
        return ()

    assert conformance(scripted(request=send, receive=change, sizes=(2,)))


def test_what_cannot_be_encoded_is_a_problem_and_show_mends_it():
    @dataclass(frozen=True)
    class Opaque:
        thing: object

    def send(node, request, command):
        yield Send(node.peers[0], Opaque(complex(1, 2)))
        yield Reply(request, None)

    assert "Sent holds what has no canonical encoding" in only_problem(scripted(request=send, sizes=(2,)))
    assert conformance(scripted(request=send, sizes=(2,), show=str))


def test_a_label_that_raises_or_returns_something_else_is_a_problem():
    assert "label(Note) raised AttributeError" in only_problem(scripted(request=echo, label=lambda message: (message.kind, 1)))
    assert "label(Note) returned 'note'" in only_problem(scripted(request=echo, label=lambda message: "note"))


def test_commands_that_no_file_can_hold_or_that_run_out_are_a_problem():
    for value, why in (
        (object(), "it holds an object of type builtins.object"),
        (float("inf"), "it holds inf, for which JSON has no number"),
        ({"due": float("nan")}, "it holds nan in ['due'], for which JSON has no number"),
        ({1: 2}, "it holds the key 1, where JSON's keys are text"),
    ):
        problem = only_problem(scripted(request=echo, commands=lambda number, value=value: value))
        assert re.match(rf"commands\(\d+\): {re.escape(why)}", problem)
    assert "IndexError" in only_problem(COLOURFUL)


def test_options_that_no_file_could_give_back_are_a_problem():
    for values, why in (
        ((object(),), "a value that no schedule file can hold"),
        (((1,), [1]), "the values (1,) and [1], which are both"),
    ):
        assert f"option 'mode' has {why}" in "\n".join(problems(scripted(request=echo, options={"mode": values})))


def test_a_node_that_behaves_differently_is_a_problem():
    calls = []

    def count(node, request, command):
        calls.append(command)
        yield Send(node.peers[0], Note(len(calls)))
        yield Reply(request, None)

    assert any("NONDETERMINISTIC" in problem for problem in problems(scripted(request=count, sizes=(2,))))


def test_a_node_that_does_nothing_is_a_problem_and_one_that_never_answers():
    assert any("no node ever did anything" in problem for problem in problems(scripted()))
    found = problems(scripted(start=lambda node: [SetTimer("t", 1, 2)]))
    assert any("without one reply or observation" in problem for problem in found)


class Never(Invariant):
    """Nothing."""

    def observe(self, event):
        return None


def test_a_node_that_observes_nothing_is_a_problem_where_there_are_invariants_or_progress():
    found = problems(scripted(request=echo, invariants=(Never,), progress=(Decided,)))
    assert any("invariants see nothing else" in problem for problem in found)
    assert any("never observed" in problem or "ever observed Decided" in problem for problem in found)


def test_a_namesake_of_progress_is_no_progress():
    namesake = namedtuple("Decided", "value")
    (problem,) = problems(scripted(request=lambda *_: [Observe(namesake("x"))], progress=(Decided,)))
    assert "no node ever observed Decided" in problem


def test_all_problems_are_listed_at_once_and_are_the_users_to_mend():
    def careless(node, request, command):
        yield Send(node.peers[0], complex(1, 2))
        yield Observe(object())

    with pytest.raises(SplitbrainError) as error:
        conformance(scripted(request=careless, sizes=(2,), label=lambda message: "x"))
    assert "problems\n  * " in str(error.value)
    assert len(error.value.problems) >= 2


def test_one_problem_is_told_once_with_how_often_it_came_up():
    def breaks(node, request, command):
        raise ValueError(f"{node.me} will not {command}")

    assert re.search(r"ValueError: n\d will not v\d.* \(and \d+ more of these\)$", only_problem(scripted(request=breaks)))


def test_an_entry_that_is_said_to_be_appended_behind_its_sync_is_a_problem_where_an_invariant_goes_by_that():
    def append(node, request, command):
        yield Write("log", (command,))
        yield Sync()
        yield Observe(Appended(1, 1, command))
        yield Reply(request, node.disk.get("log"))

    def in_order(node, request, command):
        yield Observe(Appended(1, 1, command))
        yield Write("log", (command,))
        yield Sync()
        yield Reply(request, node.disk.get("log"))

    problem = only_problem(scripted(request=append, invariants=(CommittedIsDurable,)))
    assert "say Appended before the Sync, with the Write (and " in problem
    assert conformance(scripted(request=in_order, invariants=(CommittedIsDurable,)))
    assert conformance(scripted(request=append, invariants=(LogMatching,)))


def test_a_node_that_starts_threads_is_a_problem_although_nothing_came_of_it_yet():
    def tally(node, request, command):
        counter = threading.Thread(target=node.disk.get, args=("count",), name="counter")
        counter.start()
        counter.join()
        yield Reply(request, None)

    assert "a node started a thread, 'counter': what that does, and when, is in no schedule" in only_problem(
        scripted(request=tally)
    )


def test_what_takes_very_long_ends_early_and_says_what_it_was():
    def send(node, request, command):
        for peer in node.peers:
            yield Send(peer, Note("x" * 5_000_000))
        yield Reply(request, None)

    report = conformance(scripted(request=send))
    assert report.counts["runs"] < 15
    (note,) = (each for each in report.notes if each.startswith("it took "))
    assert "s encoding and comparing what happened" in note
    assert "(the largest is a Note message that was sent, of 5.0 MB); so no more runs were begun than " in note


def test_conformance_tells_of_clients_that_are_no_nodes():
    with pytest.raises(ConformanceError, match=r"\n  \* scenario 'scripted': clients\(3\) returned \(7,\), but"):
        conformance(scripted(request=says, clients=lambda size: (7,), sizes=(3,)))
