"""The floor plan, as data: which rooms there are, in which order, and what may be carried into each.

A room is a folder, or modules of one that stand above or below the rest of it. A room may import itself and all rooms below it;
rooms on one floor do not import each other. No module may import in a circle, whatever its room.
"""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCES = {"splitbrain": ROOT / "harness", "splitbrain_protocols": ROOT / "protocols", "splitbrain_invariants": ROOT / "invariants"}
MODULES = sorted(
    path for package, root in SOURCES.items() for path in (root / package).rglob("*.py") if "templates" not in path.parts
)

# From the top down; a room is named by the longest prefix of its modules.
FLOORS = (
    ("splitbrain_protocols.museum", "splitbrain_protocols.hosted"),
    ("splitbrain_protocols.raft.kv.scenario",),
    ("splitbrain_protocols.raft.scenario", "splitbrain_protocols.paxos.scenario"),
    ("splitbrain_protocols.raft.kv",),
    ("splitbrain_protocols.raft.node",),
    ("splitbrain_protocols.raft.extensions",),
    ("splitbrain_protocols.raft.core", "splitbrain_protocols.paxos"),
    ("splitbrain_protocols.raft",),  # its docstring
    ("splitbrain_protocols.quorum",),
    ("splitbrain_protocols",),
    ("splitbrain_invariants",),  # its face: the names of all
    ("splitbrain_invariants.consensus", "splitbrain_invariants.raft", "splitbrain_invariants.paxos"),
    ("splitbrain_invariants.clients",),
    ("splitbrain_invariants.witnesses",),
    ("splitbrain_invariants.configurations", "splitbrain_invariants.acceptors"),
    ("splitbrain_invariants.replica", "splitbrain_invariants.key", "splitbrain_invariants.quorums"),
    ("splitbrain.command.cli",),
    ("splitbrain.command.parser",),
    ("splitbrain.command.verbs",),
    ("splitbrain.command", "splitbrain.testing", "splitbrain.beginning"),
    ("splitbrain.report.terminal.examination",),
    ("splitbrain.report.terminal",),
    ("splitbrain.report",),
    ("splitbrain.search",),
    ("splitbrain.doctor.examination",),
    ("splitbrain.counterexample", "splitbrain.doctor"),
    ("splitbrain.counterexample.minimiser",),
    ("splitbrain.elsewhere",),
    ("splitbrain.nemesis.portfolio",),
    ("splitbrain.nemesis.strategies",),
    ("splitbrain.nemesis", "splitbrain.schedule"),
    ("splitbrain.world",),
    ("splitbrain.cluster.cluster", "splitbrain.catalogue", "splitbrain.filed"),
    ("splitbrain.cluster.host",),
    ("splitbrain.cluster",),
    ("splitbrain.linearizability.checker", "splitbrain.linearizability.files"),
    ("splitbrain.linearizability.alternatives",),
    ("splitbrain.linearizability.search",),
    ("splitbrain.linearizability",),
    ("splitbrain.trace",),
    ("splitbrain.exhibit",),
    ("splitbrain.scenario",),
    ("splitbrain.declared",),
    ("splitbrain",),  # the words: what stands at the root
)
# The three packages are a house each; the harness knows neither of the others, and they know of it only its words.
WORDS = {"splitbrain.node", "splitbrain.observations", "splitbrain.events", "splitbrain.invariant"}
VISITS = {
    "splitbrain": set(),
    "splitbrain_invariants": {*WORDS, "splitbrain.trace.history", "splitbrain.linearizability"},
    "splitbrain_protocols": {"splitbrain.node", "splitbrain.observations"},
    # A scenario, and an exhibit, names what attacks it and what must hold.
    "splitbrain_protocols.raft.scenario": {"splitbrain.observations", "splitbrain.scenario", "splitbrain_invariants"},
    "splitbrain_protocols.raft.kv.scenario": {
        "splitbrain.scenario",
        "splitbrain.linearizability",
        "splitbrain_invariants",
    },
    "splitbrain_protocols.paxos.scenario": {
        "splitbrain.observations",
        "splitbrain.scenario",
        "splitbrain.exhibit",
        "splitbrain_invariants",
    },
    "splitbrain_protocols.hosted": {"splitbrain", "splitbrain_invariants"},  # by the public face, as any user's
    "splitbrain_protocols.museum": {
        "splitbrain.node",
        "splitbrain.observations",
        "splitbrain.budget",
        "splitbrain.scenario",
        "splitbrain.exhibit",
        "splitbrain_invariants",
    },
}


def name_of(path: Path) -> str:
    """The dotted name of a module."""
    root = next(root for root in SOURCES.values() if path.is_relative_to(root))
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


NAMES = {name_of(path): path for path in MODULES}


def imports(source: str, name: str, package: bool = False) -> list[tuple[int, str]]:
    """Every module that a source imports, inside functions too, and by name: (line, dotted name)."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            up = name.split(".")[: len(name.split(".")) - node.level + package] if node.level else []
            base = ".".join([*up, *([node.module] if node.module else [])])
            found += [(node.lineno, f"{base}.{alias.name}") for alias in node.names]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in NAMES and "." in node.value:
            found.append((node.lineno, node.value))  # for import_module, or a look-up in sys.modules
    return found


def imports_of(path: Path) -> list[tuple[int, str]]:
    """The imports of one of our modules."""
    return imports(path.read_text(encoding="utf-8"), name_of(path), path.name == "__init__.py")


def module_of(name: str) -> str | None:
    """Which of our modules an imported name is, or is in."""
    while name:
        if name in NAMES:
            return name
        name = name.rpartition(".")[0]
    return None


def under(name: str, allowed: object) -> bool:
    """Whether a module is one of these, or in one."""
    return any(name == each or name.startswith(f"{each}.") for each in allowed)  # type: ignore[attr-defined]


def longest(name: str, prefixes: object) -> str:
    """The prefix that says most of a module."""
    return max((each for each in prefixes if under(name, (each,))), key=len)  # type: ignore[attr-defined]


def floor(name: str) -> tuple[int, str]:
    """How high a module's room is (0 is the ground), and which it is."""
    rooms = {room: height for height, floor in enumerate(reversed(FLOORS)) for room in floor}
    room = longest(name, rooms)
    return rooms[room], room


@cache
def arrows() -> dict[str, dict[str, int]]:
    """For each module the others of ours that it imports, with the line. The lazy face of the harness imports nothing."""
    found: dict[str, dict[str, int]] = {}
    for name, path in NAMES.items():
        lines = {} if name == "splitbrain" else {to: line for line, to in imports_of(path)}
        inner = {module: line for to, line in lines.items() if (module := module_of(to)) is not None}
        found[name] = {module: line for module, line in inner.items() if module != name}
    return found
