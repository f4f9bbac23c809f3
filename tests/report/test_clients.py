"""A history as rows and lanes: attempts, refusals, late answers, outcomes that nobody knows, sessions that go on for others."""

from splitbrain.node import Refused
from splitbrain.report.clients import account, answered, client_of, lanes, table
from splitbrain.trace.history import History


def history(*steps):
    """``("ask", step, node, request, command[, session, replaces])`` and ``("reply", step, node, request, result)``."""
    made = History()
    for what, *how in steps:
        getattr(made, what)(*how)
    return made


def shown(drawn):
    return ["".join(row.glyphs) + f" {row.text}" for row in drawn.rows]


CONCURRENT = (
    ("ask", 1, "n1", "s1.1", ("put", "x", 1), "s1"),
    ("ask", 2, "n2", "s2.1", ("get", "x"), "s2"),
    ("reply", 3, "n1", "s1.1", None),
    ("reply", 4, "n2", "s2.1", 1),
)


def test_each_client_has_a_lane_and_each_moment_a_row():
    drawn = lanes(history(*CONCURRENT))
    assert drawn.clients == (("s1",), ("s2",))
    assert shown(drawn) == ["┬  put x 1", "│┬ get x", "┴│ ok from n1", " ┴ 1 from n2"]
    assert [row.step for row in drawn.rows] == [1, 2, 3, 4]


def test_calls_come_before_returns_of_the_same_moment():
    made = history(*CONCURRENT)
    made[0].returned = made[1].called
    assert [row.text for row in lanes(made).rows][:3] == ["put x 1", "get x", "ok from n1"]


def test_what_nobody_knows_stays_open_to_the_end():
    drawn = lanes(history(("ask", 1, "n1", "s1.1", "a", "s1"), *CONCURRENT[1:2], CONCURRENT[3]))
    assert shown(drawn) == ["┬  a (unknown)", "┊┬ get x", "┊┴ 1 from n2", "▽  unknown"]


def test_a_session_that_goes_on_for_another_has_its_lane_and_what_that_hears_late_is_told_so():
    made = history(
        ("ask", 1, "n1", "s1.1", ("put", "x", 1), "s1"),
        ("ask", 2, "n2", "s2.1", ("get", "x"), "s2", "s1"),
        ("reply", 3, "n1", "s1.1", None),
        ("reply", 4, "n2", "s2.1", 1),
    )
    drawn = lanes(made, made.replaced)
    assert drawn.clients == (("s1", "s2"),)
    assert shown(drawn) == ["┬ put x 1", "┬ get x", "┴ late: ok from n1", "┴ 1 from n2"]
    assert lanes(made).clients == (("s1",), ("s2",))


def test_a_further_attempt_is_a_row_at_its_own_step():
    made = history(
        ("ask", 1, "n1", "s1.1", "a", "s1"),
        ("ask", 2, "n1", "s2.1", "b", "s2"),
        ("reply", 3, "n1", "s1.1", Refused("n2")),
        ("ask", 4, "n2", "s1.1", "a", "s1"),
        ("reply", 5, "n1", "s2.1", 1),
        ("reply", 6, "n2", "s1.1", 1),
    )
    assert [(row.step, row.text) for row in lanes(made).rows] == [
        (1, "a"), (2, "b"), (4, "again at n2"), (5, "1 from n1"), (6, "1 from n2"),
    ]  # fmt: skip
    assert [line.where for line in table(made)] == ["n1 refuses, n2 answers", "n1 answers"]


def test_further_attempts_that_nothing_came_of_stand_in_the_order_of_their_steps():
    made = history(
        ("ask", 1, "n1", "s1.1", "a", "s1"),
        ("ask", 2, "n1", "s2.1", "b", "s2"),
        ("ask", 3, "n2", "s2.1", "b", "s2"),
        ("ask", 5, "n2", "s1.1", "a", "s1"),
        ("ask", 6, "n2", "s2.1", "b", "s2"),
    )
    assert [(row.step, row.id) for row in lanes(made).rows][2:5] == [(3, "s2.1"), (5, "s1.1"), (6, "s2.1")]


