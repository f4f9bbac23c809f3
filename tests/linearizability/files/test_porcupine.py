"""Porcupine's two forms: a log among whose lines are operations, and maps."""

import pytest

from splitbrain.errors import HistoryError
from splitbrain.linearizability.files import porcupine

LOG = """\
INFO  jepsen.core - starting\tup
INFO  jepsen.util - 0\t:invoke\t:write\t3
INFO  jepsen.util - :nemesis\t:info\t:start\tnil
INFO  jepsen.util - 1\t:invoke\t:cas\t[3 4]
INFO  jepsen.util - 0\t:ok\t:write\t3
INFO  jepsen.util - 1\t:fail\t:cas\t[3 4]
INFO  jepsen.util - 2\t:invoke\t:read\tnil
INFO  jepsen.util - 2\t:fail\t:read\t:timed-out
INFO  jepsen.util - 3\t:invoke\t:write\t1
INFO  jepsen.util - 3\t:info\t:write\t:timed-out
"""


def entries(text):
    (told,) = porcupine.read(text, "h.log")
    return told.entries


def test_a_failed_cas_is_an_answer_and_a_failed_read_says_nothing():
    write, cas, unknown = entries(LOG)
    assert (write.line["op"], write.line["value"], write.at, write.back) == ("write", 3, 2, 5)
    assert (cas.line["old"], cas.line["value"], cas.line["ok"], cas.back) == (3, 4, False, 6)
    assert (unknown.line["value"], unknown.returned) == (1, None)


def test_a_cas_that_timed_out_may_have_happened_whatever_it_is_called():
    (entry,) = entries("INFO  jepsen.util - 1\t:invoke\t:cas\t[3 4]\nINFO  jepsen.util - 1\t:fail\t:cas\t:timed-out\n")
    assert entry.returned is None


def test_maps_are_as_in_jepsen_s_own_form():
    text = (
        '{:process 0, :type :invoke, :f :append, :key "0", :value "x"}\n{:process 0, :type :ok, :f :append, :key "0", :value "x"}'
    )
    (entry,) = entries(text)
    assert entry.line == {"client": 0, "op": "append", "key": "0", "value": "x", "found": "x"}


def test_nil_is_a_value_there():
    assert not porcupine.read(LOG, "h.log")[0].nil


def test_a_text_without_any_operation_is_none():
    with pytest.raises(HistoryError, match=r"h\.log, line 1: no operation, here or below; .*--format"):
        entries("all is well\n")
    assert entries("") == ()


def test_a_value_that_cannot_be_read_is_told_with_its_line():
    with pytest.raises(HistoryError, match=r"h\.log, line 2: '\[' is never closed; "):
        entries("all is well\nINFO  jepsen.util - 1\t:invoke\t:cas\t[3 4\n")


def test_the_lines_of_others_are_counted_and_half_an_operation_is_refused():
    assert porcupine.read(f"hello\n\n{LOG}", "h.log")[0].skipped == (1, 3)
    for line, found in {
        "INFO  jepsen.util - :invoke\t:read\tnil": "is half an operation; one is as in `INFO ",
        "INFO  jepsen.utl - 0\t:ok\t:read\t3": "is half an operation",
        "0\t:ok\t:read\t3": "is half an operation",
        "INFO  jepsen.util - O\t:ok\t:read\t3": "process O; it is the number of a client, or :nemesis",
    }.items():
        with pytest.raises(HistoryError, match=rf"h\.log, line 11: .*{found}"):
            porcupine.read(f"{LOG}{line}\n", "h.log")


@pytest.mark.parametrize("line", [f"{'9' * 5000}\t:invoke\t:read\tnil", f"1\t:invoke\t:write\t{'9' * 5000}"])
def test_a_number_that_is_too_long_is_told_with_its_line(line):
    with pytest.raises(HistoryError, match=r"h\.log, line 2: an integer of 5,000 digits"):
        entries(f"all is well\nINFO  jepsen.util - {line}\n")
