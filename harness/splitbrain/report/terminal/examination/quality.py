"""What a hunt of a scenario is worth: what its nodes ask of the real world, their speed, what came up, and who judges."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from splitbrain.report.terminal.examination.part import Part, listed, place
from splitbrain.report.values import counted
from splitbrain.trace.readable import clip

if TYPE_CHECKING:
    from splitbrain.doctor.examination.escapes import Escape
    from splitbrain.doctor.examination.exercise import Exercise
    from splitbrain.doctor.examination.lines import Gap
    from splitbrain.doctor.examination.speed import Speed
    from splitbrain.doctor.weakenings.records import Weakened

_ROWS = 12  # of escapes, or of lines: the rest is counted
_TEXT = 60  # columns of a line of code
_HOT = 0.5  # share of the time from which on the nodes' own code is worth a look
_WARM = 0.05  # share from which on one function is worth a word
_ASKS = {
    "clock": "a real clock",
    "chance": "chance that no seed decides",
    "thread": "a thread, which runs when it likes",
    "process": "another process",
    "socket": "the network",
    "file": "the file system",
    "environment": "what is another one in every process",
    "identity": "an address in memory",
}


def escapes(seen: Sequence[Escape]) -> Part:
    """Where the real world is asked."""
    if not seen:
        return Part("escapes", "ok", ["No call of a clock, chance, thread, file, socket or other process was seen."])
    places = [f"{place(each.file, each.line)}, in {each.function}: {each.what}, {counted(each.times, 'time')}" for each in seen]
    kinds = listed([_ASKS[kind] for kind in dict.fromkeys(each.kind for each in seen)])
    more = [f" ... and {len(places) - _ROWS:,} more places"] if len(places) > _ROWS else []
    return Part(
        "escapes",
        "warning",
        [f"The schedule does not decide what comes of these; they ask {kinds}:", *(f" {each}" for each in places[:_ROWS]), *more],
        "take time from timers (SetTimer), chance and settings from options, and redirect what a library calls by "
        "splitbrain.patch; what is only logged does no harm",
    )


def speed(pace: Speed, failed: str | None) -> Part:
    """How fast it is, and whose code takes the time. failed: why the attacks could not go on."""
    if failed is not None:
        return Part("speed", "unknown", [f"The attacks could not go on: {failed}"])
    if pace.seconds <= 0 or not pace.steps:
        return Part("speed", "unknown", ["Too little happened to tell."])
    rate, each = pace.steps / pace.seconds, 1000 * pace.seconds / pace.runs
    long = counted(round(pace.steps / pace.runs), "step")
    lines = [f"{rate:,.0f} steps a second of CPU; {each:,.1f} ms a run, of {long}; from {counted(pace.runs, 'run')}."]
    if pace.asleep:
        lines.append(f"Besides, {pace.asleep:.1f} s were spent waiting: nodes sleep, or wait for somebody.")
    if pace.shares:
        told = listed([f"{share:.0%} in the {part}" for part, share in pace.shares.items()])
        lines.append(f"Of the time {told}.")
    hottest = [f"{each.function} ({place(each.file, each.line)}) {each.share:.0%}" for each in pace.hottest if each.share >= _WARM]
    if hottest:
        lines.append(f"Of the nodes' functions these take most: {', '.join(hottest)}.")
    slow = pace.shares.get("nodes", 0.0) >= _HOT or pace.asleep
    advice = "make the nodes faster where they take their time: a hunt finds more in as long" if slow else ""
    return Part("speed", "warning" if pace.asleep else "ok", lines, advice)


def exercise(done: Exercise) -> Part:
    """What never happened."""
    ran = "" if done.share is None else f"{done.share:.0%} of the node's own lines ran. "
    if done.complete:
        return Part("exercised", "ok", [f"{ran}All handlers, messages, observations and faults came up."])
    lines = [f"{ran}What never happened:"]
    lines += [f"- {each.what}{f' ({each.advice})' if each.advice else ''}" for each in done.idle]
    rows = list(_rows(done.lines))
    if rows:
        lines += [f"- {counted(len(done.lines), 'part')} of the code never ran:"]
        lines += [f"   {row}" for row in rows[:_ROWS]]
        lines += [f"   ... and {len(rows) - _ROWS:,} more"] if len(rows) > _ROWS else []
    return Part(
        "exercised",
        "warning" if done.idle else "ok",
        lines,
        "what never happens is not tested: let Scenario.options, operations, workload and budget bring it about, or delete it"
        if done.idle
        else "",
    )


def invariants(noticed: Weakened) -> Part:
    """What the invariants noticed of weaker worlds."""
    lines = ["In weaker worlds:", *(f"- {row.told()}" for row in noticed.rows)]
    if noticed.problems:
        return Part(
            "invariants",
            "PROBLEM",
            [*lines, *(f"{each[:1].upper()}{each[1:]}." for each in noticed.problems)],
            "mend the invariants, and what they break on: a hunt is no better than what judges it",
        )
    unnoticed = any(row.applies and row.noticed is None for row in noticed.rows)
    advice = "ask what your nodes promise of a world in which nobody noticed a difference, and let an invariant say that"
    return Part("invariants", "warning" if unnoticed else "ok", lines, advice if unnoticed else "")


def _rows(gaps: Sequence[Gap]) -> Iterator[str]:
    """A row a gap; functions that follow each other, none of which was called, have one row together."""
    for (file, whole), group in groupby(gaps, key=lambda gap: (gap.file, gap.whole)):
        some = list(group)
        if whole:
            more = f" and {len(some) - 1} more" if len(some) > 1 else ""
            yield f"{place(file, some[0].first)}  never called: {some[0].function}{more}"
        else:
            for gap in some:
                last = f"-{gap.last}" if gap.last != gap.first else ""
                yield f"{place(file, gap.first)}{last}  {clip(gap.text, _TEXT)}"
