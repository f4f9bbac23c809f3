"""Models by name: the shipped, one of a module, one of an entry point; beginning as they are told; and what is none."""

import sys

import pytest

from splitbrain.catalogue.models import find_model
from splitbrain.errors import ScenarioError
from splitbrain.linearizability.models import MODELS

OWN = """
from splitbrain.linearizability.model import Model

class Cell(Model):
    initial = 0
    def step(self, state, command, result): return state
    def read(self, line): return (line["op"],), line["found"]

class Choosy(Cell):
    def __init__(self, initial=3):
        if initial == 4: raise LookupError("not four")
        self.initial = initial

class Unhashable(Cell):
    initial = []

class Other: pass

READY = Cell()
"""


@pytest.fixture
def own(folder):
    (folder / "own_models.py").write_text(OWN)
    return folder


@pytest.mark.parametrize("name", sorted(MODELS))
def test_each_shipped_model_has_a_name_and_is_made_anew(name):
    assert type(find_model(name)) is MODELS[name]
    assert find_model(name) is not find_model(name)


def test_a_model_of_one_s_own_is_found_by_module_and_name(own):
    assert find_model("own_models:Cell").initial == 0
    assert find_model("own_models:READY") is find_model("own_models:READY")


def test_it_begins_as_it_is_told_whether_or_not_it_takes_that_as_an_argument(own):
    assert find_model("register", 3).step(find_model("register", 3).initial, ("get", "x"), 3) is not None
    assert find_model("own_models:Choosy", 7).initial == 7
    assert find_model("own_models:Choosy").initial == 3
    assert find_model("own_models:Cell", (1, 2)).initial == (1, 2)
    assert find_model("own_models:Cell").initial == 0


def test_an_installed_distribution_may_bring_models(own):
    (own / "more-1.0.dist-info").mkdir()
    (own / "more-1.0.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: more\nVersion: 1.0\n")
    (own / "more-1.0.dist-info" / "entry_points.txt").write_text("[splitbrain.models]\ncell = own_models:Cell\n")
    sys.path.insert(0, str(own))
    try:
        assert type(find_model("cell")).__name__ == "Cell"
        with pytest.raises(ScenarioError, match="did you mean 'cell'"):
            find_model("cel")
    finally:
        sys.path.remove(str(own))


@pytest.mark.parametrize(
    ("name", "initial", "found"),
    [
        ("regster", None, "there is no model 'regster'; did you mean 'register'?"),
        ("zzz", None, "there is no model 'zzz'; use register or kv-append or .*, or module:NAME"),
        ("own_models.py", None, "names a file, but models are named by module; write own_models:NAME"),
        ("own_models:Celll", None, "has no 'Celll'; it has own_models:Cell"),
        ("own_models:Other", None, "own_models:Other is the class Other, not a Model; derive it from"),
        ("own_models:OWN", None, "has no 'OWN'"),
        ("nowhere:X", None, "there is no module 'nowhere'"),
        ("own_models:Unhashable", None, r"own_models:Unhashable\(\) raised TypeError: unhashable"),
        (
            "own_models:Choosy",
            4,
            r"own_models:Choosy\(initial=4\) raised LookupError: not four .*; give --initial what it can begin",
        ),
        ("own_models:READY", 4, "own_models:READY is a model that is made already, and begins with 0; leave --initial out"),
        ("lock", "x", "--initial: a lock begins with true, held, or false, free, and not with x; mend it, or leave it out"),
        ("own_models:Model", None, "own_models:Model is the class Model, not a Model"),
    ],
)
def test_what_is_no_model_is_told(own, name, initial, found):
    with pytest.raises(ScenarioError, match=found):
        find_model(name) if initial is None else find_model(name, initial)


def test_where_the_initial_value_was_said_is_named_and_none_is_no_state(own):
    with pytest.raises(ScenarioError, match=r"^h, line 3: `initial`: a counter begins with a number, and not with x; "):
        find_model("counter", "x", origin="h, line 3: `initial`")
    with pytest.raises(ScenarioError, match=r"own_models:Cell begins with None, by --initial null, and None is no state; begin"):
        find_model("own_models:Cell", None)
