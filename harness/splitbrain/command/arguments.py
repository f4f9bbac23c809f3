"""What the arguments of several commands have in common: how numbers are read, and which hosts and limits there are."""

from __future__ import annotations

import argparse
from typing import Any

HOSTS = ("direct", "trio")
SECONDS = 60.0  # of a hunt that is given no limit


def names(what: str) -> dict[str, Any]:
    """An option that takes names of invariants, with commas between them, and as often as one likes."""
    return {"action": _Names, "default": (), "metavar": "NAME[,NAME]", "help": f"{what} (names of invariants)"}


class _Names(argparse.Action):
    def __call__(self, _: object, namespace: argparse.Namespace, values: Any, *__: object) -> None:
        """Add what is named to what was named before."""
        more = (name.strip() for name in values.split(",") if name.strip())
        setattr(namespace, self.dest, (*getattr(namespace, self.dest), *more))


def positive(text: str) -> float:
    """A number above 0."""
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not number > 0:
        raise argparse.ArgumentTypeError(f"{text} is not a positive number")
    return number


def count(text: str) -> int:
    """A whole number above 0."""
    number = _whole(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a positive whole number")
    return number


def natural(text: str) -> int:
    """A whole number, 0 or above."""
    number = _whole(text)
    if number < 0:
        raise argparse.ArgumentTypeError(f"{text} is not a whole number of at least 0")
    return number


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        return -1
