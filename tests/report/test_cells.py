"""What changed at a step, in the words of a lane."""

from splitbrain.actions import (
    Calm,
    Complete,
    Connect,
    Crash,
    Cut,
    Deliver,
    Disconnect,
    Drop,
    Duplicate,
    Fire,
    Mend,
    Request,
    Resend,
)
from splitbrain.events import Acted, Crashed, Exited, Failed, Observed, Replied, Requested, Sent, Started, Synced, TimerSet, Wrote
from splitbrain.observations import Applied, Committed, EnteredTerm, Led, Tracked, Voted
from splitbrain.report.cells import CellReader, Weight, identity, message_of

N1, N2, N3 = "n1", "n2", "n3"
UP = dict.fromkeys((N1, N2, N3), False)
VOTE = Deliver(N1, N2, "RequestVote", 1)


def read(action, *events, schedule=(), evidence=(), down=None):
    """The words in each lane, of a single step."""
    reader = CellReader(schedule or (action,), lambda event: event in evidence)
    return {node: [part.text for part in parts] for node, parts in reader.cells(action, events, UP | (down or {})).items() if parts}


def sent(receiver, message="hello"):
    return Sent(1, N1, receiver, "RequestVote", 1, 1, message)


def test_the_message_of_an_action_is_what_a_crash_interrupts_too():
    assert message_of(VOTE) == message_of(Crash(N2, during=VOTE, after=1)) == VOTE
    assert message_of(Fire(N1, "election")) is message_of(Crash(N1)) is message_of(None) is None


def test_all_copies_of_a_message_have_one_identity():
    assert identity(Deliver(N1, N2, "RequestVote", 1, 1, 3)) == identity(Drop(N1, N2, "RequestVote", 1)) == identity(sent(N2))


def test_what_a_vote_or_a_commit_says_as_well_is_not_said_again():
    said = [Observed(1, N2, each) for each in (EnteredTerm(1), Voted(1, N1), Applied(1, 1, "v"), Committed(1, 1))]
    assert read(VOTE, *said) == {N2: ["votes n1 t1", "commits 1"]}
    assert read(VOTE, said[0]) == {N2: ["enters t1"]}


def test_bookkeeping_is_told_only_as_evidence():
    noted = Observed(1, N2, Tracked(N1, 1, 2))
    assert read(VOTE, noted) == {}
    assert [*read(VOTE, noted, evidence=[noted])] == [N2]


def test_a_message_that_changed_nothing_shows_its_contents():
    reader = CellReader([VOTE], lambda event: False)
    reader.cells(Fire(N1, "election"), [sent(N2)], UP)
    (part,) = reader.cells(VOTE, [], UP)[N2]
    assert (part.text, part.weight) == ("hello", Weight.CONTENTS)


def test_messages_are_shown_as_sent_only_where_a_later_step_names_them():
    assert read(Fire(N1, "election"), sent(N2), sent(N3), schedule=[VOTE]) == {N1: ["→n2 RequestVote"]}


PUT = Request(N2, "s1.1", ("put", "x", 1), "s1")


def test_of_sessions_the_lanes_tell_who_asks_again_or_goes_on_and_what_they_are_told():
    asked = Requested(1, N2, "s1.1", PUT.command, False, "s1")
    again = Requested(2, N3, "s1.1", PUT.command, False, "s1", None, 2)
    heir = Requested(3, N1, "s2.1", ("get", "x"), False, "s2", "s1")
    reader = CellReader([], lambda event: False)
    told = [
        reader.cells(PUT, [asked], UP)[N2],
        reader.cells(Resend(N3, "s1.1"), [again, Replied(2, N3, "s1.1", True)], UP)[N3],
        reader.cells(Request(N1, "s2.1", ("get", "x"), "s2", "s1"), [heir], UP)[N1],
    ]
    assert [[(part.text, part.weight) for part in parts] for parts in told] == [
        [("s1 asks put x 1", Weight.DETAIL)],  # the action says so
        [("s1 asks again: put x 1", Weight.CHANGE), ("answers s1.1: True", Weight.CHANGE)],
        [("s2 goes on for s1, asks get x", Weight.CHANGE)],
    ]
    assert read(PUT, asked, evidence=[asked]) == {N2: ["s1 asks put x 1"]}


def test_a_client_that_asks_once_is_told_no_more_of_than_before():
    asked = Requested(1, N2, "r1", "v1", False)
    reader = CellReader([], lambda event: False)
    (part,) = reader.cells(Request(N2, "r1", "v1"), [asked, Replied(1, N2, "r1", 3)], UP)[N2]
    assert (part.text, part.weight) == ("answers r1: 3", Weight.DETAIL)


def test_what_arrives_before_the_power_goes_is_told_at_both_ends():
    crash = Crash(N1, during=Fire(N1, "election"), after=1, arrive=1)
    arrived = Acted(1, 0, Deliver(N1, N2, "RequestVote", 1))
    happened = (Acted(1, 0, crash), sent(N2), arrived, Crashed(1, N1, 0, 0))
    assert read(crash, *happened, down={N1: True}) == {N1: ["power off", "→n2 RequestVote, arrives"], N2: ["hello"]}
    said = Observed(1, N2, Led(3))
    assert read(crash, *happened, said, down={N1: True})[N2] == ["leads t3"]


