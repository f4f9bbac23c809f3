"""Raft, one claim a test (Ongaro and Ousterhout, "In Search of an Understandable Consensus Algorithm", extended version)."""

from splitbrain.actions import Calm, Crash, Cut, Deliver, Fire, Mend, Request, Restart
from splitbrain.events import Observed, Replied, Sent
from splitbrain.node import Refused
from splitbrain.observations import Appended, Applied, Committed, Led, Recovered, SteppedDown, Truncated, Voted
from splitbrain.world.world import World
from splitbrain_protocols.raft.scenario import RAFT


def said(world, kind, node=None):
    """What ``node`` (or, as pairs, everybody) said of this kind, in order."""
    found = [event for event in world.events if type(event) is Observed and type(event.observation) is kind]
    if node is None:
        return [(event.node, event.observation) for event in found]
    return [event.observation for event in found if event.node == node]


def leaders(world):
    return [(node, each.term) for node, each in said(world, Led)]


def log(world, node):
    """The node's log as it told it: (term, command) from index 1."""
    entries = []
    for event in world.events:
        if type(event) is Observed and event.node == node:
            match event.observation:
                case Recovered(entries=recovered):
                    entries = list(recovered)
                case Appended(index, term, command):
                    assert index == len(entries) + 1
                    entries.append((term, command))
                case Truncated(index):
                    del entries[index - 1 :]
    return entries


def committed(world, node):
    """How far the node has committed since its last start."""
    index = 0
    for event in world.events:
        if type(event) is Observed and event.node == node:
            match event.observation:
                case Recovered():
                    index = 0
                case Committed(index=up_to):
                    index = up_to
    return index


def applied(world, node):
    return [(each.index, each.command) for each in said(world, Applied, node)]


def answers(world, request):
    return [event.result for event in world.events if type(event) is Replied and event.request == request]


def settle(world, *, to=None):
    """Deliver what can be delivered, oldest first, until nothing is left (only messages to the nodes ``to``)."""
    while True:
        deliveries = (each for each in world.enabled() if type(each) is Deliver and (to is None or each.receiver in to))
        message = next(deliveries, None)
        if message is None:
            return
        world.apply(message)


def elect(world, node):
    """``node`` times out, and everybody hears of it in time."""
    world.apply(Fire(node, "election"))
    settle(world)


def split(one, other):
    """The links between two groups, both ways."""
    return tuple((a, b) for a in one for b in other) + tuple((b, a) for a in one for b in other)


def test_a_candidate_with_votes_from_a_majority_becomes_leader_and_its_heartbeats_establish_its_authority():
    """5.2: a candidate wins "if it receives votes from a majority of the servers in the full cluster for the same term"."""
    with World(RAFT, size=3) as world:
        world.apply(Fire("n1", "election"))
        world.apply(Deliver("n1", "n2", "RequestVote", 1))
        assert leaders(world) == []
        world.apply(Deliver("n2", "n1", "RequestVoteReply", 1))
        assert leaders(world) == [("n1", 1)]
        assert {event.receiver for event in world.events if type(event) is Sent and event.kind == "AppendEntries"} == {"n2", "n3"}
        assert world.violation is None


def test_a_vote_split_in_two_is_resolved_by_the_next_term():
    """5.2: "votes could be split so that no candidate obtains a majority. When this happens, each candidate will time out and
    start a new election by incrementing its term"."""
    with World(RAFT, size=4) as world:
        world.apply(Fire("n1", "election"))
        world.apply(Fire("n2", "election"))
        world.apply(Deliver("n1", "n3", "RequestVote", 1))
        world.apply(Deliver("n2", "n4", "RequestVote", 1))
        settle(world)
        assert leaders(world) == []
        assert {vote.candidate for _, vote in said(world, Voted)} == {"n1", "n2"}

        elect(world, "n1")
        assert leaders(world) == [("n1", 2)]
        assert world.violation is None


def test_a_server_votes_for_at_most_one_candidate_in_a_term_first_come_first_served():
    """5.2: "Each server will vote for at most one candidate in a given term, on a first-come-first-served basis"."""
    with World(RAFT, size=3) as world:
        world.apply(Fire("n1", "election"))
        world.apply(Fire("n2", "election"))
        world.apply(Deliver("n2", "n3", "RequestVote", 1))
        world.apply(Deliver("n1", "n3", "RequestVote", 1))
        settle(world)
        assert said(world, Voted, "n3") == [Voted(1, "n2")]
        assert leaders(world) == [("n2", 1)]


