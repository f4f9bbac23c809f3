"""Which weakenings of its world a scenario's invariants notice."""

from collections import namedtuple
from dataclasses import replace

import pytest
from toys import FORGETFUL

from splitbrain.budget import FaultBudget
from splitbrain.cluster.host.async_node import Asked, Received
from splitbrain.doctor.weakenings.weakened import weakened
from splitbrain.errors import ScenarioError
from splitbrain.invariant import Invariant, KeepsContract
from splitbrain.node import Observe, Reply, Send, SetTimer, Sync, Write
from splitbrain.observations import Decided, Led
from splitbrain.scenario import Scenario
from splitbrain_invariants import Agreement, Validity
from splitbrain_protocols.paxos.scenario import PAXOS
from splitbrain_protocols.raft.kv.scenario import RAFT_KV
from splitbrain_protocols.raft.scenario import RAFT

Ask, Vote = namedtuple("Ask", "value"), namedtuple("Vote", "value")
FEW = {"runs": 60, "seconds": None}


class Majority:
    """The README's, without its bug."""

    durable = True

    def __init__(self, me, peers, disk):
        self.everyone, self.vote, self.voters = (me, *peers), disk.get("vote"), {}

    def start(self):
        return ()

    def timeout(self, timer):
        return ()

    def request(self, request, command):
        for node in self.everyone:
            yield Send(node, Ask(command))

    def receive(self, sender, message):
        if isinstance(message, Ask):
            if self.vote is None:
                self.vote = message.value
                yield Write("vote", self.vote)
                if self.durable:
                    yield Sync()
            yield Send(sender, Vote(self.vote))
        else:
            voters = self.voters.setdefault(message.value, set())
            voters.add(sender)
            if len(voters) > len(self.everyone) // 2:
                yield Observe(Decided(message.value))


class Hasty(Majority):
    durable = False


class Deaf(Invariant):
    """Watches what is said, and never finds fault with it."""

    watches = (Decided,)

    def observe(self, event):
        return None


class Leaders(Invariant):
    """Waits for what nobody says."""

    watches = (Led,)

    def observe(self, event):
        return self.violation("there is one", event)


MAJORITY = Scenario(name="majority", factory=Majority, invariants=(Agreement, Validity), progress=(Decided,), sizes=(3, 5))


def noticed(found):
    return {row.name: row.noticed.invariant for row in found.rows if row.noticed is not None}


@pytest.mark.parametrize("scenario", [RAFT, RAFT_KV, PAXOS], ids=lambda scenario: scenario.name)
def test_the_shipped_invariants_notice_all_that_apply(scenario):
    found = weakened(scenario, **FEW)
    assert [row.name for row in found.rows if row.noticed] == ["sync", "disk", "voters"]
    assert [row.name for row in found.applicable] == ["sync", "disk", "voters"]
    assert (found.hollow, found.problems, found.broken, found.unheard) == (False, (), (), {})
    assert all(row.runs <= 60 and row.steps > 0 for row in found.applicable)


def test_what_links_never_do_is_noticed_where_nodes_go_by_it():
    class Counts(Majority):
        """It takes for granted that each vote arrives once, and that the first value asked for is the first to arrive."""

        def receive(self, sender, message):
            if isinstance(message, Ask):
                yield from super().receive(sender, message)
            else:
                votes = self.voters[message.value] = self.voters.get(message.value, 0) + 1
                if votes == len(self.everyone) // 2 + 1:
                    yield Observe(Decided(message.value))

    budget = FaultBudget(drop=False, duplicate=False, reorder=False, crashes="none")
    scenario = Scenario(name="counts", factory=Counts, invariants=(Agreement,), budget=budget, requests=2)
    found = weakened(scenario, **FEW)
    assert noticed(found) == {"twice": "Agreement", "voters": "Agreement"}
    why_not = {row.name: row.why_not for row in found.rows if not row.applies}
    assert list(why_not) == ["sync", "disk"]
    assert "went by what it had written" in why_not["sync"]


def test_order_is_missed_by_a_node_that_goes_by_it():
    class Log:
        """n1 numbers what clients ask; the others trust that they hear of it in order."""

        def __init__(self, me, peers, disk):
            self.me, self.peers, self.asked, self.heard = me, peers, 0, 0

        def start(self):
            return ()

        def timeout(self, timer):
            return ()

        def request(self, request, command):
            if self.me == "n1":
                self.asked += 1
                for peer in self.peers:
                    yield Send(peer, Ask(self.asked))

        def receive(self, sender, message):
            self.heard += 1
            yield Observe(Decided(message.value, self.heard))

    budget = FaultBudget(drop=False, duplicate=False, reorder=False, crashes="none")
    found = weakened(Scenario(name="log", factory=Log, invariants=(Agreement,), budget=budget), **FEW)
    assert noticed(found)["order"] == "Agreement"


