"""Who may import whom, as data (DESIGN: "Layout and arrows"); and what else every module keeps to."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("harness", "protocols", "invariants")
MODULES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))

# For each group of modules, by the longest matching prefix: which of our modules it may import.
ARROWS = {
    "harness": ("harness",),
    # harness.node for the types that events are made of, and for a client's Refused.
    "invariants": ("harness.events", "harness.observations", "harness.invariant", "harness.node", "invariants"),
    "protocols": ("harness.node", "harness.observations", "protocols"),
    # A scenario, and an exhibit, names what attacks it and what must hold.
    "protocols.paxos.scenario": ("harness.node", "harness.observations", "harness.scenario", "invariants", "protocols"),
    "protocols.raft.scenario": ("harness.node", "harness.observations", "harness.scenario", "invariants", "protocols"),
    "protocols.museum": ("harness.node", "harness.observations", "harness.scenario", "invariants", "protocols"),
}

# The standard library's and others' modules that only some of ours may import: all else would let chance or the real world in.
RESTRICTED = {
    "random": ("harness.dice", "harness.host.seam"),
    "time": ("harness.stopwatch",),
    "datetime": (),
    "uuid": (),
    "secrets": (),
    "socket": (),
    "threading": (),
    "asyncio": (),
    "trio": ("harness.host.trio_host", "harness.host.asynchronous", "harness.host.seam"),
    "hypothesis": ("harness.machine", "harness.profiles"),
    "pytest": ("harness.plugin", "harness.machine"),
    "rich": ("harness.report", "harness.cli", "harness.console", "harness.commands", "harness.bugs_command"),
}
# A protocol, and an invariant, is plain code over plain data.
PLAIN = {
    "__future__",
    "abc",
    "bisect",
    "collections",
    "dataclasses",
    "enum",
    "functools",
    "itertools",
    "math",
    "operator",
    "types",
    "typing",
    "msgspec",
}


def name_of(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(source, name, package=False):
    """Every module that a source imports, inside functions too, as (line, dotted name)."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            up = name.split(".")[: len(name.split(".")) - node.level + package] if node.level else []
            base = [*up, *([node.module] if node.module else [])]
            yield from ((node.lineno, ".".join([*base, alias.name])) for alias in node.names)


def imports_of(path):
    return imports(path.read_text(encoding="utf-8"), name_of(path), path.name == "__init__.py")


def under(name, allowed):
    return any(name == each or name.startswith(each + ".") for each in allowed)


def rule(name):
    return ARROWS[max((prefix for prefix in ARROWS if under(name, (prefix,))), key=len)]


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_imports_only_along_the_arrows(path):
    allowed = rule(name_of(path))
    wrong = [f"line {line}: {name}" for line, name in imports_of(path) if under(name, PACKAGES) and not under(name, allowed)]
    assert not wrong, f"{name_of(path)} may import only {', '.join(allowed)}"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_chance_and_the_real_world_come_in_through_their_own_modules_alone(path):
    name = name_of(path)
    wrong = [
        f"line {line}: {imported}"
        for line, imported in imports_of(path)
        if (top := imported.partition(".")[0]) in RESTRICTED and not under(name, RESTRICTED[top])
    ]
    assert not wrong


@pytest.mark.parametrize("path", [path for path in MODULES if name_of(path).startswith(("protocols", "invariants"))], ids=name_of)
def test_protocols_and_invariants_are_plain_code(path):
    wrong = [f"line {line}: {name}" for line, name in imports_of(path) if name.partition(".")[0] not in PLAIN | set(PACKAGES)]
    assert not wrong


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_stays_below_four_hundred_lines(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_no_module_is_a_drawer_for_odds_and_ends(path):
    assert not {"utils", "util", "helpers", "common", "base", "misc"} & set(name_of(path).split("."))


def test_the_top_level_is_the_one_that_the_user_fixed():
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode != 0:
        pytest.skip(f"this is no git checkout: {listed.stderr.strip()}")
    top = {line.partition("/")[0] for line in listed.stdout.splitlines()}
    fixed = {"pyproject.toml", "harness", "protocols", "invariants", "tests", "ci", "README.md", "LICENSE"}
    assert {name for name in top if not name.startswith(".")} <= fixed


@pytest.mark.parametrize(
    "module", ["harness", "harness.plugin", "harness.scenario", "harness.node", "protocols.raft.node", "invariants"]
)
def test_importing_a_module_loads_nothing_heavy(module):
    heavy = ("hypothesis", "networkx", "trio", "rich")
    code = f"import {module}, sys; print([name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_check_sees_imports_inside_functions_and_relative_ones():
    lines = ["from harness import world", "import random", "from ..museum import raft_commit", "from . import log"]
    source = "\n    ".join(["def late():", *lines])
    found = [name for _, name in imports(source, "protocols.raft.node")]
    assert found == ["harness.world", "random", "protocols.museum.raft_commit", "protocols.raft.log"]
    allowed = rule("protocols.raft.node")
    assert [under(name, allowed) for name in found] == [False, False, True, True]


def test_the_longest_prefix_rules():
    assert not under("harness.scenario", rule("protocols.raft.election"))
    assert under("harness.scenario", rule("protocols.raft.scenario"))
    assert under("invariants.log", rule("protocols.museum.raft_commit"))
    assert not under("protocols.quorum", rule("harness.world"))
    assert not under("protocols.quorum", rule("invariants.log"))
