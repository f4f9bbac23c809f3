"""Own copies of packages: each node's, in each of its lives, of what keeps its state in modules."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from importlib import import_module
from types import ModuleType

from splitbrain.cluster.host.library.patches import apply_to_copies
from splitbrain.errors import ScenarioError


class Isolation:
    """The modules of ``packages`` as one incarnation has them: imported anew for it, and in `sys.modules` while its code runs.

    What is shared is put back afterwards, so that nobody else sees these. Patches apply to each copy. It costs the import once more
    for each start of a node, and some microseconds for each input. Modules written in C keep what they share all the same.
    """

    def __init__(self, packages: Iterable[str]) -> None:
        self._names = tuple(packages)
        self._within = tuple(f"{name}." for name in self._names)
        for name in self._names:
            if "." in name:
                top = name.partition(".")[0]
                raise ScenarioError(
                    f"isolate={name!r} is a part of a package, which others would reach through {top!r} all the same; "
                    f"isolate the whole of it: isolate = ({top!r},)"
                )
        self._own: dict[str, ModuleType] = {}
        self._shared: dict[str, ModuleType] = {}
        self._depth = 0
        self._seen = (-1, [""])  # how many modules there were at the last look outside, and which of them are of the packages

    def enter(self) -> None:
        """Let these be the modules of the process."""
        self._depth += 1
        if self._depth > 1:  # within itself: they are in place
            return
        modules = sys.modules
        if self._seen[0] != len(modules):  # to look through all of them at each input would take longer than all else
            self._seen = len(modules), self._present()
        self._shared = {name: modules.pop(name) for name in self._seen[1] if name in modules}
        modules.update(self._own)
        if not self._own:
            self._import()
        self._inside = len(modules)

    def leave(self) -> None:
        """Put back what all others share."""
        self._depth -= 1
        if self._depth:
            return
        modules = sys.modules
        if self._inside != len(modules):
            self._own = {name: modules[name] for name in self._present()}
        for name in self._own:
            modules.pop(name, None)
        modules.update(self._shared)

    def _import(self) -> None:
        try:
            for name in self._names:
                import_module(name)
            apply_to_copies(self._names)
            self._own = {name: sys.modules[name] for name in self._present()}
        except BaseException:
            self._inside = -1
            self.leave()
            raise

    def _present(self) -> list[str]:
        names, within = self._names, self._within
        return [name for name in sys.modules if name in names or name.startswith(within)]
