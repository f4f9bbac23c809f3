"""Single-decree Paxos, one claim a test (Lamport, "Paxos Made Simple", 2001)."""

import pytest

from splitbrain.actions import Calm, Crash, Deliver, Fire, Request, Restart
from splitbrain.errors import NotEnabled
from splitbrain.events import Observed, Replied, Sent
from splitbrain.node import Refused
from splitbrain.observations import Accepted, AcceptorStarted, Decided, Promised, Proposed
from splitbrain.world.world import World
from splitbrain_protocols.paxos import messages
from splitbrain_protocols.paxos.messages import Ballot, Proposal
from splitbrain_protocols.paxos.scenario import PAXOS


def paxos(size=3, learning="proposer"):
    return World(PAXOS, size=size, options={"learning": learning})


def ask(world, node, command):
    world.apply(Request(node, f"asks for {command}", command))


def deliver(world, kind, ballot, sender, *receivers):
    """Deliver the latest message of that kind and round on each link."""
    for receiver in receivers:
        found = [each for each in world.network.flight if (each.sender, each.receiver, each.kind) == (sender, receiver, kind)]
        found = [each for each in found if each.epoch == ballot]
        assert found, f"{kind} {ballot} from {sender} to {receiver} is not in flight"
        world.apply(max(found, key=lambda each: each.ordinal).deliver())


def said(world, node, kind):
    return [
        event.observation
        for event in world.events
        if type(event) is Observed and event.node == node and type(event.observation) is kind
    ]


def sent(world, sender, receiver, kind):
    return [
        event.message
        for event in world.events
        if type(event) is Sent and (event.sender, event.receiver) == (sender, receiver) and type(event.message) is kind
    ]


def answers(world, command):
    return [event.result for event in world.events if type(event) is Replied and event.request == f"asks for {command}"]


def decisions(world):
    return {node: [each.value for each in said(world, node, Decided)] for node in world.nodes}


def timers(world, node):
    return list(world.processes[node].timers)


def accept_on(world, proposer, ballot, *acceptors):
    """Let ``proposer`` complete both phases of its ballot with these acceptors (itself, and) without hearing of the outcome."""
    for acceptor in acceptors:
        deliver(world, "Prepare", ballot, proposer, acceptor)
        deliver(world, "Promise", ballot, acceptor, proposer)
    for acceptor in acceptors:
        deliver(world, "Accept", ballot, proposer, acceptor)


# 2.2 Choosing a value


def test_a_majority_of_promises_starts_the_accept_phase_and_not_one_less():
    with paxos(size=5) as world:
        ask(world, "n1", "v1")  # its own acceptor promises at once
        deliver(world, "Prepare", 1, "n1", "n2", "n3")
        deliver(world, "Promise", 1, "n2", "n1")
        assert said(world, "n1", Proposed) == []
        deliver(world, "Promise", 1, "n3", "n1")
        assert said(world, "n1", Proposed) == [Proposed(Ballot(1, "n1"), "v1")]
        assert [len(sent(world, "n1", acceptor, messages.Accept)) for acceptor in ("n2", "n3", "n4", "n5")] == [1, 1, 1, 1]


def test_a_late_promise_does_not_start_the_accept_phase_again():
    with paxos() as world:
        ask(world, "n1", "v1")
        deliver(world, "Prepare", 1, "n1", "n2", "n3")
        deliver(world, "Promise", 1, "n2", "n1")
        deliver(world, "Promise", 1, "n3", "n1")
        assert len(said(world, "n1", Proposed)) == 1


def test_a_value_is_chosen_when_a_majority_of_acceptors_have_accepted_it():
    with paxos() as world:
        ask(world, "n1", "v1")
        accept_on(world, "n1", 1, "n2")
        assert said(world, "n1", Accepted) == said(world, "n2", Accepted) == [Accepted(Ballot(1, "n1"), "v1")]
        deliver(world, "Accepted", 1, "n2", "n1")
        assert decisions(world) == {"n1": ["v1"], "n2": [], "n3": []}
        assert answers(world, "v1") == ["v1"]


def test_an_acceptor_that_answered_a_higher_prepare_ignores_a_lower_one_and_informs_the_proposer():
    with paxos() as world:
        ask(world, "n1", "v1")
        ask(world, "n2", "v2")
        deliver(world, "Prepare", 1, "n2", "n3")
        deliver(world, "Prepare", 1, "n1", "n3")
        assert said(world, "n3", Promised) == [Promised(Ballot(1, "n2"))]
        assert sent(world, "n3", "n1", messages.Preempted) == [messages.Preempted(Ballot(1, "n1"), Ballot(1, "n2"))]


