"""Actions in words, on one line."""

from splitbrain.actions import Connect, Crash, Cut, Deliver, Disconnect, Mend, Operate, Request, Resend
from splitbrain.report.actions import action_words


def test_a_partition_is_told_by_its_two_sides():
    both = (("n1", "n3"), ("n3", "n1"), ("n2", "n3"), ("n3", "n2"))
    assert action_words(Cut(both)) == "cut n1 n2 <-> n3"
    assert action_words(Mend((("n1", "n3"), ("n2", "n3")))) == "mend n1 n2 -> n3"
    ring = (("n1", "n2"), ("n2", "n3"), ("n3", "n1"))
    assert action_words(Cut(ring)) == "cut n1->n2 n2->n3 n3->n1"


def test_what_a_session_asks_for_is_in_words_and_so_is_whom_it_goes_on_for():
    asked = Request("n1", "s2.1", ("put", "x", 3), "s2")
    assert action_words(asked) == "request n1 s2.1 put x 3"
    assert action_words(Request("n1", "s2.1", ("get", "x"), "s2", "s1")) == "request n1 s2.1 for s1: get x"
    assert action_words(Crash("n1", 0, asked, 2)) == "crash n1 after 2 effects of (request n1 s2.1 put x 3)"
    assert action_words(Resend("n2", "s2.1")) == "resend n2 s2.1"
    assert action_words(Request("n1", "r1", ("get", "x"))) == "request n1 r1 ('get', 'x')"  # of nobody's session, as it is


def test_a_crash_inside_a_handler_counts_its_effects():
    inner = Deliver("n1", "n2", "RequestVote", 1)
    assert action_words(Crash("n2", 0, inner, 1)) == "crash n2 after 1 effect of (deliver n1->n2 RequestVote 1)"
    assert action_words(Crash("n2", 0, inner, 1, 1)) == (
        "crash n2 after 1 effect of (deliver n1->n2 RequestVote 1), 1 message arrives"
    )
    assert action_words(Crash("n2", 2, inner, 3, 2)).endswith("RequestVote 1), 2 messages arrive, 2 unsynced survive")
    assert action_words(Crash("n2", 2, inner, 3)).endswith("after 3 effects of (deliver n1->n2 RequestVote 1), 2 unsynced survive")


def test_what_a_node_is_told_to_do_is_in_words():
    assert action_words(Operate("n1", "compact")) == "operate n1 compact"
    assert action_words(Operate("n1", "transfer", "n2")) == "operate n1 transfer n2"
    assert action_words(Operate("n1", "add", ["n4", 1])) == "operate n1 add [n4, 1]"
    assert (
        action_words(Crash("n1", 0, Operate("n1", "transfer", "n2"), 2)) == "crash n1 after 2 effects of (operate n1 transfer n2)"
    )


def test_a_connection_is_told_by_its_ends():
    assert action_words(Disconnect("n1", "n2")) == "disconnect n1 n2"
    assert action_words(Connect("n1", "n2")) == "connect n1 n2"
