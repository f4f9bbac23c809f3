"""How short a schedule became, and what was left out of it, in a line each."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from splitbrain.counterexample.minimiser.minimised import Minimised


def minimisation_line(so_far: Minimised) -> str:
    """A minimisation so far."""
    return f"{len(so_far.smallest.actions):,} actions, {so_far.replays:,} runs, {so_far.seconds:.1f} s"


def size(best: Minimised) -> str:
    """How many actions are left, and whether that is minimal."""
    left = len(best.smallest.actions)
    if best.complete:
        return f"minimal: {left} actions"
    return f"smallest found so far: {left} actions ({'interrupted' if best.interrupted else 'out of time'})"


def effort(best: Minimised, of: int) -> str:
    """What became of a schedule of so many actions, and what that took."""
    return f"{size(best)}, from {of:,}, in {best.replays:,} runs and {best.seconds:.1f} s"


def removed(best: Minimised) -> str:
    """What minimising took away, by what took it; a plainer way to say it may have put an action in."""
    out = [f"{count:,} {what}" for what, count in best.removed.most_common() if count > 0]
    put_in = [f"{-count:,} {what}" for what, count in best.removed.items() if count < 0]
    text = f"left out {best.length - len(best.smallest.actions):,} actions{': ' if out else ''}{', '.join(out)}"
    return f"{text}; put in: {', '.join(put_in)}" if put_in else text
