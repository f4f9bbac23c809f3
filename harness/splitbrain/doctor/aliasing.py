"""What has happened may not change afterwards: a trace's encodings as they were, to compare with what they are later."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice

from splitbrain.errors import EncodingError, ScenarioError
from splitbrain.events import Event, Failed, Observed, Replied, Requested, Sent, Wrote
from splitbrain.trace.encoding import encode
from splitbrain.trace.values import Show

_LARGE = 10_000  # bytes: what is below that costs nobody anything
_FAILED = {"raised": "raised an exception", "hung": "never stopped", "malformed": "broke the contract"}


class Audit:
    """Follows one trace; calls ``complain`` with what no trace may hold: breaches, what cannot be encoded, what has changed;
    and ``weigh`` with what large things there are, and how many bytes each takes.
    """

    def __init__(
        self, complain: Callable[[str], None], show: Show | None, weigh: Callable[[str, int], None] = lambda _, __: None
    ) -> None:
        self._complain = complain
        self._show = show
        self._weigh = weigh
        self._seen: list[tuple[Event, bytes | None]] = []

    def look(self, events: list[Event]) -> None:
        """Encode what has happened since the last look."""
        for event in islice(events, len(self._seen), None):
            line = self._encoded(event)
            self._seen.append((event, line))
            if line is not None and len(line) > _LARGE:
                self._weigh(_what(event), len(line))
            if isinstance(event, Failed):
                self._complain(failure(event))

    def look_back(self) -> None:
        """Encode everything again."""
        for event, line in self._seen:
            if line is not None and self._encoded(event) != line:
                self._complain(
                    f"{_what(event)} was changed later: a node must not change what it sent, wrote, said or received; copy it"
                )

    def _encoded(self, event: Event) -> bytes | None:
        try:
            return encode([event], self._show)[0]
        except EncodingError as error:
            self._complain(str(error).partition(": ")[2])  # without the step
        except ScenarioError as error:  # a `show` that raises
            self._complain(str(error))
        return None


def failure(event: Failed) -> str:
    """How a node broke the contract, whichever it was."""
    return f"a node {_FAILED.get(event.how, event.how)}: {event.detail}"


def _what(event: Event) -> str:
    match event:
        case Sent():
            return f"a {event.kind} message that was sent"
        case Wrote():
            return f"the value that was written under {event.key!r}"
        case Observed():
            return f"a {type(event.observation).__name__} that was observed"
        case Replied() | Requested():
            return "a reply or a command of a client"
        case _:
            return f"a {type(event).__name__}"