def test_an_acceptor_accepts_a_proposal_unless_it_has_responded_to_a_higher_prepare():
    with paxos() as world:
        ask(world, "n1", "v1")
        deliver(world, "Prepare", 1, "n1", "n2")
        deliver(world, "Promise", 1, "n2", "n1")
        ask(world, "n2", "v2")  # it promises its own, higher ballot
        deliver(world, "Prepare", 2, "n2", "n3")
        deliver(world, "Accept", 1, "n1", "n2")
        deliver(world, "Accept", 1, "n1", "n3")
        assert said(world, "n2", Accepted) == said(world, "n3", Accepted) == []


def test_a_promise_carries_the_accepted_proposal_which_the_proposer_must_then_propose():
    with paxos() as world:
        ask(world, "n1", "v1")
        accept_on(world, "n1", 1, "n3")  # chosen, and nobody knows
        ask(world, "n2", "v2")
        deliver(world, "Prepare", 1, "n2", "n3")
        assert sent(world, "n3", "n2", messages.Promise) == [
            messages.Promise(Ballot(1, "n2"), accepted=Proposal(Ballot(1, "n1"), "v1"))
        ]
        deliver(world, "Promise", 1, "n3", "n2")
        assert said(world, "n2", Proposed) == [Proposed(Ballot(1, "n2"), "v1")]
        deliver(world, "Accept", 1, "n2", "n3")
        deliver(world, "Accepted", 1, "n3", "n2")
        assert decisions(world)["n2"] == ["v1"]
        assert answers(world, "v2") == ["v1"]


def test_if_the_responses_report_no_proposals_the_proposer_is_free_to_propose_its_own_value():
    with paxos() as world:
        ask(world, "n1", "v1")
        deliver(world, "Prepare", 1, "n1", "n3")  # a promise alone binds nobody's value
        ask(world, "n2", "v2")
        deliver(world, "Prepare", 1, "n2", "n3")
        deliver(world, "Promise", 1, "n3", "n2")
        assert said(world, "n2", Proposed) == [Proposed(Ballot(1, "n2"), "v2")]


def test_of_several_reported_proposals_the_highest_numbered_one_gives_the_value_however_the_promises_arrive():
    with paxos() as world:
        ask(world, "n1", "v1")
        ask(world, "n2", "v2")
        deliver(world, "Prepare", 1, "n1", "n3")
        deliver(world, "Promise", 1, "n3", "n1")  # n1 alone accepts v1, at (1, n1)
        deliver(world, "Prepare", 1, "n2", "n3")
        deliver(world, "Promise", 1, "n3", "n2")
        deliver(world, "Accept", 1, "n2", "n3")  # n2 and n3 accept v2, at (1, n2)
        world.apply(Fire("n1", "retry"))  # n1's own report, of v1, is the first
        deliver(world, "Prepare", 2, "n1", "n3")
        deliver(world, "Promise", 2, "n3", "n1")
        world.apply(Fire("n2", "retry"))  # n2's own report, of v2, is the first
        deliver(world, "Prepare", 2, "n2", "n1")
        deliver(world, "Promise", 2, "n1", "n2")
        assert [each.value for each in said(world, "n1", Proposed)] == ["v1", "v2"]
        assert [each.value for each in said(world, "n2", Proposed)] == ["v2", "v2"]


def test_an_acceptor_that_accepted_a_ballot_without_having_promised_it_accepts_none_below():
    with paxos() as world:
        ask(world, "n1", "v1")
        deliver(world, "Prepare", 1, "n1", "n2")
        ask(world, "n2", "v2")
        deliver(world, "Prepare", 2, "n2", "n1")
        deliver(world, "Promise", 1, "n2", "n1")
        deliver(world, "Promise", 2, "n1", "n2")
        deliver(world, "Accept", 2, "n2", "n3")  # n3 never saw a prepare
        deliver(world, "Accept", 1, "n1", "n3")
        assert said(world, "n3", Accepted) == [Accepted(Ballot(2, "n2"), "v2")]


# 2.3 Learning a chosen value


