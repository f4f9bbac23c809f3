"""Traffic: what was set, sent, delivered, said and done in runs whose traces were kept, to see what never was."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from splitbrain.actions import Action, Deliver, Fire, Operate
from splitbrain.events import Acted, Event, Requested, Sent, TimerSet, Wrote


@dataclass
class Traffic:
    """By name, how often each timer was set, and fired; each kind of message sent, and delivered; each operation done.

    Names that differ in their numbers alone are one, with # for each number. messages: the types of all that was sent.
    """

    set: Counter[str] = field(default_factory=Counter)
    fired: Counter[str] = field(default_factory=Counter)
    sent: Counter[str] = field(default_factory=Counter)
    delivered: Counter[str] = field(default_factory=Counter)
    operated: Counter[str] = field(default_factory=Counter)
    requested: int = 0
    wrote: int = 0
    messages: Counter[type] = field(default_factory=Counter)

    def look(self, events: Iterable[Event]) -> None:
        """Count what is in a trace."""
        for event in events:
            match event:
                case Sent():
                    self.sent[_plain(event.kind)] += 1
                    self.messages[type(event.message)] += 1
                case TimerSet():
                    self.set[_plain(event.timer)] += 1
                case Requested():
                    self.requested += 1
                case Wrote():
                    self.wrote += 1
                case Acted():
                    self._done(event.action.input)
                case _:
                    pass

    def _done(self, action: Action) -> None:
        match action:
            case Deliver():
                self.delivered[_plain(action.kind)] += 1
            case Fire():
                self.fired[_plain(action.timer)] += 1
            case Operate():
                self.operated[action.operation] += 1
            case _:
                pass


def _plain(name: str) -> str:
    return re.sub(r"\d+", "#", name)
