"""Other Pythons run what runs here, and are told apart from it where they do otherwise."""

import os
import sys

import pytest
from questions import ASKED
from unsteady import IMPORTED, SOUND

from splitbrain.doctor.elsewhere import Elsewhere
from splitbrain.elsewhere import cause
from splitbrain.elsewhere.pythons import NAMED, Abroad, Interpreter, interpreters
from splitbrain.world.run import Setup


@pytest.fixture
def ourselves(monkeypatch):
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv(NAMED, os.pathsep.join([sys.executable, "/nowhere/python", sys.executable]))


def travelled(scenario):
    tried = Elsewhere(scenario)
    tried.check(Setup(scenario, 3), ASKED)
    return tried, tried.travel(interpreters(scenario))


def test_each_version_that_is_named_and_can_run_us_is_there_once(ourselves):
    (found,) = interpreters(SOUND)
    assert found.file == sys.executable
    assert found.version == ".".join(map(str, sys.version_info[:3]))


def test_our_own_python_is_no_other_one_and_one_that_cannot_run_us_is_none(monkeypatch):
    monkeypatch.delenv(NAMED, raising=False)
    monkeypatch.setenv("PATH", os.path.dirname(sys.executable))
    assert all(not sys.version.startswith(each.version) for each in interpreters(SOUND))


def test_a_sound_node_does_there_what_it_does_here(ourselves):
    tried, trouble = travelled(SOUND)
    assert (tried.difference, trouble) == (None, None)


def test_one_that_does_otherwise_is_told_with_the_version_as_its_likely_cause(ourselves):
    tried, _ = travelled(IMPORTED)
    assert f"the same schedule ran under Python {sys.version_info.major}." in tried.difference.what
    assert tried.difference.cause == cause.VERSION


def test_one_that_is_gone_meanwhile_is_trouble(ourselves):
    (found,) = interpreters(SOUND)
    gone = Interpreter("/nowhere/python", found.version, found.path)
    tried = Elsewhere(SOUND)
    tried.check(Setup(SOUND, 3), ASKED)
    assert "/nowhere/python cannot be started" in tried.travel([gone])
    assert Abroad([gone]).places == (f"under Python {found.version}",)
