"""The counterexample as the terminal shows it: golden screens of true runs, and what holds of every screen."""

from __future__ import annotations

import re

import pytest
from rich.cells import cell_len
from scripted import Note, scripted
from toys import FORGETFUL

from splitbrain.actions import Calm, Crash, Cut, Deliver, Drop, Duplicate, Fire, Mend, Request, Restart
from splitbrain.dice import Dice
from splitbrain.events import Observed
from splitbrain.exhibit import mutant
from splitbrain.invariant import Invariant
from splitbrain.node import Observe, Reply, Send, Write
from splitbrain.observations import Decided
from splitbrain.report.terminal.screen import SCREEN, ascii_only, counterexample_text, invariant_named
from splitbrain.schedule.file import SavedSchedule
from splitbrain.schedule.header import Header
from splitbrain.world.run import Setup, run
from splitbrain_protocols.museum import EXHIBITS
from splitbrain_protocols.raft.scenario import RAFT

BUGS = {exhibit.id: exhibit.scenario for exhibit in EXHIBITS}
N1, N2, N3 = "n1", "n2", "n3"


def deliver(sender, receiver, kind, epoch, ordinal=1):
    return Deliver(sender, receiver, kind, epoch, ordinal)


def election(node):
    return Fire(node, "election")


def report(scenario, actions, *, bug=None, size=3, path=None, invariant=None, lenient=False, **how):
    setup = Setup(scenario, size, {name: values[0] for name, values in scenario.options.items()})
    header = Header(
        scenario="shop:SCENARIO", bug=bug, size=size, options=dict(setup.options), invariant=invariant, found="written by hand"
    )
    outcome = run(setup, actions, keep=True, lenient=lenient)
    return counterexample_text(SavedSchedule(header, tuple(actions)), outcome, path, **how)


# Raft, 5.4.2; the shortest schedule on three nodes.
FIGURE_8 = (
    election(N1),
    deliver(N1, N2, "RequestVote", 1),
    election(N2),
    deliver(N2, N3, "RequestVote", 2),
    deliver(N2, N1, "RequestVoteReply", 1),
    Request(N1, "r1", "v1"),
    deliver(N2, N1, "RequestVote", 2),
    election(N1),
    deliver(N1, N3, "RequestVote", 3),
    deliver(N3, N1, "RequestVoteReply", 3),
    deliver(N3, N2, "RequestVoteReply", 2),
    Request(N2, "r2", "v2"),
    deliver(N1, N2, "RequestVote", 3),
    election(N2),
    deliver(N1, N3, "AppendEntries", 3),
    deliver(N3, N1, "AppendEntriesReply", 3),
    deliver(N1, N3, "AppendEntries", 3, 2),
    deliver(N2, N3, "RequestVote", 4),
    deliver(N3, N1, "AppendEntriesReply", 3, 2),
    deliver(N3, N2, "RequestVoteReply", 4),
)
FORGOTTEN_VOTE = (
    election(N1),
    election(N2),
    deliver(N1, N3, "RequestVote", 1),
    Crash(N3),
    Restart(N3),
    deliver(N2, N3, "RequestVote", 1),
)
IGNORED_PROMISE = (
    Request(N1, "r1", "tea"),
    Request(N2, "r2", "coffee"),
    deliver(N1, N3, "Prepare", 1),
    deliver(N3, N1, "Promise", 1),
    deliver(N1, N3, "Accept", 1),
    deliver(N2, N3, "Prepare", 1),
    deliver(N3, N2, "Promise", 1),
)


# Golden screens


def test_figure_8_fits_one_screen_with_a_lane_for_each_node(golden):
    text = report(BUGS["figure-8"], FIGURE_8, bug="figure-8", path="tests/schedules/figure-8.schedule.jsonl")
    assert len(text.splitlines()) <= SCREEN
    golden("figure-8", text)


@pytest.mark.parametrize("width", [60, 80, 140])
def test_other_widths_show_the_same_steps(golden, width):
    golden(f"figure-8-{width}", report(BUGS["figure-8"], FIGURE_8, bug="figure-8", width=width))


