"""What this process does with warnings: a node that warns must fare elsewhere as it fares here, where a warning may be an error."""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from typing import Any

import msgspec

from splitbrain.catalogue.importing import attribute_of


class Filter(msgspec.Struct, frozen=True):
    """One of ``warnings.filters``; ``message`` and ``module`` are regular expressions, the category "module:NAME"."""

    action: str
    message: str | None
    category: str
    module: str | None
    line: int


def current() -> tuple[Filter, ...]:
    """Those of this process, the first to match first."""
    return tuple(
        Filter(action, _text(message), f"{category.__module__}:{category.__qualname__}", _text(module), line)
        for action, message, category, module, line in warnings.filters
        if isinstance(category, type)
    )


def install(filters: Sequence[Filter]) -> None:
    """Let these be this process' own, but for those of a category that is not to be had here."""
    warnings.resetwarnings()
    for each in reversed(filters):
        category = _category(each.category)
        if category is not None:
            action: Any = each.action
            warnings.filterwarnings(action, each.message or "", category, each.module or "", each.line)


def _text(pattern: re.Pattern[str] | str | None) -> str | None:
    return pattern.pattern if isinstance(pattern, re.Pattern) else pattern


def _category(name: str) -> type[Warning] | None:
    found = attribute_of(*name.split(":"))
    return found if isinstance(found, type) and issubclass(found, Warning) else None