def test_the_proposer_that_learns_first_tells_all_others():
    with paxos() as world:
        ask(world, "n1", "v1")
        accept_on(world, "n1", 1, "n2")
        deliver(world, "Accepted", 1, "n2", "n1")
        deliver(world, "Decision", None, "n1", "n2", "n3")
        assert decisions(world) == {"n1": ["v1"], "n2": ["v1"], "n3": ["v1"]}


def test_the_dedicated_learner_learns_last_and_in_turn_informs_the_others():
    with paxos(size=4, learning="learner") as world:
        ask(world, "n1", "v1")
        accept_on(world, "n1", 1, "n2", "n3")  # all three acceptors, and n1 among them, have accepted: v1 is chosen
        assert decisions(world) == {"n1": [], "n2": [], "n3": [], "n4": []}
        assert [len(sent(world, acceptor, "n4", messages.Accepted)) for acceptor in ("n1", "n2", "n3")] == [1, 1, 1]
        assert sent(world, "n2", "n1", messages.Accepted) == []  # nobody else is told
        deliver(world, "Accepted", 1, "n1", "n4")
        assert decisions(world)["n4"] == []
        deliver(world, "Accepted", 1, "n3", "n4")
        assert decisions(world)["n4"] == ["v1"]
        deliver(world, "Decision", None, "n4", "n1", "n2", "n3")
        assert decisions(world) == {"n1": ["v1"], "n2": ["v1"], "n3": ["v1"], "n4": ["v1"]}
        assert answers(world, "v1") == ["v1"]


def test_the_dedicated_learner_is_nothing_else():
    with paxos(size=4, learning="learner") as world:
        ask(world, "n4", "v4")
        ask(world, "n1", "v1")
        assert answers(world, "v4") == [Refused()]
        assert said(world, "n4", AcceptorStarted) == []
        assert sent(world, "n1", "n4", messages.Prepare) == []


def test_the_learner_could_ask_the_acceptors_what_they_have_accepted():
    with paxos(size=4, learning="learner") as world:
        ask(world, "n1", "v1")
        accept_on(world, "n1", 1, "n2")
        for envelope in tuple(world.network.flight):
            world.apply(envelope.drop())  # "because of message loss, a value could be chosen with no learner ever finding out"
        world.apply(Fire("n4", "learn"))
        deliver(world, "Query", None, "n4", "n1", "n2", "n3")
        deliver(world, "Accepted", 1, "n1", "n4")
        deliver(world, "Accepted", 1, "n2", "n4")
        assert decisions(world)["n4"] == ["v1"]


def test_a_learner_that_asks_counts_its_own_acceptor():
    with paxos() as world:
        ask(world, "n2", "v2")
        accept_on(world, "n2", 1, "n1")
        deliver(world, "Prepare", 1, "n2", "n3")
        deliver(world, "Accept", 1, "n2", "n3")
        world.apply(Crash("n2"))
        world.apply(Fire("n1", "learn"))
        deliver(world, "Query", None, "n1", "n3")
        deliver(world, "Accepted", 1, "n3", "n1")
        assert decisions(world)["n1"] == ["v2"]


def test_one_who_has_decided_answers_a_learner_that_asks_with_the_decision():
    with paxos() as world:
        ask(world, "n1", "v1")
        accept_on(world, "n1", 1, "n2")
        deliver(world, "Accepted", 1, "n2", "n1")
        world.apply(next(each for each in world.network.flight if (each.receiver, each.kind) == ("n3", "Decision")).drop())
        world.apply(Fire("n3", "learn"))
        deliver(world, "Query", None, "n3", "n1")
        deliver(world, "Decision", None, "n1", "n3")
        assert decisions(world)["n3"] == ["v1"]


def test_when_a_failed_acceptor_makes_it_impossible_to_know_a_new_proposal_tells_what_was_chosen():
    with paxos() as world:
        ask(world, "n2", "v2")
        accept_on(world, "n2", 1, "n3")  # v2 is chosen
        world.apply(Crash("n2"))
        world.apply(Fire("n1", "learn"))
        deliver(world, "Query", None, "n1", "n3")
        deliver(world, "Accepted", 1, "n3", "n1")
        assert decisions(world)["n1"] == []  # one of three acceptors: it may be chosen, or not
        ask(world, "n1", "v1")
        deliver(world, "Prepare", 1, "n1", "n3")
        deliver(world, "Preempted", 1, "n3", "n1")
        world.apply(Fire("n1", "retry"))
        accept_on(world, "n1", 2, "n3")
        deliver(world, "Accepted", 2, "n3", "n1")
        assert decisions(world)["n1"] == ["v2"]


