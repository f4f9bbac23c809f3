"""What `harness` exports: complete, small, lazy, and not hidden by modules of the same name."""

import subprocess
import sys
from pathlib import Path
from types import ModuleType

import harness

PATH = f"import sys; sys.path.insert(0, {str(Path(harness.__file__).parent.parent)!r}); "


def test_the_public_names_fit_on_one_screen_and_all_exist():
    assert len(harness.__all__) <= 40
    assert sorted(harness.__all__) == harness.__all__ == dir(harness)
    for name in harness.__all__:
        assert getattr(harness, name) is not None


def test_a_name_that_is_not_there_is_an_attribute_error():
    assert not hasattr(harness, "raft")


def test_importing_the_package_imports_nothing_else():
    code = "import sys, harness; print(*(name for name in sys.modules if name.partition('.')[0] not in sys.stdlib_module_names))"
    shown = subprocess.run([sys.executable, "-I", "-S", "-c", PATH + code], capture_output=True, text=True, check=True).stdout
    assert set(shown.split()) == {"__main__", "harness"}


def test_functions_are_not_hidden_by_the_modules_of_the_same_name():
    code = (
        "import harness.hunt, harness.run, harness.replay, harness.conformance, harness.simulate, harness.minimiser\n"
        "from harness import hunt, run, replay, minimise, conformance, simulate, events\n"
        "from harness.hunt import Hunt\n"
        "assert all(map(callable, (hunt, run, replay, minimise, conformance, simulate)))\n"
        "assert harness.hunt is hunt and events.Sent"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_modules_of_the_minimiser_can_be_imported_by_path_after_the_function_was_looked_up():
    code = "import harness; assert callable(harness.minimise); import harness.minimiser.nearby as nearby; nearby.search_nearby"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_only_the_modules_of_vocabulary_are_exported_as_modules():
    assert {name for name in harness.__all__ if isinstance(getattr(harness, name), ModuleType)} == {
        "actions",
        "events",
        "observations",
    }
