"""What is polled becomes observations: only what has changed, in the order that invariants go by."""

import time

import pytest

from splitbrain import ScenarioError, State
from splitbrain.cluster.host.library.state import Watch
from splitbrain.observations import (
    Appended,
    Committed,
    EnteredTerm,
    Installed,
    Led,
    Recovered,
    SteppedDown,
    Truncated,
    Voted,
)  # fmt: skip


def polled(*states, incarnation=1):
    """What each of these states, one after the other, has to say."""
    watch = Watch(incarnation)
    return [watch.changes(state) for state in states]


def test_what_does_not_change_is_not_said_again():
    shown = State(3, "n2", True, 1, [(1, "x")])
    assert polled(shown, shown, State(3, "n2", True, 1, ((1, "x"),)))[1:] == [[], []]


def test_a_log_that_is_shown_at_the_start_was_found_on_the_disk():
    (said,) = polled(State(3, "n2", False, 0, [(1, "x"), (3, "y")], base=4, base_term=1))
    assert said == [Recovered(3, "n2", ((1, "x"), (3, "y")), 4, 1)]


def test_a_node_without_a_log_says_its_term_at_the_start_of_every_life_but_that_it_is_0_at_first():
    assert polled(State(term=0)) == [[]]
    assert polled(State(term=0), incarnation=2) == [[EnteredTerm(0)]]
    assert polled(State(term=4, vote="n1")) == [[EnteredTerm(4), Voted(4, "n1")]]


def test_the_order_is_that_in_which_one_follows_from_the_other():
    before, after = State(2, "n1", True, 1, [(1, "x"), (2, "y")]), State(3, "n2", False, 2, [(1, "x"), (3, "z"), (3, "w")])
    assert polled(before, after)[1] == [
        SteppedDown(2),
        EnteredTerm(3),
        Voted(3, "n2"),
        Truncated(2),
        Appended(2, 3, "z"),
        Appended(3, 3, "w"),
        Committed(2, 3),
    ]
    assert polled(State(2, leads=False, log=[]), State(3, "n1", True, 0, [(3, "x")]))[1] == [
        EnteredTerm(3),
        Voted(3, "n1"),
        Appended(1, 3, "x"),
        Led(3),
    ]


def test_who_leads_a_term_behind_another_has_stepped_down_meanwhile():
    assert polled(State(2, leads=True), State(3, leads=True))[1] == [SteppedDown(2), EnteredTerm(3), Led(3)]


def test_a_vote_is_said_once_a_term_and_so_is_another_of_the_same_term():
    said = polled(State(1), State(1, "n1"), State(1, "n1"), State(1, "n2"), State(2, "n2"))
    assert said[1:] == [[Voted(1, "n1")], [], [Voted(1, "n2")], [EnteredTerm(2), Voted(2, "n2")]]


def test_a_commit_index_that_goes_back_is_told():
    assert polled(State(commit=0), State(commit=3), State(commit=1), State(commit=0))[1:] == [
        [Committed(3, None)],
        [Committed(1, None)],
        [Committed(0, None)],
    ]


def test_what_cannot_be_said_without_a_term_is_not_said():
    assert polled(State(), State(leads=True, vote="n1"))[1] == []


@pytest.mark.parametrize("shape", [list, tuple])
def test_a_snapshot_takes_the_beginning_of_a_log_or_all_of_it(shape):
    log = [(1, "a"), (1, "b"), (2, "c"), (2, "d")]
    own = polled(State(2, log=shape(log)), State(2, log=shape(log[2:]), base=2, base_term=1))[1]
    assert own == [Installed(2, 1, True)]
    sent = polled(State(2, log=shape(log)), State(2, log=shape(), base=3, base_term=9))[1]
    assert sent == [Installed(3, 9, False)]
    ahead = polled(State(2, log=shape(log)), State(2, log=shape([(5, "x")]), base=9, base_term=4))[1]
    assert ahead == [Installed(9, 4, False), Appended(10, 5, "x")]
    grown = polled(State(2, log=shape(log)), State(2, log=shape([(2, "d"), (2, "e")]), base=3, base_term=2))[1]
    assert grown == [Installed(3, 2, True), Appended(5, 2, "e")]


def test_a_list_that_the_library_goes_on_changing_is_compared_with_what_it_was():
    log, watch = [(1, "x")], Watch(1)
    watch.changes(State(1, log=log))
    log += [(1, "y"), (1, "z")]
    assert watch.changes(State(1, log=log)) == [Appended(2, 1, "y"), Appended(3, 1, "z")]
    del log[1:]
    assert watch.changes(State(1, log=log)) == [Truncated(2)]
    log[0] = (2, "w")
    assert watch.changes(State(1, log=log)) == [Truncated(1), Appended(1, 2, "w")]


def test_what_is_not_a_state_is_refused_with_what_would_be_one():
    with pytest.raises(ScenarioError, match=r"look returned dict, not a State; return State\(term="):
        Watch(1).changes({"term": 1})


def test_a_long_log_costs_python_nothing():
    def best(length):
        log, watch = [(1, f"v{number}") for number in range(length)], Watch(1)
        watch.changes(State(1, log=log))
        took = []
        for _ in range(30):
            log.append((1, "more"))
            before = time.process_time()
            assert len(watch.changes(State(1, log=log))) == 1
            took.append(time.process_time() - before)
        return min(took)

    assert best(20_000) < best(200) + 20_000 * 60e-9  # in Python an entry takes at least that long; in C a few ns


def test_a_snapshot_is_told_where_no_log_is_shown():
    watch = Watch(2)
    assert watch.changes(State(term=3, base=4, base_term=2)) == [EnteredTerm(3), Installed(4, 2, rest=True)]
    assert watch.changes(State(term=3, base=4, base_term=2)) == []
    assert watch.changes(State(term=3, base=9, base_term=3, commit=9)) == [Installed(9, 3, rest=True), Committed(9, 3)]
