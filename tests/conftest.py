"""What all tests share."""

from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

GOLDEN = Path(__file__).parent / "golden"


def pytest_addoption(parser, pluginmanager):
    parser.addoption("--rewrite-golden", action="store_true", help="write what the reports say now into tests/golden/")
    if not pluginmanager.hasplugin("xdist"):  # pyproject.toml asks for all cores, and one has to do
        parser.addoption("--numprocesses", help="of no effect, since pytest-xdist is not here")


@pytest.fixture
def golden(request):
    """``golden(name, text)`` compares a report with the file ``tests/golden/<name>.txt``, or rewrites it."""

    def compare(name, text):
        file = GOLDEN / f"{name}.txt"
        if request.config.getoption("--rewrite-golden"):
            file.parent.mkdir(exist_ok=True)
            file.write_text(text + "\n", encoding="utf-8")
        assert file.exists(), f"{file} is missing: run pytest with --rewrite-golden, and read what it wrote"
        assert text + "\n" == file.read_text(encoding="utf-8"), "if the new report is right: pytest --rewrite-golden"

    return compare
