"""Own copies of a package, for each node and each of its lives; what all share stays as it is."""

import sys

import pytest
from hosted import hosted
from scripted import of

from splitbrain import CLOCK, ScenarioError, World, patch
from splitbrain.actions import Crash, Fire, Restart
from splitbrain.cluster.host.library.isolation import Isolation
from splitbrain.events import Failed, Observed
from splitbrain.observations import Decided

PACKAGE = {
    "__init__": "from shared_state.registry import count\n",
    "registry": """
from time import monotonic
SEEN = []
def count(name):
    SEEN.append((name, monotonic()))
    return len(SEEN)
""",
    "late": "import shared_state.registry as registry\n",
}


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package that keeps its state in a module, imported already, and patched."""
    folder = tmp_path / "shared_state"
    folder.mkdir()
    for name, text in PACKAGE.items():
        (folder / f"{name}.py").write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    patch("shared_state.registry", monotonic=CLOCK)
    yield sys.modules["shared_state"]
    for name in [name for name in sys.modules if name.partition(".")[0] == "shared_state"]:
        del sys.modules[name]


def counting(**more):
    def start(node):
        import shared_state  # noqa: PLC0415

        node.shared = shared_state
        node.observe(Decided(shared_state.count(node.me)))

    def timeout(node, timer):
        import shared_state.late  # noqa: PLC0415 - imported when its node runs, for the first time

        assert shared_state is node.shared
        assert shared_state.late.registry is sys.modules["shared_state.registry"]
        node.observe(Decided(shared_state.late.registry.count(node.me)))

    return hosted(start=start, timeout=timeout, timers={"t": (10, 10)}, **more)


def told(world):
    return [(event.node, event.observation.value) for event in of(world, Observed)]


def test_without_it_nodes_meet_in_the_package(package):
    with World(counting(), 2) as world:
        assert told(world) == [("n1", 1), ("n2", 2)]


def test_each_node_has_its_own_in_each_of_its_lives(package):
    shared = {name: module for name, module in sys.modules.items() if name.startswith("shared_state")}
    with World(counting(isolate=("shared_state",)), 2) as world:
        for action in (Fire("n1", "t"), Fire("n1", "t"), Fire("n2", "t"), Crash("n1"), Restart("n1"), Fire("n1", "t")):
            world.apply(action)
        assert world.violation is None
        assert told(world) == [("n1", 1), ("n2", 1), ("n1", 2), ("n1", 3), ("n2", 2), ("n1", 1), ("n1", 2)]
    assert {name: module for name, module in sys.modules.items() if name.startswith("shared_state")} == shared
    assert package.registry.SEEN == []


def test_it_is_there_in_init_too_and_each_copy_is_patched(package):
    def __init__(self, *given):
        import shared_state  # noqa: PLC0415

        self.count = shared_state.count
        shared_state.count("made")
        assert shared_state.registry.SEEN == [("made", 1_000_000.0)]

    def start(node):
        node.observe(Decided(node.count("started")))

    scenario = hosted(__init__=__init__, start=start, isolate=("shared_state",))
    with World(scenario, 2) as world:
        assert told(world) == [("n1", 2), ("n2", 2)]


def test_what_is_shared_is_put_back_when_a_handler_raises(package):
    def timeout(node, timer):
        import shared_state  # noqa: PLC0415

        assert shared_state is not package
        raise ValueError("no")

    with World(hosted(timeout=timeout, timers={"t": (10, 10)}, isolate=("shared_state",)), 2) as world:
        world.apply(Fire("n1", "t"))
        assert len(of(world, Failed)) == 1
    assert sys.modules["shared_state"] is package


def test_what_cannot_be_imported_is_the_scenario_s_mistake_and_nothing_is_lost(package):
    with pytest.raises(ScenarioError, match="No module named 'no_such_package'"):
        World(hosted(isolate=("shared_state", "no_such_package")), 2)
    assert sys.modules["shared_state"] is package


def test_a_part_of_a_package_cannot_be_isolated():
    with pytest.raises(
        ScenarioError, match=r"isolate='os\.path' is a part of a package, .*; isolate the whole of it: isolate = \("
    ):
        Isolation(("os.path",))


def test_within_itself_nothing_is_swapped_again(package):
    isolation = Isolation(("shared_state",))
    isolation.enter()
    own = sys.modules["shared_state"]
    isolation.enter()
    isolation.leave()
    assert sys.modules["shared_state"] is own is not package
    isolation.leave()
    assert sys.modules["shared_state"] is package
