"""The client of the fair phase: of its own, or a session that waits, asks again, follows redirects and goes on."""

from dataclasses import replace

import pytest
from scripted import of, scripted

from splitbrain.actions import Calm, Request, Resend
from splitbrain.errors import ScenarioError
from splitbrain.events import Acted, CalmEnded, Requested
from splitbrain.invariant import Invariant
from splitbrain.node import Observe, Refused, Reply
from splitbrain.observations import Decided
from splitbrain.search.hunt import hunt
from splitbrain.trace.history import History
from splitbrain.world.fair_client import CONTENT
from splitbrain.world.world import World
from splitbrain_protocols.paxos.scenario import PAXOS
from splitbrain_protocols.raft.scenario import RAFT


class Three(Invariant):
    """In the end three things were decided."""

    watches = (Decided,)
    kind = "eventually"

    def __init__(self):
        self.left = 3

    def observe(self, event):
        self.left -= 1

    def satisfied(self):
        return self.left <= 0


class Script:
    """Asks what it is told to, one after the other, and notes what it was asked."""

    def __init__(self, *commands):
        self.left, self.calls = list(commands), []

    def next(self, session, dice, history):
        self.calls.append((session, round(dice.roll(), 3), [each.id for each in history]))
        return self.left.pop(0) if self.left else None


def world(answer, *, bound=1000, seed=1, core=None, **changes):
    """A world after a fair phase, whose nodes reply as ``answer(node, name, command)`` says; None: they do not."""

    def request(node, name, command):
        result = answer(node, name, command)
        if result is not None:
            yield Observe(Decided(name))
            yield Reply(name, result)

    changes = {"sessions": 1, "invariants": (Three,), **changes}
    with World(scripted(request=request, **changes)) as made:
        made.apply(Calm(core or made.nodes, seed, bound))
    return made


def asked(world):
    return [(each.node, each.request) for each in of(world, Requested)]


def elapsed(world):
    return of(world, CalmEnded)[0].elapsed


def test_without_sessions_each_request_is_of_a_client_of_its_own():
    done = world(lambda *_: True, sessions=0)
    assert of(done, Requested) == [
        Requested(1, node, f"calm-{number}", f"v{number}", calm=True) for node, number in (("n1", 1001), ("n2", 1002), ("n3", 1003))
    ]


def test_with_sessions_it_is_one_and_keeps_to_who_answers_it():
    done = world(lambda *_: True)
    assert of(done, Requested) == [
        Requested(1, "n1", f"calm-1000.{number}", f"v{1000 + number}", calm=True, session="calm-1000") for number in (1, 2, 3)
    ]
    assert done.history.sessions() == ("calm-1000",)
    assert [each.outcome for each in done.history] == ["answered"] * 3


def test_what_it_asks_and_asks_again_is_recorded_as_actions_and_in_the_history():
    done = world(lambda node, *_: True if node.me == "n3" else None)
    acted = [each.action for each in of(done, Acted) if isinstance(each.action, (Request, Resend))]
    assert acted[:3] == [
        Request("n1", "calm-1000.1", "v1001", "calm-1000"),
        Resend("n2", "calm-1000.1"),
        Resend("n3", "calm-1000.1"),
    ]
    first = done.history.named("calm-1000.1")
    assert ([each.node for each in first.attempts], first.node) == (["n1", "n2", "n3"], "n3")
    assert [each.id for each in History.of(done.events)] == [each.id for each in done.history]


def test_it_follows_redirects():
    done = world(lambda node, *_: Refused("n3") if node.me == "n1" else True)
    assert asked(done)[:3] == [("n1", "calm-1000.1"), ("n3", "calm-1000.1"), ("n3", "calm-1000.2")]


def test_a_redirect_to_who_is_none_of_the_core_or_of_whom_clients_ask_leads_nowhere():
    done = world(lambda *_: Refused("n3"), core=("n1", "n2"))
    assert [node for node, _ in asked(done)[:4]] == ["n1", "n2", "n1", "n2"]
    done = world(lambda *_: Refused("n3"), clients=lambda size: (1, 0))
    assert [node for node, _ in asked(done)[:4]] == ["n2", "n1", "n2", "n1"]


def test_without_an_answer_it_asks_three_times_again_and_goes_on_as_a_new_session():
    done = world(lambda *_: None, bound=850)
    assert [request for _, request in asked(done)] == ["calm-1000.1"] * 4 + ["calm-1001.1"] * 4 + ["calm-1002.1"]
    assert [node for node, _ in asked(done)[:5]] == ["n1", "n2", "n3", "n1", "n2"]
    firsts = [of(done, Requested)[place] for place in (0, 4, 8)]
    assert [(each.session, each.replaces, each.command) for each in firsts] == [
        ("calm-1000", None, "v1001"),
        ("calm-1001", "calm-1000", "v1002"),
        ("calm-1002", "calm-1001", "v1003"),
    ]
    assert done.history.replaced == {"calm-1000": "calm-1001", "calm-1001": "calm-1002"}
    assert [each.outcome for each in done.history] == ["unknown"] * 3


