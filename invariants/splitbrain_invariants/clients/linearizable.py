"""Linearizability: what clients are told is what one copy of the service would have told them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Self

from splitbrain.events import Event, Replied, Requested
from splitbrain.invariant import Invariant, Violation, Witness
from splitbrain.linearizability.blame import blamed, no_beginning
from splitbrain.linearizability.bound import Bound
from splitbrain.linearizability.checker import Checker
from splitbrain.linearizability.model import Model
from splitbrain.linearizability.verdict import Fault
from splitbrain.node import RequestId
from splitbrain.trace.history import History, Operation
from splitbrain_invariants.witnesses.answers import formed
from splitbrain_invariants.witnesses.operations import course, values


class Linearizable(Invariant):
    """What clients are told is what one copy of the service could have told them, one operation at a time.

        from splitbrain.linearizability.models import Register

        invariants=(Linearizable(Register()),)

    Each operation takes effect at one moment between its call and its reply. One that was refused by all whom it was asked of has
    none; one without an answer may have its effect at any time after its call, or never. The reply with which that becomes
    impossible breaks it.

    model: what one copy does; shipped ones are in `splitbrain.linearizability.models`. bound: how much a run may cost; one that
    comes to it ends as inconclusive. An object of it makes a new one for each run when it is called, so that it stands in a
    scenario as a class does. All of them go by the name of their class: to mute one of two, derive a class from it.

    It assumes that the history is what clients see: that nodes answer a request with its result, and that one which has taken
    something on does not refuse it.
    """

    watches = (Requested, Replied)
    kind = "step"
    source = "Herlihy and Wing, Linearizability: A Correctness Condition for Concurrent Objects, 1990"

    def __init__(self, model: Model, bound: Bound | None = None) -> None:
        if not isinstance(model, Model):
            what = f"the class {model.__name__}" if isinstance(model, type) else f"{model!r:.80}"
            made = f"{model.__name__}()" if isinstance(model, type) and issubclass(model, Model) else "Register()"
            raise ValueError(
                f"{type(self).__name__} was given {what}, which is no model that says what your service does; "
                f"give it an object of a class that derives from Model, as in {type(self).__name__}({made})"
            )
        wrong = no_beginning(model)
        if wrong is not None:
            raise ValueError(wrong)
        self.model = model
        self.bound = Bound() if bound is None else bound
        self._begin()

    def __call__(self) -> Self:
        """A new one, for a run."""
        made = object.__new__(type(self))
        vars(made).update(vars(self))
        made._begin()
        return made

    def __repr__(self) -> str:
        return f"{type(self).__name__}({type(self.model).__name__}())"

    def _begin(self) -> None:
        self._history = History()
        self._checker = Checker(self.model, self.bound)
        self._asked: dict[RequestId, Requested] = {}  # the first request of each operation
        self._fault: Fault | None = None

    def observe(self, event: Requested | Replied) -> Violation | None:
        history = self._history
        known = history.named(event.request)
        if type(event) is Requested:
            again = known is not None and known.outcome == "refused"
            operation = history.fold(event)
            if known is None:
                self._asked[event.request] = event
            if operation is not None and (known is None or again):
                self._judge(self._checker.invoke, operation)
            return None
        answered = known is not None and known.returned is not None
        operation = history.fold(event)
        if operation is None or answered:
            return None
        if operation.returned is not None:
            fault = self._judge(self._checker.complete, operation)
        elif operation.outcome == "refused":
            fault = self._judge(self._checker.refuse, operation)
        else:
            return None
        return None if fault is None else self._broken(fault, operation, event)

    def undecided(self) -> str | None:
        return self._checker.inconclusive

    def untested(self) -> str | None:
        if self._checker.changed:
            return None
        model = type(self.model).__name__
        return f"nothing that was answered ever changed the state of {model}, so that no answer could be out of date"

    def witnesses(self, violation: Violation, events: Sequence[Event]) -> tuple[Witness, ...]:
        fault, (_, replied) = self._fault, violation.evidence
        assert fault is not None
        assert type(replied) is Replied
        courses = (course(operation, events) for operation in fault.operations)
        return (*values(fault), *courses, *formed(self._history, replied, events))

    def _broken(self, fault: Fault, operation: Operation, event: Event) -> Violation:
        """The evidence is always the call of one operation and the reply to another, or to the same, whatever the fault is.

        A schedule that is made smaller must break in the same way, which is told by the kinds of the evidence. Which operations
        are at fault, and whether they were answered, changes as others are left out; of each there is a call.
        """
        self._fault = fault
        others = [each for each in fault.operations if each is not operation]
        against = max(others, key=lambda each: each.called, default=operation)  # what the answer has not taken note of
        return self.violation(fault.summary, self._asked[against.id], event)

    def _judge(self, step: Callable[[Operation], Fault | None], operation: Operation) -> Fault | None:
        """A step of the checker's, in which the model is asked; what that raises is the model's."""
        try:
            return step(operation)
        except (Exception, SystemExit) as error:
            raise blamed(self.model, operation, error) from error
