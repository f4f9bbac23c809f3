"""The museum as a table."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.table import Table

    from splitbrain.exhibit import Exhibit

_CATCHERS = "caught by (shortest known)"
_BETWEEN = 8  # columns of the space around the columns
_LEAST = 20  # columns of a title


def bugs_table(exhibits: Iterable[Exhibit], width: int = 100) -> Table:
    """The museum, one line an exhibit, by protocol: its name, what is wrong, and which invariants may catch it."""
    from rich.box import SIMPLE_HEAD  # noqa: PLC0415 - rich is loaded by whoever prints
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    listed = list(exhibits)
    # A name is there to be typed, and so is shown whole; a title gives way.
    names = max((len(each.id) for each in listed), default=0)
    catchers = max(len(_CATCHERS), *(len(_caught(each)) for each in listed))
    titles = max(width - names - catchers - _BETWEEN, _LEAST)
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("bug", style="bold", no_wrap=True)
    table.add_column("what is wrong", no_wrap=True, max_width=titles)
    table.add_column(_CATCHERS, no_wrap=True)
    shown = ""
    for exhibit in listed:
        if shown and exhibit.protocol != shown:
            table.add_section()
        shown = exhibit.protocol
        table.add_row(Text(exhibit.id), Text(exhibit.title[:1].upper() + exhibit.title[1:]), Text(_caught(exhibit)))
    return table


def _caught(exhibit: Exhibit) -> str:
    if exhibit.control or not exhibit.invariant:
        return "nothing: a correct control"
    first, *others = exhibit.invariant
    shortest = f" ({exhibit.shortest[first]})" if first in exhibit.shortest else ""
    return f"{first}{shortest}" + (f", +{len(others)}" if others else "")