def test_one_that_was_refused_everywhere_goes_on_itself_for_it_knows_that_nothing_came_of_it():
    done = world(lambda *_: Refused(), bound=450)
    assert [request for _, request in asked(done)] == ["calm-1000.1"] * 4 + ["calm-1000.2"]
    assert done.history.replaced == {}


def test_a_second_fair_phase_has_a_session_of_its_own():
    with World(scripted(request=lambda node, name, command: [Reply(name, 1)], sessions=1, invariants=(Three,))) as both:
        for _ in range(2):
            both.apply(Calm(both.nodes, 1, 150))
        assert [each.id for each in both.history] == ["calm-1000.1", "calm-1000.2", "calm-2000.1", "calm-2000.2"]


# What the workload has


def test_it_asks_what_the_workload_has_and_nothing_where_that_has_nothing():
    script = Script(["a"], None, None, ["b"], ["c"])
    done = world(lambda *_: True, workload=script)
    assert [(each.request, each.command) for each in of(done, Requested)] == [
        ("calm-1000.1", ["a"]),
        ("calm-1000.2", ["b"]),
        ("calm-1000.3", ["c"]),
    ]
    assert {session for session, _, _ in script.calls} == {"calm-1000"}
    assert [len(history) for _, _, history in script.calls] == [0, 1, 1, 1, 2]


def test_the_workload_s_dice_are_of_the_action_s_seed_and_change_nothing_else():
    def rolls(seed):
        script = Script(["a"], ["b"], ["c"])
        world(lambda *_: True, workload=script, seed=seed)
        return [roll for _, roll, _ in script.calls]

    assert rolls(1) == rolls(1)
    assert len(set(rolls(1))) == 3
    assert rolls(1) != rolls(2)


def test_where_the_workload_has_nothing_to_ask_it_is_content_after_a_while_and_nothing_is_demanded():
    class Nothing(Invariant):
        """Nothing is to happen in the end."""

        watches = (Decided,)
        kind = "eventually"

        def observe(self, event):
            return None

    script = Script()
    done = world(lambda *_: True, workload=script, invariants=(Nothing,), bound=60_000)
    assert len(script.calls) == CONTENT
    assert elapsed(done) < 100 * (CONTENT + 1)
    assert of(done, CalmEnded)[0].content
    assert len(done.history) == 0
    late = world(lambda *_: True, workload=Script(*[None] * (CONTENT - 1), ["a"]), invariants=(Nothing,), bound=60_000)
    assert [each.command for each in late.history] == [["a"]]
    assert not of(late, CalmEnded)[0].content


def test_a_content_client_goes_on_asking_as_long_as_something_must_happen():
    done = world(lambda *_: True, workload=Script(*[None] * (CONTENT + 5), ["a"], ["b"], ["c"]), bound=60_000)
    assert [each.command for each in done.history] == [["a"], ["b"], ["c"]]
    assert not of(done, CalmEnded)[0].content


class Few:
    """Asks three times in a run."""

    def next(self, session, dice, history):
        return f"w{len(history)}" if len(history) < 3 and dice.chance(0.6) else None


@pytest.mark.parametrize("base", [RAFT, PAXOS], ids=lambda scenario: scenario.name)
def test_of_correct_nodes_nothing_is_demanded_that_no_session_asked_for(base):
    for changes in ({"sessions": 3}, {"sessions": None, "workload": Few()}):
        hunted = hunt(replace(base, **changes), seed=1, steps=10_000)
        assert (hunted.found, hunted.outcome) == (None, "clean")
        assert hunted.coverage["calm"] > 3
        assert min(hunted.operations.values()) > 0


def test_a_workload_that_raises_in_the_fair_phase_is_the_scenario_s_mistake():
    class Broken:
        def next(self, session, dice, history):
            raise KeyError("x")

    with pytest.raises(ScenarioError, match=r"scenario 'scripted': workload\.next\('calm-1000', dice, history\) raised KeyError"):
        world(lambda *_: True, workload=Broken())


def test_commands_that_json_has_not_are_told_from_each_other_in_the_fair_phase_too():
    done = world(lambda *_: True, commands=lambda number: ("put", number))
    assert [each.command for each in done.history] == [("put", 1001), ("put", 1002), ("put", 1003)]
