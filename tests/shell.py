"""The command line as tests call it: in this process."""

from __future__ import annotations

import json

from splitbrain.command.cli import main


def run(capsys, *arguments):
    """Exit code, standard output, standard error."""
    try:
        code = main([str(argument) for argument in arguments])
    except SystemExit as exit_:
        code = exit_.code
    out, err = capsys.readouterr()
    return code, out, err


def hunt(capsys, *arguments):
    """Exit code, and what `hunt --json` prints."""
    code, out, _ = run(capsys, "hunt", *arguments, "--json")
    return code, json.loads(out)