def test_a_crash_and_a_restart_show_in_their_lane(golden):
    golden("vote-not-durable", report(BUGS["vote-not-durable"], FORGOTTEN_VOTE, bug="vote-not-durable"))


def test_paxos_speaks_of_ballots(golden):
    golden("pax-ignore-reported", report(BUGS["pax-ignore-reported"], IGNORED_PROMISE, bug="pax-ignore-reported"))


def test_five_nodes_share_one_column_of_words(golden):
    actions = [
        Cut(((N1, "n5"), ("n5", N1), (N2, "n5"), ("n5", N2))),
        election(N1),
        deliver(N1, N3, "RequestVote", 1),
        Drop(N1, N2, "RequestVote", 1),
        Duplicate(N3, N1, "RequestVoteReply", 1),
        deliver(N3, N1, "RequestVoteReply", 1),
        Crash("n4", during=deliver(N1, "n4", "RequestVote", 1), after=2, keep=1),
        Mend(((N1, "n5"), ("n5", N1), (N2, "n5"), ("n5", N2))),
        Restart("n4"),
        deliver(N1, "n5", "RequestVote", 1),
        deliver("n5", N1, "RequestVoteReply", 1),
        Request(N2, "r1", "v1"),
    ]
    golden("five-nodes", report(RAFT, actions, size=5, invariant="ElectionSafety"))


def test_a_fair_phase_is_one_step_with_a_diagnosis(golden):
    text = report(BUGS["pax-accept-overstrict"], [Calm((N1, N2), 7, 2000)], bug="pax-accept-overstrict")
    assert len(text.splitlines()) <= SCREEN
    golden("fair-phase", text)


# What a reader must find


def test_the_conflicting_events_are_told_in_words_with_their_steps():
    text = report(BUGS["figure-8"], FIGURE_8)
    assert "step 19  n1 commits up to entry 1, in term 3" in text
    assert "step 20  n2 leads term 4" in text


def test_the_invariant_speaks_in_its_own_sentence_and_source():
    text = report(BUGS["vote-not-durable"], FORGOTTEN_VOTE)
    assert text.startswith("OneVotePerTerm is broken: A node gives its vote of a term to one candidate only, across restarts.")
    assert "(Raft (extended version), 5.2" in text


def test_the_last_lines_are_the_commands_and_a_path_with_spaces_is_quoted():
    text = report(FORGETFUL, [Request(N1, "r1", "v1")], path="my schedules/a.schedule.jsonl")
    *_, replay, show = text.splitlines()
    assert replay == "Replay it:  splitbrain replay 'my schedules/a.schedule.jsonl'"
    assert show == "See it:     splitbrain show 'my schedules/a.schedule.jsonl'"


def test_without_a_file_there_is_no_command():
    assert "splitbrain replay" not in report(FORGETFUL, [Request(N1, "r1", "v1")])


def test_a_node_that_raises_is_down_from_there_on():
    def request(node, request_id, command):
        raise LookupError("no such thing")

    text = report(scripted(request=request), [Request(N1, "r1", "v1")])
    assert "KeepsContract is broken: A node never raises" in text
    assert re.search(r"step 1 +n1 raised: .*LookupError: no such thing", text)
    assert re.search(r"step.*n1.*\n◆ +1  request n1 r1 'v1' ◆ raised:", text)


def test_a_node_that_raises_at_the_start_has_a_step_0():
    def start(node):
        if node.me == N2:
            raise LookupError("no such thing")
        return ()

    text = report(scripted(start=start), [])
    assert re.search(r"◆ +0  every node starts +│ +◆ raised", text)


def test_a_run_that_breaks_nothing_says_so_and_what_the_file_was_saved_for():
    text = report(RAFT, FORGOTTEN_VOTE, invariant="OneVotePerTerm")
    assert text.startswith("Nothing is broken: this schedule runs to its end.\n    It was saved because it broke OneVotePerTerm.")


def test_a_run_that_stops_says_where_and_why():
    text = report(RAFT, [election(N1), Restart(N2)])
    assert text.startswith("This schedule stopped at action 2: cannot restart n2: n2 runs")


