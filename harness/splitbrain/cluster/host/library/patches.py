"""Stand-ins for the clock, the dice and the attributes of the node that runs, and what puts them in place of a module's globals."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from types import ModuleType
from typing import Any

from splitbrain.cluster.host.library.life import HERE, Life
from splitbrain.errors import ScenarioError

_patches: dict[str, dict[str, Any]] = {}  # of each module what stands where


class StandIn:
    """Stands for a thing of the node that runs: to call it is to call that, and its attributes are that one's."""

    def __init__(self, name: str, thing: Callable[[Life], Any], doc: str = "") -> None:
        self._name = name
        self._thing = thing
        if doc:
            self.__doc__ = doc

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        return self._now()(*arguments, **named)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(f"{self._name} has no attribute {name!r}")
        if HERE.life is None:  # it is to be put in place of what a module has by ``from random import choice``, say
            return StandIn(f"{self._name}.{name}", lambda life: getattr(self._thing(life), name))
        return getattr(self._now(), name)

    def __getitem__(self, key: Any) -> Any:
        return self._now()[key]

    def __setitem__(self, key: Any, value: Any) -> None:
        self._now()[key] = value

    def __iter__(self) -> Iterator[Any]:
        return iter(self._now())

    def __len__(self) -> int:
        return len(self._now())

    def __contains__(self, item: object) -> bool:
        return item in self._now()

    def __bool__(self) -> bool:
        return bool(self._now())

    def __repr__(self) -> str:
        return f"<{self._name} of the node that runs>"

    def _now(self) -> Any:
        life = HERE.life
        if life is None:
            raise ScenarioError(
                f"{self._name} was used where no node runs: it stands for what the node has whose code runs, and there is none; "
                "use it in a Library's handlers and in what they call, in the same thread"
            )
        return self._thing(life)


class NodeStandIn:
    """The library node whose code runs, for `patch`: ``NODE.name`` stands for its attribute, looked up whenever that is used.

    Where no node runs, its use raises `ScenarioError`.
    """

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(f"NODE has no attribute {name!r}")
        return StandIn(f"NODE.{name}", lambda life: getattr(life.node, name))

    def __repr__(self) -> str:
        return "<the node that runs>"


CLOCK = StandIn(
    "CLOCK",
    lambda life: life.clock,
    """The clock of the library node whose code runs, for `patch`: called, it tells seconds, and it has what the module `time` has.

    That is ``time() monotonic() perf_counter() time_ns() monotonic_ns() perf_counter_ns()``, which are all the same clock, and
    ``sleep(seconds)``, which puts it forward. Where no node runs it raises `ScenarioError`.
    """,
)
RANDOM = StandIn(
    "RANDOM",
    lambda life: life.dice,
    """The dice of the library node whose code runs, for `patch`: called, it is ``random()``, and it has what that module has.

    Where no node runs it raises `ScenarioError`.
    """,
)
NODE = NodeStandIn()


def patch(module: str, /, **globals_: Any) -> None:
    """Put something in place of a module's globals, for good: the clock, the dice, or an attribute of the node that runs.

        import sched  # which reads the clock that it has as `_time`

        patch("sched", _time=CLOCK)

        class Alarm(Library):
            def start(self):
                self.alarms = sched.scheduler(sched._time)
                self.alarms.enter(0.3, 1, self.send, (self.peers[0], "wake up"))
                self.set_timer("due", 300, 300)

            def timeout(self, timer):
                self.alarms.run(blocking=False)

            def receive(self, sender, message):
                self.observe(observations.Decided(message))

        ALARMS = Scenario(name="alarms", factory=Alarm, invariants=(KeepsContract,))
        schedule = (actions.Fire("n1", "due"), actions.Deliver("n1", "n2", "str"))
        print(run(Setup(ALARMS, 2), schedule, keep=True).events[-1].observation)  # Decided(value='wake up')

    The names are those by which the module's own text calls things: ``now=CLOCK`` where it has ``from time import monotonic as
    now``, ``random=RANDOM`` where it has ``import random``, ``choice=RANDOM.choice`` for ``from random import choice``,
    ``open=NODE.open_file`` for a method of the node's. Where a package is
    isolated (`Library.isolate`), each copy is patched. Raises `ScenarioError` for a module that cannot be imported, and for a name
    that it does not have.
    """
    target = _imported(module)
    for name, thing in globals_.items():
        if not hasattr(target, name) and not hasattr(builtins, name):
            raise ScenarioError(
                f"patch({module!r}, {name}=...), but the module has no {name!r}, so that nobody would see that; "
                "name the module in whose text the name is used, as it is used there"
            )
        setattr(target, name, thing)
    _patches.setdefault(module, {}).update(globals_)


def apply_to_copies(packages: Iterable[str]) -> None:
    """Patch the modules of these packages that are imported now, as `patch` did with those that all share."""
    for package in packages:
        for module, things in _patches.items():
            if module == package or module.startswith(f"{package}."):
                target = import_module(module)
                for name, thing in things.items():
                    setattr(target, name, thing)


def _imported(module: str) -> ModuleType:
    try:
        return import_module(module)
    except (ImportError, ValueError) as error:  # no name at all is a ValueError
        raise ScenarioError(
            f"patch({module!r}, ...), but that cannot be imported: {error}; name a module as `import` does"
        ) from error
