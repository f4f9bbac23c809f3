"""What the fields of a scenario may hold, and what is said where one holds something else: at once, not in the middle of a run."""

from __future__ import annotations

from collections.abc import Mapping
from inspect import Parameter, isasyncgen, iscoroutine, isgenerator, signature
from typing import Any

from splitbrain.actions import CALM_AT_MOST
from splitbrain.budget import FaultBudget
from splitbrain.invariant import Invariant

# How the functions are called, for whoever gave something else.
_FUNCTIONS = {
    "factory": "factory(me, peers, disk, **options)",
    "commands": "commands(number)",
    "label": "label(message)",
}
_OPTIONAL = {
    "payload": "payload(command, size)",
    "show": "show(message)",
    "clients": "clients(size)",
    "can_progress": "can_progress(core, size, options)",
    "voters": "voters(size)",
    "quorums": "quorums(voters)",
}
_COUNTS = {"requests": (0, "requests"), "latency": (1, "ms"), "calm_bound": (0, "ms")}
_WORDS = {"links": ("datagrams", "streams"), "self_delivery": ("local", "network")}
_LISTS = ("invariants", "sizes", "progress")  # tuples, which may be written as lists


def tuples(fields: Mapping[str, Any]) -> dict[str, tuple[Any, ...]]:
    """Those of the fields that are lists and should be tuples."""
    return {name: tuple(fields[name]) for name in _LISTS if isinstance(fields[name], list)}


def check_fields(fields: Mapping[str, Any]) -> None:
    """Raises `ValueError`, which says what was found, why it cannot be and what to write, for a scenario that cannot be run."""
    name = fields["name"]
    if not isinstance(name, str) or not name.strip() or not name.isprintable():
        raise ValueError(f"Scenario: name={name!r:.80} is no name that a report could print on one line; write for instance 'mine'")
    wrong = (
        _functions(fields)
        or _counts(fields)
        or _sizes(fields["sizes"])
        or _options(fields["options"])
        or _budget(fields["budget"])
        or _invariants(fields["invariants"])
        or _progress(fields["progress"])
        or _clients(fields["sessions"], fields["workload"])
        or _words(fields)
        or _operations(fields["operations"])
    )
    if wrong:
        raise ValueError(f"Scenario {name!r}: {wrong}")


def is_count(value: object, least: int) -> bool:
    """Whether it is a whole number, and large enough; True is none."""
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


def described(value: object) -> str:
    """What a value is, for the middle of a sentence."""
    if value is None:
        return "nothing"
    if isinstance(value, type):
        return "one class"
    name = type(value).__name__
    return f"{'an' if name[0] in 'aeiouAEIOU' else 'a'} {name}"


def is_put_off(answer: Any) -> bool:
    """Whether a function that should have returned a value is one of ``yield`` or ``async``; what it returned is closed then."""
    if isgenerator(answer) or iscoroutine(answer):
        answer.close()  # a coroutine that nobody awaits would be complained of on stderr
        return True
    return isasyncgen(answer)


def _functions(fields: Mapping[str, Any]) -> str | None:
    for field, called in (_FUNCTIONS | _OPTIONAL).items():
        value = fields[field]
        if not callable(value) and not (value is None and field in _OPTIONAL):
            return f"{field}={value!r:.80} is {described(value)}, not a function; it is called as {called}"
    return None


def _counts(fields: Mapping[str, Any]) -> str | None:
    for field, (least, unit) in _COUNTS.items():
        if not is_count(fields[field], least):
            return f"{field}={fields[field]!r:.80} is no number of {unit}; {field} must be a whole number, at least {least}"
    if fields["calm_bound"] > CALM_AT_MOST:
        return (
            f"calm_bound={fields['calm_bound']} is more than {CALM_AT_MOST} ms, an hour of virtual time, and no fair phase takes "
            "longer; give a smaller one"
        )
    return None


def _sizes(sizes: object) -> str | None:
    if not isinstance(sizes, tuple):
        advice = f"write sizes=({sizes},)" if is_count(sizes, 1) else "write for instance sizes=(3, 5)"
        return f"sizes={sizes!r:.80} is {described(sizes)}, not a tuple of cluster sizes; {advice}"
    if not sizes or not all(is_count(each, 1) for each in sizes):
        return f"sizes={sizes!r:.80}: a cluster has a whole number of nodes, at least 1; write for instance sizes=(3, 5)"
    return None


def _options(options: object) -> str | None:
    if not isinstance(options, Mapping):
        return f"options={options!r:.80} is {described(options)}, not a dict; write for instance options={{'patience': (20, 50)}}"
    for option, values in options.items():
        if not isinstance(option, str) or not option.isidentifier():
            return f"option {option!r:.80} is no name of a parameter, but the factory is called with it; rename it"
        if not isinstance(values, tuple) or not values:
            return f"option {option!r} is {values!r:.80}, not a tuple of values to draw from; write ({values!r:.80},)"
    return None


