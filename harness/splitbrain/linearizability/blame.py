"""What a model did wrong, in the terms of whoever wrote it."""

from __future__ import annotations

from typing import Any

from splitbrain.errors import ScenarioError, told
from splitbrain.linearizability.model import Model
from splitbrain.trace.history import Operation

_LONG = 120  # characters of what it said: a command may carry a payload


def raised(error: BaseException) -> str:
    """What a model raised, and where, without all of a long command."""
    said = f"{error}"
    short = said if len(said) <= _LONG else f"{said[: 2 * _LONG // 3]}…{said[-_LONG // 3 :]}"
    return told(error).replace(said, short, 1)


def no_beginning(model: Model) -> str | None:
    """Why nothing can begin with the model's first state; None where something can."""
    try:
        hash(model.initial)
    except TypeError as error:
        wrong = f"has no hash ({error})"
    else:
        if model.initial is not None:
            return None
        wrong = "stands for what cannot be"
    return (
        f"{type(model).__name__}.initial is {model.initial!r:.80}, which {wrong}; a state is any immutable value with a hash, but "
        "None: write for instance a tuple, also for nothing, as in initial = ()"
    )


def blamed(model: Model, operation: Operation, error: BaseException) -> ScenarioError:
    """An error of the model's, which came up when the operation was asked for, or had come to its end."""
    if isinstance(error, ScenarioError):
        return ScenarioError(str(error))  # it says itself what the model, or a value, lacks
    how = "was asked for"
    if operation.returned is not None:
        how = f"was answered with {operation.result!r:.60}"
    elif operation.outcome == "refused":
        how = "was refused"
    return ScenarioError(
        f"the model {type(model).__name__} raised {raised(error)} when {operation.id}, {operation.command!r:.80}, {how}; "
        "it must know every command that clients ask for: step(state, command, result) returns the next state, one with a hash, "
        "or None where that cannot be the result, and takes UNKNOWN for a result"
    )


def misread(model: Model, operation: Operation, result: Any, said: object, kind: str | None = None) -> ScenarioError:
    """A model whose `zone` does not keep its word. kind: what the operation was before it had its result, where it was told."""
    why = 'which is neither ("write", value) nor ("read", value), nor None'
    if kind is not None:
        why = f"though it had said that this is a {kind} while nobody knew its result"
    return ScenarioError(
        f"the model {type(model).__name__} says of {operation.id} that zone({operation.command!r:.80}, {result!r:.40}) is "
        f"{said!r:.40}, {why}; what a command is must not depend on its result: let it say None of what does anything else than "
        "to write a value or to read the one last written"
    )
