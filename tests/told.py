"""What clients ask and are told, in traces written by hand."""

from splitbrain.events import Replied, Requested
from splitbrain.linearizability.model import UNKNOWN, Model
from splitbrain.node import Refused


class Cells(Model):
    """Cells by name, which hold 0 at first: ``("get", name)`` and ``("put", name, value)``."""

    initial = 0

    def key(self, command):
        return command[1]

    def step(self, state, command, result):
        match command:
            case ("get", _):
                return state if result is UNKNOWN or result == state else None
            case ("put", _, value):
                return value
        raise ValueError(f"cells know get and put, and not {command!r}")

    def zone(self, command, result):
        match command:
            case ("get", _):
                return "read", result
            case ("put", _, value):
                return "write", value
        return None


def asks(node, request, *command, calm=False):
    """A client asks a node, or asks again; the session is in the request's name."""
    session = request.partition(".")[0] if "." in request else None
    return lambda step: Requested(step, node, request, command, calm, session)


def told(node, request, result=True):
    """A node answers."""
    return lambda step: Replied(step, node, request, result)


def refused(node, request):
    """A node refuses."""
    return lambda step: Replied(step, node, request, Refused())


def numbered(happenings):
    """The happenings as events, from step 1."""
    return [each(step) if callable(each) else each for step, each in enumerate(happenings, 1)]
