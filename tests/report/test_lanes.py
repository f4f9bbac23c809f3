"""A trace as rows: glyphs, arrows, and what is evidence."""

import pytest
import trio
from scripted import scripted
from toys import FORGETFUL, REGISTER

from splitbrain.actions import Advance, Crash, Cut, Deliver, Drop, Duplicate, Fire, Request, Restart
from splitbrain.node import Observe, Send, SetTimer
from splitbrain.report.lanes import ACTS, BACK, DOWN, EVIDENCE, UP, Arrow, dated, folded, rows
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


def numbers(read):
    return [(row.number, row.action) for row in read]


REMIND = Fire(N1, "remind")


def test_time_stands_behind_the_action_that_moved_it():
    read = table(REGISTER, Request(N1, "r1", "v1"), REMIND, Deliver(N1, N2, "Copy"), REMIND, Request(N2, "r2", "v2"))
    assert [row.time for row in read] == [0, 20, 20, 40, 40]
    words = [row.action for row in dated(read)]
    assert words[1::2] == ["fire n1 remind @20 ms", "fire n1 remind @40 ms"]
    assert words[::2] == [row.action for row in read[::2]]


def test_time_that_stands_still_is_not_told():
    read = table(REGISTER, Request(N1, "r1", "v1"), Crash(N1), Restart(N1))
    assert dated(read) == read


def test_a_run_of_one_idle_action_is_one_row_with_the_first_and_the_last_step_and_the_time_at_its_end():
    read = table(REGISTER, Request(N1, "r1", "v1"), *[REMIND] * 12, Crash(N2))
    assert numbers(folded(read)) == [("1", "request n1 r1 'v1'"), ("2-13", "fire n1 remind ×12"), ("14", "crash n2")]
    assert numbers(dated(folded(read)))[1] == ("2-13", "fire n1 remind ×12 @240 ms")
    assert folded(read)[1].cells == {}


def test_what_happens_once_keeps_its_words():
    read = table(REGISTER, Request(N1, "r1", "v1"), REMIND)
    assert folded(read) == read
    assert read[1].cells


def test_time_that_passes_for_async_nodes_is_folded_too():
    async def run(node, env):
        while True:
            await trio.sleep(0.01)

    read = table(scripted(run=run), *[Advance()] * 12, size=1)
    assert numbers(dated(folded(read))) == [("1-12", "advance to the next deadline ×12 @120 ms")]


@pytest.mark.parametrize(
    ("timeout", "actions"),
    [
        (lambda node, timer: [Observe("something"), SetTimer("t", 10, 20)], []),
        (
            lambda node, timer: [Send(N2, "hello"), SetTimer("t", 10, 20)],
            [Deliver(N1, N2, "str", None, 1), Deliver(N1, N2, "str", None, 2)],
        ),
    ],
    ids=["said", "sent and arrived"],
)
def test_an_action_at_which_something_can_be_seen_is_not_folded(timeout, actions):
    read = table(scripted(start=lambda node: [SetTimer("t", 10, 20)], timeout=timeout), Fire(N1, "t"), Fire(N1, "t"), *actions)
    assert folded(read) == read


def test_the_same_action_is_not_folded_across_another():
    read = table(REGISTER, Request(N1, "r1", "v1"), REMIND, REMIND, Crash(N2), REMIND, REMIND)
    assert [number for number, _ in numbers(folded(read))] == ["1", "2-3", "4", "5-6"]
