"""What `splitbrain` exports: complete, small, lazy, and not hidden by modules of the same name."""

import subprocess
import sys
from pathlib import Path
from types import ModuleType

import splitbrain

PATH = f"import sys; sys.path.insert(0, {str(Path(splitbrain.__file__).parent.parent)!r}); "


def test_the_public_names_fit_on_one_screen_and_all_exist():
    assert len(splitbrain.__all__) <= 40
    assert sorted(splitbrain.__all__) == splitbrain.__all__ == dir(splitbrain)
    for name in splitbrain.__all__:
        assert getattr(splitbrain, name) is not None


def test_a_name_that_is_not_there_is_an_attribute_error():
    assert not hasattr(splitbrain, "raft")


def test_importing_the_package_imports_nothing_else():
    code = "import sys, splitbrain; print(*(name for name in sys.modules if name.partition('.')[0] not in sys.stdlib_module_names))"
    shown = subprocess.run([sys.executable, "-I", "-S", "-c", PATH + code], capture_output=True, text=True, check=True).stdout
    assert set(shown.split()) == {"__main__", "splitbrain"}


def test_functions_are_not_hidden_by_modules():
    names = sorted(name for name in splitbrain.__all__ if not isinstance(getattr(splitbrain, name), ModuleType))
    code = (
        "import splitbrain.search.hunt, splitbrain.world.run, splitbrain.schedule.replay, splitbrain.doctor.conformance\n"
        "import splitbrain.testing.simulate, splitbrain.counterexample.minimiser.minimiser\n"
        "from types import ModuleType\n"
        f"print([name for name in {names} if isinstance(getattr(splitbrain, name), ModuleType)])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_every_public_name_says_what_it_is_for():
    own = {name: getattr(splitbrain, name) for name in splitbrain.__all__ if name not in ("Effect", "Effects")}
    assert [name for name, thing in own.items() if not (getattr(thing, "__doc__", None) or "").strip()] == []


def test_only_the_modules_of_vocabulary_are_exported_as_modules():
    assert {name for name in splitbrain.__all__ if isinstance(getattr(splitbrain, name), ModuleType)} == {
        "actions",
        "events",
        "observations",
    }
