"""What is done with warnings goes along to another process."""

import re
import warnings

import pytest

from splitbrain.elsewhere.filters import Filter, current, install


class OwnWarning(UserWarning):
    pass


def outcome(message, category):
    with warnings.catch_warnings(record=True) as seen:
        try:
            warnings.warn(message, category, stacklevel=1)
        except Warning:
            return "error"
    return "shown" if seen else "ignored"


def test_filters_that_were_sent_away_do_the_same_when_they_are_installed():
    with warnings.catch_warnings():
        warnings.resetwarnings()
        warnings.simplefilter("error")
        warnings.filterwarnings("ignore", "never mind", UserWarning)
        warnings.filterwarnings("always", category=DeprecationWarning)
        sent = current()
        warnings.resetwarnings()
        install(sent)
        assert outcome("Never mind that", UserWarning) == "ignored"
        assert outcome("mind that", UserWarning) == "error"
        assert outcome("never mind", DeprecationWarning) == "shown"
        assert current() == sent


def test_a_category_that_is_not_to_be_had_is_left_out():
    with warnings.catch_warnings():
        install([Filter("error", None, "nowhere:Nothing", None, 0), Filter("ignore", None, "builtins:UserWarning", None, 0)])
        assert [each.category for each in current()] == ["builtins:UserWarning"]


def test_patterns_are_told_as_text():
    with warnings.catch_warnings():
        warnings.filterwarnings("error", "some.*", UserWarning, "module")
        first = current()[0]
        assert (first.message, re.compile(first.module).pattern) == ("some.*", "module")
        with pytest.raises(UserWarning, match="something"):
            warnings.warn_explicit("something", UserWarning, "file.py", 1, "module")
