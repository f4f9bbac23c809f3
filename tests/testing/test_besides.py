"""What a test's own code raised besides, on one line."""

import asyncio
import contextlib

import pytest
from hypothesis import reject
from shrinkers import FORGET, SETUP

from splitbrain.testing.besides import besides
from splitbrain.testing.broken import Broken
from splitbrain.world.run import run

HERE = "test_besides.py"


def caught(function, *arguments):
    """What it raises, with its traceback."""
    try:
        function(*arguments)
    except BaseException as error:  # noqa: BLE001 - of any kind
        return error
    raise AssertionError("it was to raise something")


def fail(error):
    raise error


def test_type_message_and_place_stand_on_one_line():
    line = besides(caught(fail, ValueError("not\n  this one")))
    assert line.startswith("Besides, the test's own code raised ValueError: not this one (")
    assert f"{HERE}:{fail.__code__.co_firstlineno + 1}, in fail)" in line


def test_an_exception_without_a_message_is_its_type():
    assert "raised KeyError (" in besides(caught(fail, KeyError()))


def test_a_long_message_is_cut():
    assert len(besides(caught(fail, ValueError("x" * 5_000)))) < 400


def test_the_place_is_in_the_user_s_code_not_in_the_tools_that_it_calls():
    def in_a_tool():
        with contextlib.ExitStack() as stack:
            stack.callback(pytest.fail, "no")

    assert ", in in_a_tool)" in besides(caught(in_a_tool))


def test_what_the_harness_and_hypothesis_end_runs_with_is_nobody_s_own():
    broken = Broken(run(SETUP, FORGET).found())
    assert besides(broken) is besides(BaseExceptionGroup("of a task", [broken])) is besides(caught(reject)) is besides(None) is None


def test_of_a_group_the_first_is_told_that_is_the_test_s_own():
    async def both():
        async with asyncio.TaskGroup() as group:
            group.create_task(later())

    async def later():
        raise LookupError("mine")

    line = besides(caught(asyncio.run, both()))
    assert "LookupError: mine" in line
    assert ", in later)" in line