def test_votes_survive_restarts():
    """Figure 2: voted_for is "updated on stable storage before responding to RPCs"."""
    with World(RAFT, size=3) as world:
        world.apply(Fire("n1", "election"))
        world.apply(Fire("n2", "election"))
        world.apply(Deliver("n1", "n3", "RequestVote", 1))
        world.apply(Crash("n3"))
        world.apply(Restart("n3"))
        assert said(world, Recovered, "n3")[-1] == Recovered(1, "n1", ())
        world.apply(Deliver("n2", "n3", "RequestVote", 1))
        settle(world)
        assert leaders(world) == [("n1", 1)]
        assert world.violation is None


def test_a_candidate_that_hears_from_a_leader_of_its_own_term_returns_to_follower_state():
    """5.2: if the leader's term "is at least as large as the candidate's current term", the candidate recognizes the leader."""
    with World(RAFT, size=3) as world:
        world.apply(Fire("n1", "election"))
        world.apply(Fire("n2", "election"))
        world.apply(Deliver("n1", "n3", "RequestVote", 1))
        world.apply(Deliver("n3", "n1", "RequestVoteReply", 1))
        world.apply(Deliver("n1", "n2", "AppendEntries", 1))
        world.apply(Request("n2", "r1", "x"))
        assert answers(world, "r1") == [Refused("n1")]


def test_a_server_with_a_shorter_log_is_denied_the_votes_of_those_that_hold_committed_entries():
    """5.4.1: "the voter denies its vote if its own log is more up-to-date than that of the candidate"."""
    with World(RAFT, size=3) as world:
        elect(world, "n1")
        world.apply(Cut(split(["n1", "n2"], ["n3"])))
        world.apply(Request("n1", "r1", "x"))
        settle(world)
        assert committed(world, "n1") == 1

        world.apply(Mend(split(["n1", "n2"], ["n3"])))
        world.apply(Cut(split(["n1"], ["n2", "n3"])))
        elect(world, "n3")
        assert leaders(world) == [("n1", 1)]
        elect(world, "n2")
        assert leaders(world) == [("n1", 1), ("n2", 3)]
        settle(world)
        assert log(world, "n3") == log(world, "n2") == [(1, "x")]
        assert world.violation is None


def test_followers_redirect_clients_to_the_leader():
    """5.1: "if a client contacts a follower, the follower redirects it to the leader"."""
    with World(RAFT, size=3) as world:
        world.apply(Request("n2", "early", "x"))
        assert answers(world, "early") == [Refused(None)]
        elect(world, "n1")
        world.apply(Request("n2", "later", "x"))
        assert answers(world, "later") == [Refused("n1")]
        assert log(world, "n1") == []


def test_an_entry_is_uncommitted_until_a_majority_has_written_it_and_then_followers_are_told():
    """5.3: an entry is committed "once the leader that created the entry has replicated it on a majority of the servers", and
    the leader includes that index in future AppendEntries, heartbeats too, "so that the other servers eventually find out"."""
    with World(RAFT, size=5) as world:
        elect(world, "n1")
        world.apply(Request("n1", "r1", "x"))
        world.apply(Deliver("n1", "n2", "AppendEntries", 1, 2))
        world.apply(Deliver("n2", "n1", "AppendEntriesReply", 1, 2))
        assert committed(world, "n1") == 0
        assert answers(world, "r1") == []

        world.apply(Deliver("n1", "n3", "AppendEntries", 1, 2))
        world.apply(Deliver("n3", "n1", "AppendEntriesReply", 1, 2))
        assert committed(world, "n1") == 1
        assert applied(world, "n1") == [(1, "x")]
        assert answers(world, "r1") == [1]
        settle(world)
        assert committed(world, "n2") == 0

        world.apply(Fire("n1", "heartbeat"))
        settle(world)
        for node in world.nodes:
            assert applied(world, node) == [(1, "x")]
        assert world.violation is None