def test_a_correct_node_of_ones_own():
    found = weakened(MAJORITY, **FEW)
    assert set(noticed(found)) == {"sync", "disk", "voters"}
    assert found.problems == ()


def test_an_invariant_that_breaks_in_the_world_as_it_is_is_asked_no_more():
    found = weakened(replace(MAJORITY, factory=Hasty), **FEW)
    assert [each.invariant for each in found.broken] == ["Agreement"]
    assert "Agreement" not in noticed(found).values()
    assert any("Agreement breaks in the world as it is" in problem for problem in found.problems)
    found = weakened(replace(FORGETFUL, invariants=(*FORGETFUL.invariants, Deaf)), **FEW)
    assert {each.invariant for each in found.broken} >= {"OneValue"}


def test_where_all_of_them_break_nobody_is_left_to_ask():
    found = weakened(replace(MAJORITY, factory=Hasty, invariants=(Agreement,)).judged(only=("Agreement",)), **FEW)
    assert [each.invariant for each in found.broken] == ["Agreement"]
    assert not noticed(found)
    assert not found.hollow
    assert all(row.runs == 0 for row in found.rows)


def test_invariants_that_cannot_fail_or_wait_for_what_is_never_said_are_hollow():
    found = weakened(replace(MAJORITY, invariants=(Deaf, Leaders), progress=()), **FEW)
    assert found.hollow
    assert found.unheard == {"Leaders": ("Led",)}
    (problem,) = found.problems
    assert "Deaf, Leaders noticed none of the weaker worlds (sync, disk, voters)" in problem
    assert "Leaders waits for Led, which nobody ever said" in problem


def test_nothing_but_the_contract_is_hollow_too():
    found = weakened(replace(MAJORITY, invariants=(KeepsContract,), progress=()), **FEW)
    assert found.hollow
    assert "nothing but the contract" in found.problems[0]


def test_a_node_that_notices_itself_is_counted_apart():
    class Careful(Majority):
        """It knows that nobody can decide alone."""

        def __init__(self, me, peers, disk):
            super().__init__(me, peers, disk)
            assert peers, "there are three of us at least"

    found = weakened(replace(MAJORITY, factory=Careful, invariants=(Deaf,)), **FEW)
    voters = found.rows[-1]
    assert (voters.name, voters.noticed, voters.runs) == ("voters", None, 60)
    assert voters.node.invariant == "KeepsContract"
    assert found.hollow
    assert "a node itself noticed" in voters.told()
    found = weakened(replace(MAJORITY, factory=Careful), **FEW)
    assert noticed(found)["voters"] == "Agreement"  # in the clusters of five


def test_a_node_that_never_looks_at_its_disk_or_its_peers_does_not_feel_it():
    class Alone:
        def __init__(self, me, peers, disk):
            self.me = me

        def start(self):
            yield SetTimer("tick", 10, 20)

        def timeout(self, timer):
            yield SetTimer("tick", 10, 20)

        def receive(self, sender, message):
            return ()

        def request(self, request, command):
            yield Observe(Decided(self.me))
            yield Reply(request, command)

    found = weakened(Scenario(name="alone", factory=Alone, invariants=(Deaf,)), **FEW)
    assert found.applicable == ()
    assert not found.hollow
    assert found.rows[-1].why_not == "its nodes do not go by the peers that their factory is given"
    assert "went by what was on its disk" in found.rows[1].why_not


class AsyncRegister:
    """What n1 is asked first, it keeps, and tells the others."""

    def __init__(self, me, peers, disk):
        self.peers, self.value = peers, disk.get("value")

    async def run(self, env):
        while True:
            match await env.receive():
                case Asked(request, command) if self.value is None:
                    await self.decide(env, command)
                    env.reply(request, command)
                    for peer in self.peers:
                        env.send(peer, command)
                case Received(_, value) if self.value is None:
                    await self.decide(env, value)

    async def decide(self, env, value):
        self.value = value
        env.write("value", value)
        await env.sync()
        env.observe(Decided(value))


def test_async_nodes_are_weakened_alike():
    found = weakened(replace(MAJORITY, factory=AsyncRegister, clients=lambda size: (0,)), **FEW)
    assert noticed(found) == {"sync": "Agreement", "disk": "Agreement"}
    assert found.problems == ()


def test_equal_seeds_give_equal_answers_and_nothing_is_written(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert weakened(MAJORITY, seed=3, **FEW) == weakened(MAJORITY, seed=3, **FEW)
    assert list(tmp_path.iterdir()) == []


def test_a_scenario_that_cannot_be_run_is_an_error():
    with pytest.raises(ScenarioError, match="pass it a Scenario"):
        weakened("raft")
    with pytest.raises(ScenarioError, match="the factory cannot make"):
        weakened(replace(MAJORITY, factory=lambda: None))
