"""What all servers do: start, look at the term of a message, commit and apply."""

import pytest
from lone_nodes import ELECTION, FIVE, candidate, leader, node, sent

from splitbrain.node import CancelTimer, Observe, Send, SetTimer, Sync, Write
from splitbrain.observations import Applied, Committed, EnteredTerm, Led, Recovered, SteppedDown
from splitbrain_protocols.raft.core.election import Election
from splitbrain_protocols.raft.core.follower import Follower
from splitbrain_protocols.raft.core.leader import Leader
from splitbrain_protocols.raft.core.messages import AppendEntries, AppendEntriesReply, Message, RequestVote, RequestVoteReply
from splitbrain_protocols.raft.node import Raft


def test_a_node_first_says_what_it_found_on_its_disk_and_waits_for_a_leader():
    raft = node(4, "n3", (1, 2))
    assert raft.start() == [Observe(Recovered(4, "n3", ((1, "v1"), (2, "v2")))), ELECTION]
    assert (raft.current_term, raft.voted_for, raft.log.last_index) == (4, "n3", 2)
    assert (raft.commit_index, raft.last_applied) == (0, 0)


# The door


@pytest.mark.parametrize(
    "message",
    [
        RequestVote(5, 9, 4),
        RequestVoteReply(5, False),
        AppendEntries(5, 9, 4, (), 0),
        AppendEntriesReply(5, False, 9),
    ],
)
def test_any_message_of_a_higher_term_makes_a_leader_a_follower_with_its_election_timer_running(message):
    raft = leader()
    raft.request("r1", "x")
    effects = raft.receive("n2", message)
    assert effects[:6] == [
        Observe(SteppedDown(1)),
        CancelTimer("heartbeat"),
        ELECTION,
        Write("term_and_vote", (5, None)),
        Sync(),
        Observe(EnteredTerm(5)),
    ]
    assert (raft.role, raft.current_term) == ("follower", 5)
    assert not raft.unanswered


@pytest.mark.parametrize("response", [RequestVoteReply(5, True), AppendEntriesReply(5, True, 0), AppendEntriesReply(5, False, 0)])
def test_a_response_of_a_higher_term_tells_the_term_and_nothing_else(response):
    for raft in (leader(), candidate()):
        effects = raft.receive("n2", response)
        assert effects[-1] == Observe(EnteredTerm(5))
        assert (raft.role, raft.current_term, raft.voted_for) == ("follower", 5, None)


def test_a_request_of_a_higher_term_is_handled_in_that_term():
    assert node(1).receive("n2", AppendEntries(5, 1, 1, (), 0)) == [
        Write("term_and_vote", (5, None)),
        Sync(),
        Observe(EnteredTerm(5)),
        ELECTION,
        Send("n2", AppendEntriesReply(5, False, 1)),
    ]


@pytest.mark.parametrize("term", [0, 1, 2, 3])
def test_only_a_higher_term_is_adopted_from_a_request_or_a_reply(term):
    # 5.1: "if a server's current term is smaller than the other's, then it updates its current term to the larger value".
    assert node(2).must_adopt(term) is (term > 2)


@pytest.mark.parametrize("reply", [RequestVoteReply(1, False), AppendEntriesReply(1, False, 0)])
def test_an_old_reply_does_not_take_the_term_back(reply):
    raft = node(2, "n3")
    assert raft.receive("n2", reply) == ()
    assert (raft.current_term, raft.voted_for) == (2, "n3")


def test_a_message_whose_term_is_not_heeded_goes_to_its_receiver_and_leaves_the_term_as_it_is():
    class Deaf(Raft):
        def heeds_term_of(self, message):
            return type(message) is not RequestVote

    raft = node(1, kind=Deaf)
    assert sent(raft.receive("n2", RequestVote(5, 0, 0))) == [("n2", RequestVoteReply(1, True))]
    assert raft.current_term == 1
    raft.receive("n2", RequestVoteReply(5, False))
    assert raft.current_term == 5


# The tables


class Ping(Message, frozen=True):
    """A message of which the core knows nothing."""


class Extended(Raft):
    def __init__(self, me, peers, disk, *, patience=7, **options):
        super().__init__(me, peers, disk, **options)
        self.patience = SetTimer("patience", patience, patience)
        self.receivers[Ping] = lambda sender, message: [Send(sender, message)]
        self.timers["patience"] = lambda: [self.patience]
        self.timers["election"] = lambda: [*self.start_election(), self.patience]


def test_an_extension_has_messages_timers_and_options_of_its_own_and_the_rule_of_terms_holds_for_them():
    raft = node(1, kind=Extended, patience=9, batch=1)
    assert raft.receive("n2", Ping(1)) == [Send("n2", Ping(1))]
    assert raft.timeout("patience") == [SetTimer("patience", 9, 9)]
    effects = raft.receive("n2", Ping(4))
    assert (effects[-2:], raft.current_term) == ([Observe(EnteredTerm(4)), Send("n2", Ping(4))], 4)
    assert raft.batch == 1


def test_an_extension_replaces_what_a_timer_of_the_core_does():
    raft = node(kind=Extended)
    assert raft.timeout("election")[-1] == SetTimer("patience", 7, 7)
    assert raft.role == "candidate"


def test_the_core_has_the_four_messages_and_the_two_timers_of_figure_2():
    class Figure2(Election, Leader, Follower):
        pass

    core = node(kind=Figure2)
    assert set(core.receivers) == {RequestVote, RequestVoteReply, AppendEntries, AppendEntriesReply}
    assert set(core.timers) == {"election", "heartbeat"}


# Quorums


def test_every_server_of_the_cluster_votes_and_holds_copies_that_count():
    assert node(peers=FIVE).voters() == ("n1", *FIVE)


def test_who_is_in_a_quorum_is_one_decision_for_votes_and_for_copies():
    class ThreeOfFive(Raft):
        def voters(self):
            return ("n1", "n2", "n3")

    raft = node(peers=FIVE, kind=ThreeOfFive)
    raft.timeout("election")
    assert raft.receive("n5", RequestVoteReply(1, True)) == ()
    assert Observe(Led(1)) in raft.receive("n2", RequestVoteReply(1, True))
    raft.request("r1", "x")
    assert Observe(Committed(1, 1)) not in raft.receive("n5", AppendEntriesReply(1, True, 1))
    assert Observe(Committed(1, 1)) in raft.receive("n3", AppendEntriesReply(1, True, 1))


# The state machine


def test_what_is_committed_is_applied_in_order_and_none_left_out():
    # Figure 2: "If commitIndex > lastApplied: increment lastApplied, apply log[lastApplied] to state machine".
    raft = node(1, None, (1, 1, 1, 1))
    raft.receive("n2", AppendEntries(1, 1, 1, (), 1))
    effects = raft.receive("n2", AppendEntries(1, 4, 1, (), 4))
    assert [each.observation.index for each in effects if type(each) is Observe and type(each.observation) is Applied] == [2, 3, 4]
    assert list(raft.due_to_apply()) == []