def test_the_minority_side_of_a_partition_commits_nothing_and_its_leader_steps_down_after_healing():
    """5.1, 5.3: two leaders live, in different terms; the older one's requests are rejected, and its entries overwritten."""
    for option in ({}, {"noop": True}, {"optimistic": True}, {"heartbeats": "full"}):
        with World(RAFT, size=5, options=option) as world:
            elect(world, "n1")
            before = committed(world, "n1")
            links = split(["n1", "n2"], ["n3", "n4", "n5"])
            world.apply(Cut(links))
            world.apply(Request("n1", "left", "left"))
            settle(world)
            elect(world, "n3")
            world.apply(Request("n3", "right", "right"))
            settle(world)

            assert leaders(world) == [("n1", 1), ("n3", 2)]
            assert said(world, SteppedDown) == []
            assert answers(world, "left") == []
            assert committed(world, "n1") == before
            assert log(world, "n2")[-1] == (1, "left")
            assert len(answers(world, "right")) == 1
            assert committed(world, "n3") > before

            world.apply(Mend(links))
            settle(world)
            assert said(world, SteppedDown) == [("n1", SteppedDown(1))]
            world.apply(Fire("n3", "heartbeat"))
            settle(world)
            assert answers(world, "left") == []
            for node in world.nodes:
                assert log(world, node) == log(world, "n3")
                assert committed(world, node) == len(log(world, "n3"))
            assert (1, "left") not in log(world, "n3")
            assert world.violation is None


def test_a_leader_that_crashes_between_writing_and_sending_leaves_an_entry_that_nobody_else_has():
    """5.3: "leader crashes can leave the logs inconsistent", and the new leader makes them consistent again."""
    with World(RAFT, size=3) as world:
        elect(world, "n1")
        # Its effects: the write, the observation, the sync; then the power goes.
        world.apply(Crash("n1", during=Request("n1", "r1", "lost"), after=3))
        assert not any(event.message.entries for event in world.events if type(event) is Sent and event.kind == "AppendEntries")
        elect(world, "n2")
        world.apply(Request("n2", "r2", "kept"))
        settle(world)

        world.apply(Restart("n1"))
        assert said(world, Recovered, "n1")[-1].entries == ((1, "lost"),)
        world.apply(Fire("n2", "heartbeat"))
        settle(world)
        world.apply(Fire("n2", "heartbeat"))
        settle(world)
        assert [log(world, node) for node in world.nodes] == [[(2, "kept")]] * 3
        assert applied(world, "n1") == [(1, "kept")]
        assert answers(world, "r1") == []
        assert world.violation is None


def test_a_leader_that_crashes_before_its_write_is_durable_loses_the_entry():
    """Figure 2: log[] is persistent state; what was not synced is not there after a restart."""
    with World(RAFT, size=3) as world:
        elect(world, "n1")
        world.apply(Crash("n1", during=Request("n1", "r1", "lost"), after=2))
        world.apply(Restart("n1"))
        assert log(world, "n1") == []


def test_the_leader_backs_up_one_entry_at_a_time_until_the_logs_match():
    """5.3: "After a rejection, the leader decrements nextIndex and retries the AppendEntries RPC"."""
    with World(RAFT, size=3) as world:
        elect(world, "n1")
        others = split(["n1"], ["n2", "n3"])
        world.apply(Cut(others))
        for number in range(3):
            world.apply(Request("n1", f"a{number}", f"a{number}"))
        elect(world, "n2")
        for number in range(3):
            world.apply(Request("n2", f"b{number}", f"b{number}"))
            settle(world)
        assert committed(world, "n2") == 3
        # n3 leads next, with a next_index behind its last entry for everybody.
        elect(world, "n3")
        world.apply(Mend(others))
        settle(world)

        assert log(world, "n1") == log(world, "n3") == [(2, "b0"), (2, "b1"), (2, "b2")]
        probes = [event.message.prev_log_index for event in world.events if _append(event, "n3", "n1")]
        assert probes[:4] == [3, 2, 1, 0]
        assert said(world, Truncated, "n1") == [Truncated(1)]
        assert world.violation is None


def _append(event, sender, receiver):
    return type(event) is Sent and event.kind == "AppendEntries" and (event.sender, event.receiver) == (sender, receiver)


