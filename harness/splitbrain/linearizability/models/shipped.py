"""What the shipped models have in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from splitbrain.linearizability.model import Model, Want
from splitbrain.linearizability.values import shown, spoken

NEVER: Final[Want] = (lambda _: False, lambda _: False)  # of an answer that nothing which is asked can bring about


class Shipped(Model):
    """What the shipped models have in common: a name for what they are, and the commands that they know."""

    noun: ClassVar[str] = ""
    knows: ClassVar[str] = ""
    begins: ClassVar[str] = "any value"  # what `initial` may be, as a history file has it

    def unknown(self, command: Any) -> ValueError:
        """That a command is none of these."""
        return ValueError(f"a {self.noun} knows {self.knows}, and not {spoken(command)}")

    def no_beginning(self, initial: Any) -> ValueError:
        """That it cannot begin with that."""
        return ValueError(f"a {self.noun} begins with {self.begins}, and not with {shown(initial)}")

    def misfit(self, command: Any, result: Any) -> str | None:  # noqa: ARG002 - for who overrides it
        """What an answer to a command is, in words, where ``result`` is none, whatever the state; None where it is one."""
        return None


def done(line: Mapping[str, Any], *names: str) -> bool:
    """Whether what was asked was done, by the first of these names of which a line says anything; true where it says nothing.

    Raises `ValueError` for what is neither true nor false: nobody can tell what "no" or 0 is to whoever wrote it.
    """
    for name in names:
        said = line.get(name)
        if said is not None:
            if type(said) is not bool:
                raise ValueError(f"`{name}` is {said!r:.40}, which is neither true nor false")
            return said
    return True