def test_the_distinguished_learner_could_fail_so_a_proposer_that_tries_again_learns_by_itself():
    with paxos(size=4, learning="learner") as world:
        world.apply(Crash("n4"))
        ask(world, "n1", "v1")
        accept_on(world, "n1", 1, "n2")
        world.apply(Fire("n1", "retry"))
        accept_on(world, "n1", 2, "n2")
        assert sent(world, "n1", "n2", messages.Accept)[-1].learners == ("n4", "n1")
        deliver(world, "Accepted", 2, "n2", "n1")
        assert decisions(world)["n1"] == ["v1"]


# 2.4 Progress


def test_two_proposers_duel_until_one_waits_long_enough_for_the_other_to_win():
    with paxos() as world:
        ask(world, "n1", "v1")
        ask(world, "n2", "v2")
        rounds = {"n1": 1, "n2": 1}
        deliver(world, "Prepare", 1, "n1", "n3")
        deliver(world, "Promise", 1, "n3", "n1")
        proposer, rival = "n1", "n2"
        for _ in range(6):  # "proposer p completes phase 1", then "another proposer q completes phase 1 for a proposal n2 > n1"
            deliver(world, "Prepare", rounds[rival], rival, "n3")
            deliver(world, "Promise", rounds[rival], "n3", rival)
            deliver(world, "Accept", rounds[proposer], proposer, "n3")  # "ignored", for n3 has promised
            assert said(world, "n3", Accepted) == []
            world.apply(Fire(proposer, "retry"))
            rounds[proposer] = said(world, proposer, Promised)[-1].ballot.round
            proposer, rival = rival, proposer
        assert decisions(world) == {"n1": [], "n2": [], "n3": []}
        # Now the rival backs off, until this ballot is through.
        deliver(world, "Prepare", rounds[rival], rival, "n3")
        deliver(world, "Promise", rounds[rival], "n3", rival)
        deliver(world, "Accept", rounds[rival], rival, "n3")
        deliver(world, "Accepted", rounds[rival], "n3", rival)
        (winner,) = decisions(world)[rival]
        world.apply(Calm(("n1", "n2", "n3"), 1, PAXOS.calm_bound))
        assert decisions(world) == {"n1": [winner], "n2": [winner], "n3": [winner]}


def test_a_preempted_proposer_goes_on_above_what_stood_in_its_way():
    with paxos() as world:
        ask(world, "n2", "v2")
        for _ in range(4):
            world.apply(Fire("n2", "retry"))
        deliver(world, "Prepare", 5, "n2", "n3")
        ask(world, "n1", "v1")
        deliver(world, "Prepare", 1, "n1", "n3")
        deliver(world, "Preempted", 1, "n3", "n1")
        world.apply(Fire("n1", "retry"))
        assert said(world, "n1", Promised)[-1] == Promised(Ballot(6, "n1"))


@pytest.mark.parametrize("learning", ["proposer", "learner"])
@pytest.mark.parametrize("size", range(1, 8))
def test_when_faults_stop_every_process_decides_one_value(size, learning):
    for seed in range(5):
        with paxos(size, learning) as world:
            world.apply(Calm(world.nodes, seed, PAXOS.calm_bound))
            values = {value for each in decisions(world).values() for value in each}
            assert world.violation is None
            assert len(values) == 1
            assert all(decisions(world).values())


@pytest.mark.parametrize(
    ("size", "learning", "core"), [(3, "proposer", "13"), (5, "proposer", "245"), (4, "learner", "23"), (5, "learner", "134")]
)
def test_a_majority_of_the_acceptors_suffices_without_the_others_and_without_the_learner(size, learning, core):
    for seed in range(5):
        with paxos(size, learning) as world:
            ask(world, "n1", "v1")
            ask(world, "n2", "v2")
            alive = tuple(f"n{number}" for number in core)
            world.apply(Calm(alive, seed, PAXOS.calm_bound))
            assert world.violation is None
            assert all(decisions(world)[node] for node in alive)


