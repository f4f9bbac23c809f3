"""An explanation as `hunt --json` and `replay --json` print it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from splitbrain.counterexample.explanation import Explanation
    from splitbrain.events import Event
    from splitbrain.trace.values import Show


def explained(explanation: Explanation | None, show: Show | None = None) -> dict[str, Any] | None:
    """Why an invariant broke: all numbers are of steps; events are told in words, for what they hold may be anything.

    show: the scenario's.
    """
    if explanation is None:
        return None
    from splitbrain.report.wording import words  # noqa: PLC0415
    from splitbrain.trace.readable import showing  # noqa: PLC0415

    def told(events: Iterable[Event]) -> list[str]:
        with showing(show):
            return [words(event) for event in events]

    meeting, nearest = explanation.meeting, explanation.nearest
    return {
        "witnesses": [
            {"phrase": each.phrase, "nodes": list(each.nodes), "steps": list(each.steps)} for each in explanation.witnesses
        ],
        "chains": [list(chain) for chain in explanation.chains],
        "meeting": None
        if meeting is None
        else {"node": meeting.node, "first": meeting.first, "then": meeting.then, "between": list(meeting.between)},
        "repeated": [
            {"from": each.last.sender, "to": list(each.receivers), "kind": each.last.kind, "count": each.count}
            for each in explanation.repeated
        ],
        "nearest": None
        if nearest is None
        else {
            "left_out": nearest.left_out,
            "crash_only": nearest.crash_only,
            "fallen": list(nearest.fallen),
            "step": nearest.step,
            "lost": told(nearest.lost),
            "new": told(nearest.new),
        },
        "trouble": explanation.trouble,
    }
