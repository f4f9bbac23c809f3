"""A read that no order explains, of a key to which no value is written twice: in the words of whoever asked, and by whom."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple, TypeAlias

from splitbrain.linearizability.values import as_asked, shown
from splitbrain.linearizability.verdict import Fault
from splitbrain.trace.history import Operation

NEVER: Final = 1 << 62
BEFORE: Final = -1  # everything


class Zone:
    """One value: from its first return to its last call. Moments are places in the log of its key.

    value: as it was written. write: None of what was there in the beginning. called: when that was asked for. first: the first
    return of its write and of the reads that found it, or NEVER; last: the last call. seen: whether a read has found it. refused:
    whether each attempt at the write was, so far.
    """

    __slots__ = ("called", "first", "last", "refused", "seen", "value", "write")

    def __init__(self, value: Any, write: Operation | None, called: int, first: int = NEVER) -> None:
        self.value = value
        self.write = write
        self.called = self.last = called
        self.first = first
        self.seen = self.refused = False


class Span(NamedTuple):
    """An operation that has returned, and its moments."""

    called: int
    returned: int
    operation: Operation


def never_written(key: Hashable, read: Operation, value: Any) -> Fault:
    """A read of what nobody had asked to write."""
    key = as_asked(key, read.command)
    return Fault(key, f"{_read(key, read, value)}, which nobody had asked to write", (read,), (value,))


def refused(key: Hashable, read: Operation, zone: Zone) -> Fault:
    """A read of what was never written: each attempt at it had been refused."""
    write, key = zone.write, as_asked(key, read.command)
    assert write is not None
    sentence = f"{_read(key, read, zone.value)}, but {_named(write, zone)} had no effect: every attempt at it was refused"
    return Fault(key, sentence, _by_call((read, write)), (zone.value,))


def overwritten(
    key: Hashable, read: Span, mine: Zone, others: Sequence[Zone], spans: Mapping[Zone, Sequence[Span]], stale: int
) -> Fault:
    """A read of a value after which others had come before it was called.

    mine: the zone of that value. others: of some of those, to choose from. spans: what has returned so far, of each of these
    values; of ``mine``, all but the read. stale: how many had come.
    """
    _, other, proof = min((_proof(read, mine, other, spans) for other in others), key=lambda found: found[0])
    key = as_asked(key, read.operation.command)
    what = "the initial value, which" if mine.write is None else "which"
    claim = f"{_read(key, read.operation, mine.value)}, {what} had been overwritten"
    sentence = _sentence(claim, _who(read.operation), mine, other, proof)
    operations = {span.operation: None for span in (*proof, read) if span is not None}
    return Fault(key, sentence, _by_call(operations), (mine.value, other.value), stale)


Proof: TypeAlias = tuple[Span | None, Span, Span]


def _proof(read: Span, mine: Zone, other: Zone, spans: Mapping[Zone, Sequence[Span]]) -> tuple[tuple[int, ...], Zone, Proof]:
    """That ``other`` came after ``mine`` and before the read was called: by few operations, and rather by writes than by reads.

    An operation of ``mine`` (None of the initial value), one of ``other`` that was called after that had returned, or of a write
    that was, and one of ``other`` that had returned before the read was called: the same, where one tells both.
    """
    over = spans[other]
    early = [span for span in over if span.returned < read.called]
    both = [span for span in early if mine.first < max(span.called, other.called)]
    first = late = min(both or early, key=lambda span: (span.operation is not other.write, span.returned))
    if not both:
        late = max(over, key=lambda span: span.called)
    before = None
    if mine.write is not None:
        after = max(late.called, other.called)
        before = min(
            (span for span in spans[mine] if span.returned < after),
            key=lambda span: (span.operation is not mine.write, span.returned),
        )
    reads = (first.operation is not other.write) + (before is not None and before.operation is not mine.write)
    return (first is not late, reads, first.returned), other, (before, late, first)


def _sentence(claim: str, reader: str, mine: Zone, other: Zone, proof: Proof) -> str:
    before, late, first = proof
    done = None if before is None else _done(before, mine)
    if first is late and first.operation is other.write:
        after = "" if before is None or before.operation is mine.write else f", called after {done},"
        return f"{claim} by {_named(first.operation, other)}{after} before {reader} asked"
    told = f"{claim} before {reader} asked: {_done(first, other)} by then"
    if before is None:
        return told
    if late.called < before.returned:
        assert other.write is not None
        return f"{told}, and {_named(other.write, other)} was called after {done}"
    again = "" if first is late else f" {_who(late.operation)}, which read it,"
    return f"{told}, and{again} had asked after {done}"


def _done(span: Span, zone: Zone) -> str:
    if span.operation is zone.write:
        return f"{_named(span.operation, zone)} had returned"
    return f"{_who(span.operation)} had read {shown(zone.value)}"


def _named(write: Operation, zone: Zone) -> str:
    name = write.command[0] if isinstance(write.command, (tuple, list)) else None
    return f"{_who(write)}'s {name if isinstance(name, str) else 'write'} of {shown(zone.value)}"


def _read(key: Hashable, read: Operation, value: Any) -> str:
    return f"{_who(read)} read {'' if key is None else f'{shown(key)} = '}{shown(value)}"


def _who(operation: Operation) -> str:
    """The session; who has none asks once, and its request names it."""
    return operation.session or operation.id


def _by_call(operations: Iterable[Operation]) -> tuple[Operation, ...]:
    return tuple(sorted(operations, key=lambda operation: operation.called))