def test_a_lenient_run_says_how_much_it_left_out():
    assert "1 action of the file was not enabled, and left out." in report(RAFT, [Restart(N2), election(N1)], lenient=True)


def test_actions_behind_the_violation_are_mentioned():
    text = report(BUGS["vote-not-durable"], [*FORGOTTEN_VOTE, election(N1)])
    assert "The file goes on for 1 more action." in text


def test_what_a_crash_may_lose_is_named():
    text = report(FORGETFUL, [Request(N1, "r1", "v1"), Crash(N1)], width=140)
    assert "unsynced: value" in text
    assert "power off, loses 1 write" in text


def test_only_messages_that_a_step_names_are_shown_as_sent():
    text = report(RAFT, [election(N1), deliver(N1, N3, "RequestVote", 1)])
    assert re.search(r"→n3 +│.*\n.*RequestVote", text)
    assert "→n2" not in text


def test_a_message_goes_from_lane_to_lane():
    text = report(RAFT, [election(N1), deliver(N1, N3, "RequestVote", 1), deliver(N3, N1, "RequestVoteReply", 1)])
    assert re.search(r"├─+┼─+▶● votes n1 t1", text)
    assert re.search(r"● leads t1 ◀─+┼─+┤", text)


def test_an_observation_of_ones_own_is_shown_by_its_name_and_fields():
    class Quiet(Invariant):
        """Nobody says anything."""

        watches = (Note,)

        def observe(self, event):
            return self.violation(f"{event.node} spoke", event)

    text = report(
        scripted(request=lambda node, request, command: [Observe(Note(command))], invariants=(Quiet,)),
        [Request(N2, "r1", "hello")],
    )
    assert "step 1   n2 says Note text=hello" in text
    assert "◆ Note text=hello" in text


def test_an_invariant_made_by_a_factory_is_found():
    class Picky(Invariant):
        """Something."""

        def __init__(self, what):
            self.what = what

        def observe(self, event):
            return None

    scenario = scripted(invariants=(lambda: Picky("this"),))
    assert invariant_named(scenario, "Picky") is Picky
    assert invariant_named(scenario, "Other") is None


def legend(text):
    """What is explained below the table."""
    return text.partition("\n step ")[2].partition("\n\n")[2].partition("\n\n")[0]


def test_the_legend_explains_only_what_is_there():
    awkward = "tx=t1 1:t2 b2 #2 ✗ ◆ ╳ ↻ →n1"
    assert legend(report(FORGETFUL, [Request(N1, "r1", awkward)], size=1)) == ""
    down = report(FORGETFUL, [Request(N1, "r1", awkward), Crash(N1)], size=2)
    assert legend(down) == "╳ down"
    lost = report(FORGETFUL, [Request(N1, "r1", awkward), Drop(N1, N2, "Copy")], size=2)
    assert legend(lost) == "✗ lost · →n1: a message to n1 for a later step"
    second = [Request(N1, "r1", "v1"), Fire(N1, "remind"), Deliver(N1, N2, "Copy", None, 2)]
    assert "#2: the second such message" in legend(report(FORGETFUL, second, size=2))
    assert legend(report(RAFT, [election(N1)])) == "t2: term 2"


def test_a_run_is_called_by_the_name_of_its_scenario_in_a_module_or_by_the_exhibit_s():
    assert "\nRun: shop:SCENARIO, 2 nodes" in report(FORGETFUL, [Request(N1, "r1", "v1")], size=2)
    assert "\nRun: raft with the bug figure-8, 3 nodes" in report(BUGS["figure-8"], FIGURE_8, bug="figure-8")


def test_a_run_says_who_has_a_role():
    actions = [Request(N1, "r1", "v1")]
    roles = {"witness": lambda size: (size - 1,), "first": (0,)}
    assert "2 nodes, 1 action, n1 first, n2 witness, " in report(mutant(FORGETFUL, FORGETFUL.factory, roles=roles), actions, size=2)