def _budget(budget: object) -> str | None:
    if isinstance(budget, FaultBudget):
        return None
    named = ", ".join(f"{name}={value!r}" for name, value in budget.items()) if isinstance(budget, Mapping) else ""
    return f"budget={budget!r:.80} is {described(budget)}, not a FaultBudget; write budget=FaultBudget({named})"


def _invariants(invariants: object) -> str | None:
    if not isinstance(invariants, tuple):
        name = getattr(invariants, "__name__", "Agreement")
        return f"invariants={invariants!r:.80} is {described(invariants)}, not a tuple of classes; write invariants=({name},)"
    if not invariants:
        return (
            "invariants=() lets every run pass that no node fails in; name what must hold, or write invariants=(KeepsContract,), "
            "from splitbrain.invariant, where that nodes do not fail is all that is to be checked"
        )
    for each in invariants:
        model = each.__name__ if isinstance(each, type) else type(each).__name__
        if not isinstance(each, Invariant) and callable(getattr(each, "step", None)) and hasattr(each, "initial"):
            return (
                f"invariants has {model}, a model, which says what one copy of the service does and judges nothing; "
                f"write invariants=(Linearizable({model}()),)"
            )
        if isinstance(each, Invariant) and not callable(each):  # one with parameters makes those of the runs when it is called
            name = type(each).__name__
            return f"invariants has an object of {name}, which would see the events of all runs; name the class, as in ({name},)"
        if isinstance(each, type) and not issubclass(each, Invariant):
            return f"invariants has {each.__name__}, which is no Invariant; write class {each.__name__}(Invariant)"
        needs = _needs(each) if isinstance(each, type) else []
        if isinstance(each, type) and needs:
            made = f"{each.__name__}({', '.join(needs)})"
            again = any("__call__" in vars(base) for base in each.__mro__)  # an object of it makes those of the runs
            return (
                f"invariants has the class {each.__name__}, which nothing can be made of without its {' and '.join(needs)}; "
                f"write invariants=({made if again else f'lambda: {made}'},)"
            )
        if not callable(each):
            return f"invariants has {each!r:.80}, which is no class of invariants; write for instance invariants=(Agreement,)"
    return None


def _needs(kind: type) -> list[str]:
    """The arguments that a class cannot do without."""
    gathers = (Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD)
    try:
        taken = signature(kind).parameters.values()
    except (TypeError, ValueError):  # it has a form of its own: what it needs is told when it is made
        return []
    return [each.name for each in taken if each.default is Parameter.empty and each.kind not in gathers]


def _progress(progress: object) -> str | None:
    if not isinstance(progress, tuple):
        name = getattr(progress, "__name__", "Decided")
        return f"progress={progress!r:.80} is {described(progress)}, not a tuple of types of observations; write progress=({name},)"
    for each in progress:
        if not isinstance(each, type):
            return (
                f"progress has {each!r:.80}, which is no type; name the types of observations that must occur, "
                f"as in progress=({'Decided' if isinstance(each, str) else type(each).__name__},)"
            )
    return None


def _clients(sessions: object, workload: object) -> str | None:
    if workload is not None and (isinstance(workload, type) or not callable(getattr(workload, "next", None))):
        return (
            f"workload={workload!r:.80} is {described(workload)}, not an object with a method next(session, dice, history), "
            "which returns a command or None"
        )
    if sessions is None:
        return None
    if not is_count(sessions, 0):
        return f"sessions={sessions!r:.80} is no number of clients; sessions must be a whole number, at least 0, or None"
    if sessions == 0 and workload is not None:
        return "sessions=0 leaves nobody to ask for what the workload has; give at least 1, or leave it out, which means 5"
    return None


def _words(fields: Mapping[str, Any]) -> str | None:
    for field, words in _WORDS.items():
        value = fields[field]
        if value not in words and not (value is None and field == "self_delivery"):
            return f"{field}={value!r:.80} is no such word; write {field}={words[0]!r} or {field}={words[1]!r}"
    return None


def _operations(operations: object) -> str | None:
    if not isinstance(operations, Mapping):
        example = "operations={'compact': (None,)}"
        return f"operations={operations!r:.80} is {described(operations)}, not a dict; write for instance {example}"
    for operation, arguments in operations.items():
        if not isinstance(operation, str) or not operation.strip() or not operation.isprintable():
            return f"operation {operation!r:.80} is no name that a schedule could print on one line; write for instance 'compact'"
        if not callable(arguments) and (not isinstance(arguments, tuple) or not arguments):
            return (
                f"operation {operation!r} has {arguments!r:.80}, which is neither a tuple of arguments to draw from nor a function "
                f"(me, peers, dice) that draws one; write (None,) where it takes none"
            )
    return None
