"""A strategy: sees what is enabled and what was observed, and chooses the next action."""

from __future__ import annotations

from typing import ClassVar

from splitbrain.actions import Action
from splitbrain.nemesis.moves import Moves


class Strategy:
    """Attacks one world, through its moves; made anew for each run. All randomness is that of ``moves.dice``.

    What is enabled is in ``moves.world``, or in the proposals of ``moves``; what was observed is in ``moves.picture``.
    """

    name: ClassVar[str] = ""

    def __init__(self, moves: Moves) -> None:
        self.moves = moves

    def choose(self) -> Action | None:
        """The next action, which must be enabled; None: nothing this time. A run of these ends the run."""
        raise NotImplementedError
