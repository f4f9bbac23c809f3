"""What is said of a model that goes wrong."""

import pytest

from splitbrain.errors import ScenarioError
from splitbrain.linearizability.blame import blamed, misread
from splitbrain.linearizability.model import UNKNOWN, Model
from splitbrain.node import Refused
from splitbrain.trace.history import History


class Odd(Model):
    """A model that knows nothing."""


@pytest.mark.parametrize(
    ("reply", "how"),
    [(None, "was asked for"), (Refused(), "was refused"), (7, "was answered with 7")],
)
def test_it_says_which_model_raised_what_and_over_which_operation(reply, how):
    history = History()
    operation = history.ask(1, "n1", "s1.1", ("take",))
    if reply is not None:
        history.reply(2, "n1", "s1.1", reply)
    error = blamed(Odd(), operation, KeyError("take"))
    assert isinstance(error, ScenarioError)
    assert str(error).startswith(f"the model Odd raised KeyError: 'take' when s1.1, ('take',), {how}; it must know every command")


def test_what_says_itself_who_is_to_blame_is_left_as_it_is():
    operation = History().ask(1, "n1", "s1.1", ("take",))
    assert str(blamed(Odd(), operation, ScenarioError("a list has no hash"))) == "a list has no hash"


def test_a_zone_that_is_none_or_another_one_than_before_is_told():
    operation = History().ask(1, "n1", "s1.1", ("take",))
    said = str(misread(Odd(), operation, UNKNOWN, 5))
    assert said.startswith(
        "the model Odd says of s1.1 that zone(('take',), UNKNOWN) is 5, which is neither (\"write\", value) nor "
    )
    assert "is None, though it had said that this is a read while nobody knew its result; " in str(
        misread(Odd(), operation, 7, None, "read")
    )


def test_what_it_says_of_a_command_with_a_payload_is_clipped():
    operation = History().ask(1, "n1", "s1.1", "v1")
    told = str(blamed(Odd(), operation, ValueError(f"not {'v1' + '.' * 1_000}, which is none")))
    assert "ValueError: not v1...." in told
    assert "....…...." in told
    assert "...., which is none when s1.1" in told
    assert len(told) < 450
