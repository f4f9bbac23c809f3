"""A model: what one copy of the service does, one operation at a time, without any concurrency."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from enum import Enum
from typing import Any, Final, Literal, TypeAlias


class _Unknown(Enum):
    """The result of an operation of which nobody knows it: the client had no answer."""

    UNKNOWN = "unknown"

    def __repr__(self) -> str:
        return "UNKNOWN"


Want: TypeAlias = tuple[Callable[[Any], bool], Callable[[Any], bool]]  # of a state; of a command
Zoned: TypeAlias = tuple[Literal["write", "read"], Any]

UNKNOWN: Final = _Unknown.UNKNOWN  # the result of an operation of which nobody knows it: any will do


class Model:
    """What the service is to look like to its clients: a state, and which result each command may have in it.

        class Stack(Model):
            initial = ()

            def step(self, state, command, result):
                match command:
                    case ("push", value):
                        return (*state, value)
                    case ("pop",):
                        top = state[-1] if state else None
                        return state[:-1] if result is UNKNOWN or result == top else None
                raise ValueError(f"a stack knows push and pop, and not {command!r}")

    Only `step` is needed. `key` is for a state whose parts have nothing to do with each other: it is judged faster then; and `read`
    is for history files. initial: the state before all operations: any immutable, hashable value but None.
    """

    initial: Hashable = ()

    def step(self, state: Any, command: Any, result: Any) -> Any:
        """The state after ``command``, or None where it cannot have ``result`` in this ``state``.

        ``result`` is `UNKNOWN` where nobody knows it: then the state after it, if it happens here. Raises `ValueError` for a
        command that it does not know: None would say that the service answered wrongly.
        """
        raise NotImplementedError

    def key(self, command: Any) -> Hashable:  # noqa: ARG002 - for who overrides it
        """Which part of the state a command is about, where parts have nothing to do with each other; each begins as `initial`."""
        return None

    def zone(self, command: Any, result: Any) -> Zoned | None:  # noqa: ARG002 - for who overrides it
        """Where a command does no more than write a value, or find the one last written: ("write", value) or ("read", value).

        None of what does anything else. Where all that is asked of a key is one of both, and no value is written to it twice, nor
        one that a read finds where nothing was written, nothing has to be searched. What a command is does not depend on its
        result: that of a write does not matter, and that of a read is `UNKNOWN` where nobody knows it.
        """
        return None

    def wants(self, command: Any, result: Any) -> Sequence[Want]:  # noqa: ARG002 - for who overrides it
        """What has to be there for a command to have a result, to make a search faster: pairs (is_near, helps).

        is_near(state): whether the state may come to be one in which it has this result, without any command that helps.
        helps(command): whether that command may make it so, where it is not near. Both may say true where they do not know.
        """
        return ()

    def read(self, line: Mapping[str, Any]) -> tuple[Any, Any]:
        """The command and the result in one line of a history file."""
        raise NotImplementedError
