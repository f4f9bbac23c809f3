"""Which invariants judge a scenario: its own and the contract, by name, but for those that are muted."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches
from typing import TypeAlias

from splitbrain.declared.fields import described
from splitbrain.errors import ScenarioError
from splitbrain.invariant import InvariantFactory, KeepsContract, made

Judges: TypeAlias = tuple[tuple[str, InvariantFactory], ...]  # by the names of what the factories make


def all_judges(invariants: tuple[InvariantFactory, ...]) -> Judges:
    """A scenario's invariants, with `KeepsContract` in front, unless it is named among them.

    A factory that is no class makes one invariant to learn its name: raises `ScenarioError` where it cannot.
    """
    factories = invariants if KeepsContract in invariants else (KeepsContract, *invariants)
    return tuple((each.__name__ if isinstance(each, type) else type(made(each)).__name__, each) for each in factories)


def as_names(field: str, names: object) -> tuple[str, ...]:
    """The names in ``field`` (``only`` or ``without``). Raises `ScenarioError` for what is no tuple or list of names."""
    if isinstance(names, str):
        raise ScenarioError(f"{field}={names!r} is one string, not a tuple of names; write {field}=({names!r},)")
    if not isinstance(names, (tuple, list)):
        raise ScenarioError(f"{field}={names!r:.80} is {described(names)}, not a tuple of names of invariants; write one")
    for each in names:
        if not isinstance(each, str):
            name = getattr(each, "__name__", type(each).__name__)
            raise ScenarioError(f"{field}={names!r:.80} holds what is no name; write each as a string, as in {field}=({name!r},)")
    return tuple(dict.fromkeys(names))


def check_names(judges: Judges, **fields: Collection[str]) -> None:
    """Raises `ScenarioError` for a name in a field (``only``, ``without``) that no judge has."""
    known = list(dict.fromkeys(name for name, _ in judges))
    for field, names in fields.items():
        for name in names:
            if name not in known:
                raise ScenarioError(f"{field}={tuple(names)!r}: there is no invariant {name!r}; {_advice(name, known)}")


def chosen(judges: Judges, only: Collection[str], without: Collection[str]) -> Judges:
    """Those that are in ``only`` (where it has any) and not in ``without``. Raises `ScenarioError` when none is left."""
    left = tuple((name, each) for name, each in judges if (not only or name in only) and name not in without)
    if not left:
        raise ScenarioError(
            f"only={tuple(only)!r} and without={tuple(without)!r} leave nothing to judge by; "
            f"keep at least one of {', '.join(name for name, _ in judges)}"
        )
    return left


def _advice(name: str, known: list[str]) -> str:
    lower = {each.lower(): each for each in known}
    near = [lower[each] for each in get_close_matches(name.lower(), lower, n=2)]
    meant = f"did you mean {' or '.join(near)}? " if near else ""
    return f"{meant}{'There' if meant else 'there'} are {', '.join(known)}"