def test_what_a_crash_would_lose_is_named_until_it_is_synced_or_lost():
    wrote = Wrote(1, N2, "vote", N1)
    assert read(VOTE, wrote) == {N2: ["unsynced: vote"]}
    assert read(VOTE, wrote, Synced(1, N2, None)) == {}
    assert read(Crash(N2, during=VOTE, after=1), wrote, Crashed(1, N2, 0, 1), down={N2: True}) == {N2: ["power off, loses 1 write"]}


def test_a_verb_is_said_once_for_all_that_follows_it():
    said = [Observed(1, N2, Committed(index, 1)) for index in (1, 2)]
    assert read(VOTE, *said) == {N2: ["commits 1", "2"]}


def test_what_no_node_notices_is_told_where_it_matters():
    links = ((N1, N2), (N1, N3))
    assert read(Cut(links)) == {N1: ["cannot reach n2 n3"]}
    assert read(Mend(links)) == {N1: ["reaches n2 n3"]}
    assert read(Drop(N1, N2, "RequestVote", 1)) == {N2: ["never gets it"]}
    assert read(Duplicate(N1, N2, "RequestVote", 1)) == {N1: ["once more in flight to n2"]}
    assert read(Complete(N3)) == {N3: ["disk has synced"]}


def test_a_node_that_did_nothing_else_sets_its_timers():
    timer = TimerSet(1, N1, "election", 150, 300)
    assert read(Fire(N1, "election"), timer, timer) == {N1: ["sets timer election"]}
    assert read(Fire(N1, "election"), timer, Observed(1, N1, Led(1))) == {N1: ["leads t1"]}


def test_a_fair_phase_tells_the_last_of_what_changed():
    said = [Observed(1, N1, each) for each in (EnteredTerm(1), Led(1), Committed(1, 1), Committed(2, 1))]
    assert read(Calm((N1, N2), 1, 100), *said) == {N1: ["… leads t1", "commits 2"]}


def test_a_restart_is_told_by_its_lane_when_the_node_says_what_it_found():
    assert read(VOTE, Started(1, N2, 2)) == {N2: ["starts again"]}
    assert read(VOTE, Started(1, N2, 2), Observed(1, N2, Led(1))) == {N2: ["leads t1"]}


def notations(*said, schedule=(VOTE,)):
    cells = CellReader(schedule, lambda event: False).cells(VOTE, [Observed(1, N2, each) for each in said], UP)
    return [each for parts in cells.values() for part in parts for each in part.notation]


def test_a_part_says_which_of_its_notations_are_to_be_explained():
    assert notations(Voted(1, N1)) == ["t2: term 2"]
    assert notations(Committed(1, 1)) == []
    (part,) = CellReader([VOTE], lambda event: False).cells(Fire(N1, "election"), [sent(N2)], UP)[N1]
    assert part.notation == ("→n1: a message to n1 for a later step",)


def test_a_timer_that_is_set_again_is_the_first_thing_to_be_left_out():
    (part,) = CellReader([], lambda event: False).cells(Fire(N1, "election"), [TimerSet(1, N1, "election", 150, 300)], UP)[N1]
    assert part.weight is Weight.IDLE is max(Weight)


def test_of_a_long_failure_the_end_is_told_where_its_place_is():
    (words,) = read(VOTE, Failed(1, N2, "raised", f"receive: ValueError: {'no way ' * 50}(node.py:17, in receive)"))[N2]
    assert words.startswith("raised: receive: ValueError: no way")
    assert words.endswith("(node.py:17, in receive)")
    assert len(words) < 130


def test_what_becomes_of_a_connection_stands_at_both_its_ends():
    assert read(Disconnect(N1, N3)) == {N1: ["connection to n3 ends"], N3: ["connection to n1 ends"]}
    assert read(Connect(N1, N3)) == {N1: ["connection to n3 opens"], N3: ["connection to n1 opens"]}


def test_a_node_learns_of_its_connection_and_what_was_sent_under_that_name_is_a_message():
    gone = Deliver(N2, N1, "disconnected")
    assert read(gone) == {N1: ["learns: n2 disconnected"]}
    assert read(gone, Observed(1, N1, Led(2))) == {N1: ["leads t2", "learns: n2 disconnected"]}
    said = Sent(0, N2, N1, "disconnected", None, 1, "see you")
    reader = CellReader([gone], lambda event: False)
    reader.cells(None, [said], UP)
    assert reader.notice(gone) is None
    assert [part.text for part in reader.cells(gone, [], UP)[N1]] == ["see you"]


def test_a_node_that_ends_itself_says_why_and_did_not_lose_its_power():
    ended = Exited(1, N2, "SystemExit: 3")
    assert read(VOTE, ended, Crashed(1, N2, 0, 0)) == {N2: ["exits: SystemExit: 3"]}
    assert read(VOTE, ended, Crashed(1, N2, 0, 2)) == {N2: ["exits: SystemExit: 3", "loses 2 writes"]}


def test_what_a_node_sends_to_itself_is_shown_where_it_gets_it_at_once():
    tick, itself = Fire(N1, "tick"), Sent(1, N1, N1, "Vote", 1, 1, "yes")
    for local, words in ((True, ["→itself Vote"]), (False, [])):
        cells = CellReader([tick], lambda event: False, local).cells(tick, [itself], UP)
        assert [part.text for part in cells.get(N1, [])] == words
