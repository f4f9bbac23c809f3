"""The house is as its floor plan says (tests/floor_plan.py); and what else every module keeps to."""

import ast
import subprocess
import sys
from collections import Counter
from itertools import chain

import networkx as nx
import pytest
from floor_plan import FLOORS, MODULES, NAMES, ROOT, SOURCES, VISITS, arrows, floor, imports, imports_of, longest, name_of, under

# The standard library's and others' modules that only some of ours may import: all else would let chance or the real world in.
RESTRICTED = {
    "random": ("splitbrain.dice", "splitbrain.cluster.host.seam"),
    "time": ("splitbrain.stopwatch",),
    "datetime": ("splitbrain.stopwatch",),
    "uuid": (),
    "secrets": (),
    "socket": (),
    "threading": (  # which thread it is, a lock, and what goes on while nodes are stuck
        "splitbrain.cluster.watchdog",
        "splitbrain.cluster.host.turn",
        "splitbrain.command.interrupt",
        "splitbrain.elsewhere.child",
        "splitbrain.doctor.threads",
        "splitbrain.doctor.examination.speed",
        "splitbrain.cluster.host.library.life",
    ),
    "asyncio": (),
    "trio": (
        "splitbrain.cluster.host.trio_host",
        "splitbrain.cluster.host.env",
        "splitbrain.cluster.host.tasks",
        "splitbrain.cluster.host.seam",
        "splitbrain.cluster.host.virtual_clock",
    ),
    "hypothesis": ("splitbrain.testing.example", "splitbrain.testing.machine", "splitbrain.testing.profiles"),
    "pytest": ("splitbrain.testing.plugin",),
    "rich": ("splitbrain.report.terminal", "splitbrain.command"),
    "importlib": (
        "splitbrain",
        "splitbrain.catalogue",
        "splitbrain.schedule.provenance",
        "splitbrain.command.cli",
        "splitbrain.cluster.place",
        "splitbrain.cluster.host.library.patches",
        "splitbrain.cluster.host.library.isolation",
    ),
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
LONGEST, FULLEST = 330, 13  # lines of a module, modules of a folder
# Where the tests of each package stand: in the same folders.
HOUSES = {"splitbrain": "", "splitbrain_protocols": "protocols", "splitbrain_invariants": "invariants"}
# Modules that have functions, and no tests of their name.
UNTESTED = {
    "splitbrain.nemesis.strategy": "an interface; the strategies have theirs",
    "splitbrain.world.deed": "records; the families of actions that make them have theirs",
    "splitbrain_protocols.museum.paxos": "exhibits: each must break as it says, tests/protocols/museum/paxos/test_exhibits.py",
    "splitbrain_protocols.museum.raft": "exhibits: each must break as it says, tests/protocols/museum/raft/test_exhibits.py",
}
# Tests of more than one module.
WHOLE = {
    "test_floor_plan.py": "the house",
    "test_public_api.py": "what it exports",
    "test_neighbours.py": "what else is in its environment",
    "test_attacks.py": "what was tried against it from outside",
    "test_readme.py": "what it promises",
    "test_operations.py": "control operations, from what a scenario declares to what is found",
    "test_arriving.py": "what arrives before a node loses its power: from the network and the world to the trace",
    "test_connections.py": "connections, from what a scenario declares to what is found",
    "test_user_errors.py": "a user's mistakes, all the way through",
    "correct/test_diskless.py": "members that recover from others, and the same with a mistake",
    "correct/test_paxos.py": "that no correct node is blamed",
    "correct/test_primary_backup.py": "a correct node on streams, and each with one mistake",
    "correct/test_raft.py": "correct nodes, and each with one mistake",
    "correct/test_witness.py": "a node that never crashes, and the same where it may",
    "correct/test_raft_kv.py": "the store as an async node, and the same with a mistake",
    "invariants/raft/test_behaviours.py": "what all of Raft's invariants make of a log's whole behaviour",
    "invariants/test_shipped.py": "what all shipped invariants promise",
    "protocols/museum/test_museum.py": "what all exhibits promise",
    "protocols/museum/paxos/test_exhibits.py": "exhibits",
    "protocols/museum/raft/test_exhibits.py": "exhibits",
    "protocols/museum/raft/clients/test_exhibits.py": "exhibits",
    "protocols/paxos/test_machine.py": "the protocol under Hypothesis",
    "protocols/raft/test_machine.py": "the protocol under Hypothesis",
    "protocols/paxos/test_paper.py": "what the paper says",
    "protocols/raft/test_paper.py": "what the paper says",
}


@pytest.mark.parametrize("name", NAMES)
def test_a_module_imports_only_itself_and_what_is_below_its_floor(name):
    height, room = floor(name)
    wrong = []
    for other, line in arrows()[name].items():
        if other.partition(".")[0] == name.partition(".")[0]:
            below, of = floor(other)
            if of != room and below >= height:
                wrong.append(f"line {line}: {other}, of {of}")
    assert not wrong, f"{name} is in {room}"


@pytest.mark.parametrize("name", NAMES)
def test_of_another_package_a_module_imports_only_what_its_own_may(name):
    allowed = VISITS[longest(name, VISITS)]
    abroad = {other: line for other, line in arrows()[name].items() if other.partition(".")[0] != name.partition(".")[0]}
    wrong = [f"line {line}: {other}" for other, line in abroad.items() if not under(other, allowed)]
    assert not wrong, f"{name} may import of other packages only {', '.join(sorted(allowed)) or 'nothing'}"


def test_no_module_imports_itself_through_others():
    graph = nx.DiGraph(arrows())
    circles = [" <-> ".join(sorted(each)) for each in nx.strongly_connected_components(graph) if len(each) > 1]
    assert not circles


def test_the_floors_and_arrows_are_counted_and_none_leads_up():
    """For the record, shown by `pytest -rP tests/test_floor_plan.py`; before there was a plan: 21 floors, 333 arrows, 3 back."""
    between = {(floor(one)[1], floor(other)[1]) for one, others in arrows().items() for other in others}
    back = [(one, other) for one, other in between if one != other and floor(one)[0] <= floor(other)[0] and _same_house(one, other)]
    modules = sum(map(len, arrows().values()))
    rooms = list(chain.from_iterable(FLOORS))
    print(
        f"{len(MODULES)} modules in {len(rooms)} rooms on {len(FLOORS)} floors; {modules} arrows between modules, "
        f"{sum(one != other for one, other in between)} between rooms, {len(back)} of them not downwards"
    )
    assert not back


def _same_house(one, other):
    return one.partition(".")[0] == other.partition(".")[0]


def test_every_room_of_the_plan_is_there():
    for room in chain.from_iterable(FLOORS):
        assert any(under(name, (room,)) for name in NAMES), room


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_is_no_longer_than_one_noun_takes(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST


def test_a_folder_holds_no_more_than_one_noun_takes():
    full = Counter(path.parent.relative_to(ROOT).as_posix() for path in MODULES if path.name != "__init__.py")
    assert {folder: count for folder, count in full.items() if count > FULLEST} == {}


def own_tests(name):
    """Where a module's own tests are to stand."""
    house, *rooms = name.split(".")
    folder = ROOT / "tests" / HOUSES[house]
    return folder.joinpath(*rooms[:-1], f"test_{rooms[-1]}.py")


def has_logic(path):
    """Whether a module has functions of its own; a record has none."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return any(isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) for node in ast.walk(tree))


@pytest.mark.parametrize("name", [name for name, path in NAMES.items() if path.name != "__init__.py" and has_logic(path)])
def test_a_module_with_logic_of_its_own_has_tests_of_its_own(name):
    if under(name, UNTESTED):
        return
    assert own_tests(name).is_file(), f"write {own_tests(name).relative_to(ROOT)}, or say in UNTESTED why there is none"


def test_what_has_no_tests_of_its_own_is_there_and_has_none():
    for name in UNTESTED:
        assert name in NAMES, name
        assert not own_tests(name).exists(), name


def test_tests_are_of_a_module_of_their_name_or_of_the_whole():
    own = {own_tests(name) for name, path in NAMES.items() if path.name != "__init__.py"}
    own |= {ROOT / "tests" / "ci" / f"test_{path.stem}.py" for path in (ROOT / "ci").rglob("*.py")}
    files = {path.relative_to(ROOT / "tests").as_posix() for path in (ROOT / "tests").rglob("test_*.py") if path not in own}
    assert files == set(WHOLE)


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_chance_and_the_real_world_come_in_through_their_own_modules_alone(path):
    name = name_of(path)
    wrong = []
    for line, imported in imports_of(path):
        allowed = RESTRICTED.get(imported.partition(".")[0])
        # The face of the harness is one module; what is under it is not meant by its name.
        if allowed is not None and name not in allowed and not under(name, [each for each in allowed if "." in each]):
            wrong.append(f"line {line}: {imported}")
    assert not wrong


@pytest.mark.parametrize("path", [path for path in MODULES if not name_of(path).startswith("splitbrain.")], ids=name_of)
def test_protocols_and_invariants_are_plain_code(path):
    if name_of(path) == "splitbrain" or name_of(path).startswith("splitbrain_protocols.hosted."):  # which host what is not plain
        return
    wrong = [f"line {line}: {name}" for line, name in imports_of(path) if name.partition(".")[0] not in PLAIN | set(SOURCES)]
    assert not wrong


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_no_module_is_looked_up_behind_the_plan_s_back(path):
    """`sys.modules` hides an arrow; only what finds things by the names that users give may look there."""
    if name_of(path) in ("splitbrain.catalogue.importing", "splitbrain.catalogue.scenarios", "splitbrain.catalogue.museum"):
        return
    if name_of(path) in ("splitbrain.schedule.shelf", "splitbrain.cluster.host.library.isolation"):  # a museum's file; copies
        return
    assert "sys.modules" not in path.read_text(encoding="utf-8")


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
    "module",
    [
        "splitbrain",
        "splitbrain.testing.plugin",
        "splitbrain.scenario",
        "splitbrain.node",
        "splitbrain_protocols.raft.node",
        "splitbrain_invariants",
    ],
)
def test_importing_a_module_loads_nothing_heavy(module):
    heavy = ("hypothesis", "networkx", "trio", "rich")
    code = f"import {module}, sys; print([name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_check_sees_imports_inside_functions_relative_ones_and_names():
    lines = ["from splitbrain import world", "import random", "from ..museum import raft", "x = 'splitbrain.testing.plugin'"]
    source = "\n    ".join(["def late():", *lines])
    found = [name for _, name in imports(source, "splitbrain_protocols.raft.node")]
    assert found == ["splitbrain.world", "random", "splitbrain_protocols.museum.raft", "splitbrain.testing.plugin"]


def test_a_module_belongs_to_the_room_that_says_most_of_it():
    assert floor("splitbrain.cluster.host.direct")[1] == "splitbrain.cluster.host"
    assert floor("splitbrain.cluster.network")[1] == "splitbrain.cluster"
    assert floor("splitbrain.cluster.cluster")[0] > floor("splitbrain.cluster.host.direct")[0] > floor("splitbrain.cluster.disk")[0]
    assert floor("splitbrain.node")[0] == 0
