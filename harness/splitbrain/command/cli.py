"""The command line: new, doctor, hunt, replay, shrink, show, check, bugs, score; and how an error becomes an exit code.

Exit codes: 0 clean, fixed or linearizable, 1 a violation (a node that raises is one), 2 bad usage or input, 3 diverged, vacuous,
nondeterministic or inconclusive, 130 interrupted, whatever was found by then.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from splitbrain.command.exits import BAD_INPUT, DIVERGED
from splitbrain.command.interrupt import Interrupt, came_of_it


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    interrupt = Interrupt(net=arguments is None)
    interrupt.as_json = "--json" in (sys.argv if arguments is None else arguments)  # known before the arguments are read
    try:
        # As a program, Ctrl-C is answered from here on: all else is imported later.
        interrupt.spread()
        from splitbrain.command.streams import sturdy  # noqa: PLC0415

        with sturdy():
            try:
                return _run(arguments, interrupt)
            except BaseException as error:
                if not came_of_it(error) and not interrupt.heard():
                    raise
                return interrupt.end()
    except KeyboardInterrupt:  # before there were streams to speak of, or behind them
        return interrupt.end()


def _run(arguments: Sequence[str] | None, interrupt: Interrupt) -> int:
    from pathlib import Path  # noqa: PLC0415

    from splitbrain.command.parser import parser  # noqa: PLC0415
    from splitbrain.errors import NondeterminismError, SplitbrainError  # noqa: PLC0415

    options = parser().parse_args(arguments)
    options.interrupt = interrupt
    if arguments is None:
        # As with `python -m`: a scenario's nodes may import their neighbours at any time.
        sys.path.insert(0, str(Path.cwd()))
    try:
        return int(options.command(options))
    except SplitbrainError as error:
        if came_of_it(error) or interrupt.heard():
            raise
        shaky = isinstance(error, NondeterminismError)
        if getattr(options, "json", False):
            import json  # noqa: PLC0415

            from splitbrain.report.objects.hunt import failed  # noqa: PLC0415

            outcome = {"outcome": "nondeterministic"} if shaky else {}
            interrupt.final(json.dumps(failed(options, str(error)) | outcome))
        print(f"splitbrain: {error}", file=sys.stderr)
        return DIVERGED if shaky else BAD_INPUT


if __name__ == "__main__":
    raise SystemExit(main())