def test_one_who_has_decided_has_no_timer_left_and_one_who_has_not_always_has_one():
    with paxos() as world:
        assert [timers(world, node) for node in world.nodes] == [["learn"], ["learn"], ["learn"]]
        ask(world, "n1", "v1")
        assert timers(world, "n1") == ["retry"]
        accept_on(world, "n1", 1, "n2")
        deliver(world, "Accepted", 1, "n2", "n1")
        deliver(world, "Decision", None, "n1", "n2")
        world.apply(Fire("n3", "learn"))
        assert [timers(world, node) for node in world.nodes] == [[], [], ["learn"]]


def test_whoever_asks_later_is_told_what_was_decided_and_proposes_nothing():
    with paxos() as world:
        ask(world, "n1", "v1")
        ask(world, "n1", "v2")  # while the first is under way
        accept_on(world, "n1", 1, "n2")
        deliver(world, "Accepted", 1, "n2", "n1")
        ask(world, "n1", "v3")  # and after it
        assert answers(world, "v1") == answers(world, "v2") == answers(world, "v3") == ["v1"]
        assert len(said(world, "n1", Proposed)) == 1


# 2.5 The implementation: stable storage


def test_different_proposers_choose_their_numbers_from_disjoint_sets():
    with paxos() as world:
        for node in world.nodes:
            ask(world, node, f"v{node}")
        assert [said(world, node, Promised)[-1].ballot for node in world.nodes] == [Ballot(1, node) for node in world.nodes]


@pytest.mark.parametrize("after", [3, 5, 9])
def test_a_restarted_proposer_begins_above_every_number_that_it_has_tried(after):
    with paxos() as world:
        # the power goes right after its number is durable, when its own promise is written, or when all has been sent
        world.apply(Crash("n1", 0, Request("n1", "first", "v1"), after))
        world.apply(Restart("n1"))
        ask(world, "n1", "v9")
        assert said(world, "n1", Promised)[-1].ballot == Ballot(2, "n1")


def test_an_acceptor_that_crashes_between_writing_and_replying_keeps_the_promise_that_nobody_heard():
    with paxos() as world:
        ask(world, "n2", "v2")
        # write, sync | the power goes | say it, reply
        world.apply(Crash("n3", 0, Deliver("n2", "n3", "Prepare", 1), 2))
        assert sent(world, "n3", "n2", messages.Promise) == []
        world.apply(Restart("n3"))
        assert said(world, "n3", AcceptorStarted)[-1].promised == Ballot(1, "n2")
        ask(world, "n1", "v1")
        deliver(world, "Prepare", 1, "n1", "n3")
        assert sent(world, "n3", "n1", messages.Promise) == []


def test_an_acceptor_that_crashes_between_accepting_and_replying_still_reports_what_it_accepted():
    with paxos() as world:
        ask(world, "n1", "v1")
        deliver(world, "Prepare", 1, "n1", "n3")
        deliver(world, "Promise", 1, "n3", "n1")
        # write the promise, write the proposal, sync | the power goes | say it, reply
        world.apply(Crash("n3", 0, Deliver("n1", "n3", "Accept", 1), 3))
        assert sent(world, "n3", "n1", messages.Accepted) == []
        world.apply(Restart("n3"))
        assert said(world, "n3", AcceptorStarted)[-1] == AcceptorStarted(Ballot(1, "n1"), Ballot(1, "n1"), "v1")
        ask(world, "n2", "v2")
        deliver(world, "Prepare", 1, "n2", "n3")
        deliver(world, "Promise", 1, "n3", "n2")
        assert said(world, "n2", Proposed) == [Proposed(Ballot(1, "n2"), "v1")]


def test_an_acceptor_that_crashes_before_its_answer_is_durable_has_not_given_it():
    with paxos() as world:
        ask(world, "n1", "v1")
        world.apply(Crash("n3", 0, Deliver("n1", "n3", "Prepare", 1), 1))
        world.apply(Restart("n3"))
        assert said(world, "n3", AcceptorStarted)[-1] == AcceptorStarted(None, None, None)
        with pytest.raises(NotEnabled):
            world.apply(Deliver("n3", "n1", "Promise", 1))


def test_a_decision_survives_the_restart_of_everybody():
    with paxos() as world:
        world.apply(Calm(world.nodes, 7, PAXOS.calm_bound))
        before = decisions(world)
        for node in world.nodes:
            world.apply(Crash(node))
            world.apply(Restart(node))
        assert decisions(world) == {node: values * 2 for node, values in before.items()}
        assert [timers(world, node) for node in world.nodes] == [[], [], []]
        assert world.violation is None
