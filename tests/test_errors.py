"""What goes wrong, in a user's terms."""

import pytest

from splitbrain import errors
from splitbrain.cluster.host.direct import AsyncNodeError
from splitbrain.doctor.conformance import ConformanceError
from splitbrain.errors import NondeterminismError, SplitbrainError, told


def helper():
    raise LookupError("no such thing")


def test_what_was_raised_is_told_with_the_innermost_line_of_it():
    with pytest.raises(LookupError) as failure:
        helper()
    line = helper.__code__.co_firstlineno + 1
    assert told(failure.value) == f"LookupError: no such thing (at {__file__}:{line})"


def test_what_was_never_raised_has_no_place():
    assert told(ValueError("no")) == "ValueError: no"


def test_every_error_that_is_the_users_to_mend_is_one_kind():
    kinds = [each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, Exception)]
    assert len(kinds) > 4
    assert all(issubclass(each, SplitbrainError) for each in (*kinds, AsyncNodeError, ConformanceError))


def test_pytest_prints_a_node_that_behaves_differently_without_a_traceback():
    error = NondeterminismError("it differs")
    assert error.splitbrain_report == str(error)
    assert str(error).startswith("NONDETERMINISTIC: it differs. A node must depend on its inputs and its disk alone; ")
    assert (
        str(NondeterminismError("it differs", "It is a thread; join it")) == "NONDETERMINISTIC: it differs. It is a thread; join it"
    )
    assert error.schedule is None