def test_of_several_attempts_at_one_node_one_was_answered():
    made = history(("ask", 1, "n1", "s1.1", "a", "s1"), ("ask", 2, "n1", "s1.1", "a", "s1"), ("reply", 3, "n1", "s1.1", 1))
    assert [line.where for line in table(made)] == ["n1, n1 answers"]


def test_what_was_refused_by_all_is_over():
    made = history(("ask", 1, "n1", "s1.1", "a", "s1"), ("reply", 2, "n1", "s1.1", Refused()), ("ask", 3, "n1", "s1.2", "b", "s1"))
    assert shown(lanes(made)) == ["┬ a (refused)", "┬ b (unknown)", "▽ unknown"]


def test_an_operation_without_a_session_is_a_client_of_its_own():
    made = history(("ask", 1, "n1", "r1", "v1"), ("ask", 2, "n1", "r2", "v2"))
    assert [client_of(each) for each in made] == ["r1", "r2"]
    assert lanes(made).clients == (("r1",), ("r2",))


def test_clients_share_lanes_one_after_the_other_where_there_are_too_many():
    steps = []
    for number in range(1, 6):
        steps += [("ask", 2 * number, "n1", f"r{number}", "a"), ("reply", 2 * number + 1, "n1", f"r{number}", 1)]
    assert lanes(history(*steps), most=5).clients == (("r1",), ("r2",), ("r3",), ("r4",), ("r5",))
    assert lanes(history(*steps), most=4).clients == (("r1", "r2", "r3", "r4", "r5"),)


def test_no_history_has_no_lanes():
    assert lanes(history()).rows == lanes(history()).clients == ()


def test_what_is_answered_is_in_words():
    made = history(
        ("ask", 1, "n1", "r1", ("get", "x")), ("reply", 2, "n1", "r1", None),
        ("ask", 1, "n1", "r2", ("append", "x", "y")), ("reply", 2, "n1", "r2", 7),
        ("ask", 1, "n1", "r3", ("acquire",)), ("reply", 2, "n1", "r3", False),
        ("ask", 1, "n1", "r4", "v"), ("reply", 2, "n1", "r4", (1, 2)),
        ("ask", 1, "n1", "r5", "v"),
        ("ask", 1, "n1", "r6", "v"), ("reply", 2, "n1", "r6", Refused()),
    )  # fmt: skip
    assert [answered(each) for each in made] == ["nothing", "ok", "False", "[1, 2]", "unknown", "refused"]
    assert account(made) == "6 operations, 4 answered, 1 refused, 1 of unknown outcome"
    assert account(made[:1]) == "1 operation, 1 answered"
    assert account([]) == "0 operations"


def test_a_line_of_the_table_says_from_when_to_when():
    first, _ = table(history(*CONCURRENT))
    assert (first.id, first.client, first.asked, first.answered) == ("s1.1", "s1", "put x 1", "ok")
    assert (first.steps, first.moments, first.where) == ("1-3", "0-2", "n1 answers")
    (open_,) = table(history(CONCURRENT[0]))
    assert (open_.steps, open_.moments) == ("1-", "0-")


def test_what_adds_or_removes_is_done_where_its_answer_says_no_more():
    made = history(
        ("ask", 1, "n1", "r1", ("add", 1)), ("reply", 2, "n1", "r1", True),
        ("ask", 1, "n1", "r2", ("remove", 1)), ("reply", 2, "n1", "r2", None),
        ("ask", 1, "n1", "r3", ("add", 2)), ("reply", 2, "n1", "r3", 3),
        ("ask", 1, "n1", "r4", ("add", 2)), ("reply", 2, "n1", "r4", False),
    )  # fmt: skip
    assert [answered(each) for each in made] == ["ok", "ok", "3", "False"]
