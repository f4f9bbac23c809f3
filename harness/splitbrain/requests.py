"""How clients' requests are called: those of a session are numbered."""

from __future__ import annotations

import re

from splitbrain.node import RequestId

DIGITS = 18  # that the number of a session's operation has at most
_NUMBERED = re.compile(rf"(.+)\.([1-9][0-9]{{0,{DIGITS - 1}}})")  # an operation of a session: "s2.3"


def number_in_session(request: RequestId, session: str | None = None) -> int | None:
    """The n of a request that is called ``<session>.<n>``, of any session, if none is given; None where it is called otherwise.

    A number has at most `DIGITS` digits, and none in front that is 0.
    """
    match = _NUMBERED.fullmatch(request)
    return int(match[2]) if match is not None and session in (None, match[1]) else None