def test_an_old_append_entries_does_not_undo_what_followed_it():
    """5.3 and Figure 2: only "if an existing entry conflicts with a new one" are entries deleted; RPCs are idempotent (5.5)."""
    with World(RAFT, size=3) as world:
        elect(world, "n1")
        world.apply(Request("n1", "r1", "x"))
        world.apply(Request("n1", "r2", "y"))
        world.apply(Deliver("n1", "n2", "AppendEntries", 1, 3))
        world.apply(Deliver("n1", "n2", "AppendEntries", 1, 2))
        assert log(world, "n2") == [(1, "x"), (1, "y")]
        assert said(world, Truncated) == []


def test_a_leader_does_not_commit_an_entry_of_an_earlier_term_by_counting_copies():
    """5.4.2 and Figure 8: "Raft never commits log entries from previous terms by counting replicas"."""
    with World(RAFT, size=5) as world:
        elect(world, "n1")
        world.apply(Cut(split(["n1", "n2"], ["n3", "n4", "n5"])))
        world.apply(Request("n1", "a", "a"))
        settle(world)  # (a): the entry of term 1 is on n1 and n2 only
        world.apply(Crash("n1"))
        elect(world, "n5")
        assert leaders(world)[-1] == ("n5", 2)
        world.apply(Cut(split(["n5"], ["n3", "n4"])))
        world.apply(Request("n5", "b", "b"))  # (b): n5 accepts another entry at index 1
        world.apply(Crash("n5"))
        world.apply(Mend(split(["n1", "n2"], ["n3", "n4"])))
        world.apply(Restart("n1"))
        elect(world, "n1")  # its term is behind,
        elect(world, "n1")  # so it takes two attempts
        settle(world)
        assert leaders(world)[-1] == ("n1", 3)
        # (c): the entry of term 1 is on a majority now, and still not committed.
        assert [log(world, node) for node in ("n1", "n2", "n3", "n4")] == [[(1, "a")]] * 4
        assert committed(world, "n1") == 0

        world.apply(Request("n1", "c", "c"))
        settle(world)  # (e): an entry of its own term commits both
        assert committed(world, "n1") == 2
        assert world.violation is None


def test_a_new_leader_commits_what_earlier_terms_left_with_a_no_op_of_its_own_term():
    """8: "each leader commit[s] a blank no-op entry into the log at the start of its term"."""
    with World(RAFT, size=3, options={"noop": True}) as world:
        elect(world, "n1")
        world.apply(Cut(split(["n1"], ["n3"])))
        world.apply(Request("n1", "r1", "x"))
        world.apply(Deliver("n1", "n2", "AppendEntries", 1, 2))
        world.apply(Crash("n1"))
        elect(world, "n2")
        assert applied(world, "n2") == [(1, None), (2, "x"), (3, None)]
        assert world.violation is None


def test_a_single_server_elects_itself_and_commits_alone():
    """5.2: a majority of one is one."""
    with World(RAFT, size=1) as world:
        world.apply(Fire("n1", "election"))
        assert leaders(world) == [("n1", 1)]
        world.apply(Request("n1", "r1", "x"))
        assert answers(world, "r1") == [1]
        assert applied(world, "n1") == [(1, "x")]
        assert world.violation is None


def test_as_long_as_a_majority_runs_and_communicates_a_leader_is_elected_and_clients_are_answered():
    """5.6: "broadcastTime << electionTimeout << MTBF": then "Raft will be able to elect and maintain a steady leader"."""
    for seed in range(20):
        with World(RAFT, size=5, options={"noop": seed % 2 == 0}) as world:
            elect(world, "n1")
            world.apply(Request("n1", "r1", "x"))
            world.apply(Crash("n1"))
            world.apply(Calm(("n2", "n3", "n4"), seed, RAFT.calm_bound))
            assert leaders(world)[-1][0] in ("n2", "n3", "n4")
            calm = [event for event in world.events if type(event) is Replied and event.request.startswith("calm")]
            assert any(not isinstance(event.result, Refused) for event in calm)
            assert committed(world, "n2") == committed(world, "n3") == committed(world, "n4") > 0
            assert world.violation is None
