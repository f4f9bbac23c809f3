"""The replicated state machine: keys with their values, and for each session what it was told last. It knows nothing of Raft."""

from __future__ import annotations

from typing import Any

from splitbrain.node import RequestId


def session_of(request: RequestId) -> tuple[str, int]:
    """Whose operation it is, and which: "s2.3" is the third of session s2; any other id is the only one of a client of its own."""
    session, _, number = request.rpartition(".")
    return (session, int(number)) if session and number.isascii() and number.isdecimal() else (request, 1)


class Machine:
    """What all replicas do alike with the commands of a log: get, put, cas and delete, each exactly once.

    "The state machine tracks the latest serial number processed for each client, along with the associated response" (Raft, 8).
    One is enough, for a session asks for one thing at a time. (Sessions are never forgotten here; where they are, it has to be by
    the log, lest replicas differ: Ongaro's dissertation, 6.3.)
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.values: dict[Any, Any] = {}
        self.sessions: dict[str, tuple[int, Any]] = {}

    def is_known(self, request: RequestId) -> bool:
        """Whether it has been carried out: that one, or a later one of its session, which then had its answer (Raft, 8)."""
        session, number = session_of(request)
        last = self.sessions.get(session)
        return last is not None and number <= last[0]

    def recall(self, request: RequestId, command: Any) -> Any:  # noqa: ARG002 (a decision about that command)
        """The result that a known operation had when it was carried out (dissertation, 6.3): what has changed since is no matter.

        Of one before the session's last it is forgotten: None. Nobody waits for that any more.
        """
        session, number = session_of(request)
        last, result = self.sessions[session]
        return result if number == last else None

    def carry_out(self, request: RequestId, command: Any) -> Any:
        """Let an operation take effect, and remember that and its result, as one (Raft, 8)."""
        result = self.perform(command)
        self.remember(request, result)
        return result

    def remember(self, request: RequestId, result: Any) -> None:
        """It is the session's last from now on."""
        session, number = session_of(request)
        self.sessions[session] = (number, result)

    def perform(self, command: Any) -> Any:
        """The result of a command, and what it does to the values.

        ("get", key): the value, None where there is none. ("put", key, value), ("delete", key): True. ("cas", key, old, new):
        whether the value was ``old``, and is now ``new``; a None for ``old`` means that there is none.
        """
        match command:
            case ("get", key):
                return self.values.get(key)
            case ("put", key, value):
                self.values[key] = value
            case ("delete", key):
                self.values.pop(key, None)
            case ("cas", key, old, new):
                if self.values.get(key) != old:
                    return False
                self.values[key] = new
            case _:
                raise ValueError(
                    f"{command!r:.80} is no command of this store, which knows get, put, cas and delete; ask for these"
                )
        return True
