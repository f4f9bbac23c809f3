"""How numbers are read from a command line."""

import argparse

import pytest

from splitbrain.command.arguments import count, natural, positive


@pytest.mark.parametrize(("read", "text", "number"), [(positive, "0.5", 0.5), (count, "1", 1), (natural, "0", 0)])
def test_a_number_that_fits_is_read(read, text, number):
    assert read(text) == number


@pytest.mark.parametrize(
    ("read", "text", "complaint"),
    [
        *[(positive, text, "is not a positive number") for text in ("0", "-1", "nan", "soon", "")],
        *[(count, text, "is not a positive whole number") for text in ("0", "-3", "1.5", "few")],
        *[(natural, text, "is not a whole number of at least 0") for text in ("-1", "0.5", "none")],
    ],
)
def test_a_number_that_does_not_fit_is_refused(read, text, complaint):
    with pytest.raises(argparse.ArgumentTypeError, match=f"^{text} {complaint}$"):
        read(text)
