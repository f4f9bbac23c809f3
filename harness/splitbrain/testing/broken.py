"""What ends the body of a test when an invariant breaks."""

from __future__ import annotations

from splitbrain.world.run import Found


class Broken(BaseException):
    """An invariant broke: the body of the test ends here.

    It is no `Exception`, so that neither an ``except Exception`` in the body nor Hypothesis takes it for the test's own
    failure, to be run again and shrunk; whoever runs the body catches it. Where the body does not let it through, it is
    raised again at its end: see `Simulation.deciding`. raised: what came out of the body instead.
    """

    def __init__(self, found: Found, raised: BaseException | None = None) -> None:
        super().__init__(f"{found.violation.invariant} is broken: {found.violation.summary}")
        self.found = found
        self.raised = raised
