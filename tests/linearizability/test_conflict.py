"""What is said of a read that no order explains, where written values are unique."""

from stories import Story, folded

from splitbrain.linearizability.model import UNKNOWN, Model
from splitbrain.linearizability.models import Register
from splitbrain.linearizability.zones import Zones


def fault_of(story):
    return folded(Zones(Register(), "x"), story.moments)[0]


def judged(story):
    return fault_of(story).sentence


def test_a_read_of_what_was_overwritten_before_it_was_called_is_stale():
    story = Story()
    put = story.did("s1", "put", "x", 4)
    over = story.did("s1", "put", "x", 5)
    read = story.did("s3", "get", "x", result=4)
    fault = fault_of(story)
    assert fault.sentence == "s3 read x = 4, which had been overwritten by s1's put of 5 before s3 asked"
    assert (fault.key, fault.operations, fault.values, fault.stale) == ("x", (put, over, read), (4, 5), 1)


def test_how_stale_a_read_is_counts_the_writes_that_had_overwritten_it():
    story = Story()
    late = story.asks("s9", "put", "x", 9)
    for value in range(6):
        story.did("s1", "put", "x", value)
    asked = story.asks("s3", "get", "x")
    story.did("s1", "put", "x", 6)
    story.told(late)
    story.told(asked, 2)
    fault = fault_of(story)
    assert fault.stale == 3
    assert fault.values == (2, 3)


def test_the_initial_value_can_be_stale_and_nobody_wrote_it():
    story = Story()
    story.did("s1", "get", "x", result=None)
    put = story.did("s1", "put", "x", 4)
    read = story.did("s2", "get", "x", result=None)
    fault = fault_of(story)
    assert fault.sentence == "s2 read x = None, the initial value, which had been overwritten by s1's put of 4 before s2 asked"
    assert (fault.operations, fault.values, fault.stale) == ((put, read), (None, 4), 1)


def test_what_was_read_after_a_write_of_unknown_outcome_had_happened_is_stale_once_that_was_seen():
    story = Story()
    story.did("s1", "put", "x", 1)
    story.asks("s2", "put", "x", 2)
    story.did("s1", "get", "x", result=1)
    story.did("s3", "get", "x", result=2)
    story.did("s1", "get", "x", result=1)
    assert judged(story) == (
        "s1 read x = 1, which had been overwritten before s1 asked: s3 had read 2 by then, "
        "and had asked after s1's put of 1 had returned"
    )


def test_a_read_that_began_before_what_it_found_was_written_tells_when_that_was_asked_for():
    story = Story()
    early = story.asks("s3", "get", "x")
    story.did("s1", "put", "x", 1)
    story.asks("s2", "put", "x", 2)
    story.told(early, 2)
    story.did("s1", "get", "x", result=1)
    assert judged(story) == (
        "s1 read x = 1, which had been overwritten before s1 asked: s3 had read 2 by then, "
        "and s2's put of 2 was called after s1's put of 1 had returned"
    )


def test_two_values_that_were_each_current_before_and_after_the_other_take_four_operations():
    story = Story()
    one, two = story.asks("s1", "put", "x", 1), story.asks("s2", "put", "x", 2)
    a, b = story.asks("s5", "get", "x"), story.asks("s6", "get", "x")
    story.told(a, 1)
    story.told(b, 2)
    story.told(one)
    story.told(two)
    c, d = story.asks("s3", "get", "x"), story.asks("s4", "get", "x")
    story.told(c, 2)
    story.told(d, 1)
    fault = fault_of(story)
    assert fault.sentence == (
        "s4 read x = 1, which had been overwritten before s4 asked: s2's put of 2 had returned by then, "
        "and s3, which read it, had asked after s1's put of 1 had returned"
    )
    assert fault.operations == (one, two, c, d)


def test_a_value_that_was_overwritten_by_what_nobody_saw_names_who_had_read_it_last():
    story = Story()
    story.asks("s1", "put", "x", 1)
    story.did("s2", "get", "x", result=1)
    story.did("s3", "put", "x", 2)
    story.did("s4", "get", "x", result=1)
    assert judged(story) == (
        "s4 read x = 1, which had been overwritten by s3's put of 2, called after s2 had read 1, before s4 asked"
    )


def test_what_nobody_had_asked_to_write_cannot_be_found():
    story = Story()
    read = story.did("s2", "get", "x", result=7)
    story.did("s1", "put", "x", 7)
    fault = fault_of(story)
    assert fault.sentence == "s2 read x = 7, which nobody had asked to write"
    assert (fault.operations, fault.values, fault.stale) == ((read,), (7,), None)


def test_what_was_refused_cannot_be_found():
    story = Story()
    write = story.refused(story.asks("s1", "put", "x", 1))
    read = story.did("s2", "get", "x", result=1)
    fault = fault_of(story)
    assert fault.sentence == "s2 read x = 1, but s1's put of 1 had no effect: every attempt at it was refused"
    assert (fault.operations, fault.values) == ((write, read), (1,))


def test_operations_without_sessions_are_called_by_their_requests_and_long_values_are_clipped():
    story = Story()
    for number, value in enumerate(("a" * 100, [])):
        write = story.did(None, "put", "x", value)
        write.id = f"r{number}"
    read = story.did(None, "get", "x", result="a" * 100)
    read.id = "r9"
    assert judged(story) == f"r9 read x = {'a' * 59}…, which had been overwritten by r1's put of [] before r9 asked"


def test_of_a_model_without_keys_no_key_is_named_and_a_command_that_is_no_tuple_is_a_write():
    class Cell(Model):
        initial = 0

        def step(self, state, command, result):
            return command if command > 0 else state if result in (UNKNOWN, state) else None

        def zone(self, command, result):
            return ("write", command) if command > 0 else ("read", result)

    story = Story()
    for who, command, result in (("s1", 1, None), ("s1", 2, None), ("s2", -1, 1)):
        story.told(story.asks(who, command), result).command = command
    (fault, _) = folded(Zones(Cell()), story.moments)
    assert fault.sentence == "s2 read 1, which had been overwritten by s1's write of 2 before s2 asked"
    assert fault.key is None
