"""A trace as rows: glyphs, arrows, and what is evidence."""

from scripted import scripted
from toys import FORGETFUL

from splitbrain.actions import Crash, Cut, Deliver, Drop, Duplicate, Request, Restart
from splitbrain.node import Send
from splitbrain.report.lanes import ACTS, BACK, DOWN, EVIDENCE, UP, Arrow, rows
from splitbrain.world.run import Setup, run

N1, N2 = "n1", "n2"


def table(scenario, *actions, size=2):
    """The rows of this schedule's run."""
    options = {name: values[0] for name, values in scenario.options.items()}
    done = run(Setup(scenario, size, options), actions, keep=True)
    assert done.stopped is None
    return rows(scenario.nodes(size), done.events, done.actions, done.violation)


def glyphs(row):
    return "".join(row.glyphs.values())


def test_a_row_is_a_step_with_the_action_in_words():
    read = table(FORGETFUL, Request(N1, "r1", "v1"), Crash(N1))
    assert [(row.step, row.action) for row in read] == [(1, "request n1 r1 'v1'"), (2, "crash n1")]


def test_a_node_that_acts_is_down_or_comes_back_shows_it_in_its_lane():
    read = table(FORGETFUL, Request(N1, "r1", "v1"), Crash(N1), Request(N2, "r2", "v1"), Restart(N1))
    assert [glyphs(row) for row in read] == [ACTS + UP, DOWN + UP, DOWN + ACTS, BACK + UP]


def test_no_node_takes_part_in_what_happens_to_links_and_messages():
    copy = (N1, N2, "Copy")
    read = table(FORGETFUL, Request(N1, "r1", "v1"), Duplicate(*copy), Cut(((N1, N2),)), Drop(*copy))
    assert [glyphs(row) for row in read[1:]] == [UP + UP] * 3


def test_a_message_is_an_arrow_when_it_arrives_or_is_lost_but_not_when_it_is_doubled():
    copy = (N1, N2, "Copy")
    read = table(FORGETFUL, Request(N1, "r1", "v1"), Duplicate(*copy), Deliver(*copy), Drop(*copy, copy=1))
    assert [row.arrow for row in read] == [None, None, Arrow(N1, N2, lost=False), Arrow(N1, N2, lost=True)]


def test_what_a_node_tells_itself_is_no_arrow():
    scenario = scripted(request=lambda node, request, command: [Send(node.me, command)])
    read = table(scenario, Request(N1, "r1", "hello"), Deliver(N1, N1, "str"))
    assert [row.arrow for row in read] == [None, None]


def test_the_steps_of_the_evidence_are_marked_where_it_happened():
    read = table(FORGETFUL, Request(N1, "r1", "v1"), Crash(N1), Restart(N1), Request(N1, "r2", "v2"))
    assert [row.evidence for row in read] == [True, False, False, True]
    assert [row.glyphs[N1] for row in read] == [EVIDENCE, DOWN, BACK, EVIDENCE]


def test_the_first_start_of_all_nodes_has_a_row_only_when_something_breaks_there():
    def start(node):
        raise LookupError("no such thing")

    (row,) = table(scripted(start=start))
    assert (row.step, row.action, row.glyphs[N1]) == (0, "every node starts", EVIDENCE)