def test_a_run_says_which_invariants_judged_it():
    setup = Setup(FORGETFUL, 2)
    header = Header(scenario="raft", size=2, only=("OneValue",), without=("KeepsContract",))
    text = counterexample_text(SavedSchedule(header, ()), run(setup, ()))
    assert "\nRun: register, 2 nodes, 0 actions, judged by OneValue alone, not judged by KeepsContract\n" in text


def test_notes_stand_last():
    setup = Setup(FORGETFUL, 2)
    text = counterexample_text(SavedSchedule(Header(scenario="a:B", size=2), ()), run(setup, ()), "a", notes=["one", "two"])
    assert text.endswith("splitbrain show a\none\ntwo")


# What holds of every screen


def wander(scenario, size, seed, steps):
    """Some enabled action after another."""
    dice = Dice(seed)
    actions = []
    with Setup(scenario, size, {name: values[0] for name, values in scenario.options.items()}).world() as world:
        while len(actions) < steps and world.violation is None:
            # Crashes of everybody make dull runs.
            enabled = [action for action in world.enabled() if not isinstance(action, Crash) or dice.chance(0.1)]
            actions.append(world.apply(dice.pick(enabled)))
    return actions


def shown_steps(text):
    """The steps of each row of the table."""
    rows = re.findall(r"^[ ◆] {0,4}(\d+)(?:-(\d+))?  \S", text, re.MULTILINE)
    return [range(int(first), int(last or first) + 1) for first, last in rows]


@pytest.mark.parametrize("size", [1, 3, 4, 5, 7, 25])
@pytest.mark.parametrize("width", [60, 80, 100, 160])
def test_no_line_is_wider_than_the_terminal_and_every_step_is_there_once(size, width):
    actions = wander(RAFT, size, size, 80)
    text = report(RAFT, actions, size=size, width=width)
    assert max(map(cell_len, text.splitlines())) <= width
    assert [step for numbers in shown_steps(text) for step in numbers] == list(range(1, len(actions) + 1))


def test_a_terminal_narrower_than_sixty_columns_gets_sixty():
    assert report(RAFT, FORGOTTEN_VOTE, width=20) == report(RAFT, FORGOTTEN_VOTE, width=60)


@pytest.mark.parametrize(
    "value", ["x" * 5_000, "two\nlines", "\x1b[31mred", "広い文字" * 30, ["a", {"b": ["c"] * 900}], "", None, {"k": 1.5}]
)
def test_values_of_any_kind_and_length_stay_in_their_place(value):
    def request(node, request_id, command):
        return [Observe(Decided(command)), Send(N2, Note(command)), Write("key", command), Reply(request_id, command)]

    class NothingDecided(Invariant):
        """Nothing is decided."""

        def observe(self, event):
            if isinstance(event, Observed) and event.node == N2:
                return self.violation(f"{event.node} decided {command!r}", event)
            return None

    command = value
    scenario = scripted(
        request=request, receive=lambda node, sender, message: [Observe(Decided(message.text))], invariants=(NothingDecided,)
    )
    for width in (60, 100, 140):
        text = report(scenario, [Request(N1, "r1", value), Deliver(N1, N2, "Note")], width=width)
        lines = text.splitlines()
        assert max(map(cell_len, lines)) <= width
        assert len(lines) <= SCREEN
        assert all(line.isprintable() for line in lines)


def test_colour_changes_nothing_but_the_colours():
    plain = report(BUGS["figure-8"], FIGURE_8)
    colored = report(BUGS["figure-8"], FIGURE_8, color=True)
    assert "\x1b[1;31m" in colored
    assert [line.rstrip() for line in re.sub(r"\x1b\[[0-9;]*m", "", colored).splitlines()] == plain.splitlines()


def test_a_terminal_without_unicode_gets_the_same_picture():
    text = report(BUGS["vote-not-durable"], FORGOTTEN_VOTE)
    plain = ascii_only(text)
    assert plain.isascii()
    assert [len(line) for line in plain.splitlines()] == [len(line) for line in text.splitlines()]
    assert "?" not in plain
