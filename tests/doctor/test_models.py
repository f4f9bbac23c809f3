"""What the quick check says of the models of invariants."""

import re

import pytest
from scripted import scripted
from told import Cells, asks, numbered, told

from splitbrain.doctor.conformance import ConformanceError, conformance
from splitbrain.doctor.models import Models
from splitbrain.linearizability.model import UNKNOWN, Model
from splitbrain.linearizability.models import Counter, KvAppend, Lock, Queue, Register, Set
from splitbrain.linearizability.workloads import Registers
from splitbrain.node import Refused, Reply
from splitbrain.trace.history import History
from splitbrain_invariants import Linearizable

PUT, GET = ("put", "x", 1), ("get", "x")
RUN = [(PUT, True), (GET, 1), (("put", "y", 2), UNKNOWN), (("get", "y"), UNKNOWN)]


class Judge:
    """Has a model."""

    def __init__(self, model):
        self.model = model


def history(*operations):
    """Commands with their results, each asked by a client of its own."""
    happenings = []
    for number, (command, result) in enumerate(operations, 1):
        happenings += [asks("n1", f"r{number}", *command), *([] if result is UNKNOWN else [told("n1", f"r{number}", result)])]
    return History.of(numbered(happenings))


def found(model, *operations):
    """What is said of a model after one run."""
    problems = []
    models = Models([Judge(model), object()], problems.append)
    models.look(history(*operations))
    models.conclude()
    return problems


class Of(Cells):
    """Cells of which one method is another."""

    initial = 0

    def __init__(self, step=None, key=None):
        self._step, self._key = step, key

    def step(self, state, command, result):
        return super().step(state, command, result) if self._step is None else self._step(state, command, result)

    def key(self, command):
        return super().key(command) if self._key is None else self._key(command)


class Begins(Cells):
    """Cells that begin so."""

    def __init__(self, initial):
        self.initial = initial


def new(state, command, result):
    """Results are those that were not there before."""
    before = state or ()
    return (*before, *([] if result is UNKNOWN else [result])) if result not in before else None


FIT = {
    "cells": (Cells(), RUN),
    "nothing was asked": (Of(lambda *_: 1), []),
    "register": (Register(), [*RUN, (("cas", "x", 7, 8), UNKNOWN), (("delete", "x"), True)]),
    "texts": (KvAppend(), [(("append", "x", "a"), True), (("get", "x"), "a")]),
    "queue": (Queue(), [(("enqueue", 1), True), (("dequeue",), 1)]),
    "set": (Set(), [(("add", 1), True), (("contains", 1), True), (("read",), [1])]),
    "counter": (Counter(), [(("add", 1), True), (("read",), 1)]),
    "lock": (Lock(), [(("release",), UNKNOWN), (("acquire",), True)]),
    "any result will do once": (Of(new, lambda _: None), [(("new",), 7), (("new",), 8)]),
    "what a node answered wrongly is not the model's fault": (Cells(), [(PUT, True), (GET, "nonsense"), (GET, [1, 2])]),
}


@pytest.mark.parametrize("name", FIT)
def test_a_model_that_knows_what_clients_ask_is_fit(name):
    model, operations = FIT[name]
    assert found(model, *operations) == []


def forgets(state, command, result):
    return command[2] if command[0] == "put" else state if result == state else None


flips = iter(range(1_000_000))
UNFIT = {
    "UNKNOWN is forgotten": (
        Of(forgets),
        r"the model Of takes \('get', 'x'\) without a known result for impossible in any of the 2 states .*, UNKNOWN\) returned",
    ),
    "nothing changes, and UNKNOWN is forgotten": (Of(lambda *_: None), r"for impossible in the only state that .* lead to"),
    "it begins with nothing": (Begins(None), r"the model Begins cannot begin: Begins.initial is None, which stands for what"),
    "it begins with a list": (Begins([]), r"the model Begins cannot begin: Begins.initial is \[\], which has no hash"),
    "a command is not known": (
        Of(lambda *_: 1 / 0),
        r"the model Of raised ZeroDivisionError: .* \(at .*test_models.py:\d+\) where \('put', 'x', 1\) is asked for; let",
    ),
    "a command has no key": (Of(key=lambda command: {}[command]), r"raised KeyError: .* where \('put', 'x', 1\) is asked for"),
    "a key has no hash": (Of(key=list), r"raised TypeError: unhashable type: 'list'.* where \('put', 'x', 1\) is asked for"),
    "a state has no hash": (
        Of(lambda *_: {}),
        r"the model Of has a state without a hash: step\(0, \('put', 'x', 1\), UNKNOWN\) returned {} \(unhashable type: 'dict'",
    ),
    "equal calls give different states": (
        Of(lambda *_: next(flips)),
        r"gives two answers to one question: step\(0, \('put', 'x', 1\), UNKNOWN\) returned \d+, and then \d+; let step",
    ),
    "equal states are not equal": (Of(lambda *_: object()), r"gives two answers to one question: .* let equal states be equal"),
    "a result is not known": (
        Of(lambda state, command, result: 1 // (result is UNKNOWN)),
        r"raised ZeroDivisionError: .* where \('put', 'x', 1\) is answered with True; .* without raising, for one that cannot be$",
    ),
}


@pytest.mark.parametrize("name", UNFIT)
def test_what_is_wrong_is_told_as_the_models(name):
    model, complaint = UNFIT[name]
    first, *_ = found(model, *RUN)
    assert re.search(complaint, first), first


def test_a_model_that_takes_everything_is_told_and_one_of_which_a_part_tells_is_not():
    (problem,) = found(Of(lambda *_: True), *RUN)
    assert "the model Of takes any result of all that clients ask for, so that no answer could ever be wrong" in problem
    assert found(Cells(), (PUT, True))[0] == problem.replace("Of", "Cells")  # nobody reads
    assert found(Cells(), (PUT, True), (("get", "y"), 0)) == []


def test_what_it_says_of_a_long_command_is_clipped():
    def long(state, command, result):
        raise ValueError(f"not {command[0]}")

    (problem,) = found(Of(long, key=lambda _: None), (("v1" + "." * 500,), True))
    assert "....................…...................." in problem
    assert len(problem) < 650


def reply(node, request, command):
    return [Reply(request, None)] if node.me == "n1" else [Reply(request, Refused("n1"))]


def test_the_quick_check_asks_the_models_of_invariants():
    right = scripted(request=reply, invariants=(Linearizable(Register()),), workload=Registers())
    assert conformance(right).host == "direct"
    for wrong, complaint in (
        (scripted(request=reply, invariants=right.invariants), "a register knows"),
        (forgetful(right), "UNKNOWN"),
    ):
        with pytest.raises(ConformanceError) as error:
            conformance(wrong)
        (problem,) = error.value.problems
        assert complaint in problem


def forgetful(scenario):
    class Forgets(Model):
        """Takes an unknown result for a wrong one."""

        initial = ()

        def step(self, state, command, result):
            return None if result is UNKNOWN else state

    return scripted(request=reply, invariants=(Linearizable(Forgets()),), workload=scenario.workload)
