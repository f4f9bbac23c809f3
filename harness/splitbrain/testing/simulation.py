"""A simulation: one world under attack, with the moves of a test, all recorded as one schedule."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any

from splitbrain.actions import (
    Action,
    Calm,
    Connect,
    Crash,
    Cut,
    Disconnect,
    Fire,
    Mend,
    Operate,
    Request,
    Resend,
    Restart,
)
from splitbrain.cluster.cluster import Cluster
from splitbrain.declared.operations import drawn
from splitbrain.dice import Dice
from splitbrain.errors import NotEnabled, SplitbrainError
from splitbrain.events import Acted, Event, Observed
from splitbrain.invariant import Violation
from splitbrain.nemesis.draw import draw_calm, draw_clients
from splitbrain.nemesis.moves import Moves
from splitbrain.nemesis.portfolio import draw_strategy, exercised
from splitbrain.node import NodeId, RequestId
from splitbrain.scenario import Scenario
from splitbrain.search.tally import Tally
from splitbrain.testing.broken import Broken
from splitbrain.trace.history import History
from splitbrain.world.power import why_too_few
from splitbrain.world.run import Found, Setup


class Simulation:
    """One world, and everything that is done to it as one schedule: `actions`. What a `@simulate` test gets as ``world``.

        @simulate(RAFT)
        def test_whom_nobody_hears_leads_nobody(world: Simulation) -> None:
            lone, *others = world.nodes
            world.partition([lone])
            world.fire(lone, "election")
            world.settle()
            assert not others or not world.observed(Led, lone)
            world.calm()  # no more faults: clients are answered

    setup: what to simulate. keep: keep the trace, for `events` and `observed`. seed: of all dice. Whatever breaks an
    invariant ends the test: it closes the world and raises `Broken`, and so does each move after it. Close it in any case.
    """

    def __init__(self, setup: Setup, *, keep: bool = True, seed: int | str = 0) -> None:
        self.setup = setup
        self._keep = keep
        self._over = False
        self._world = setup.world(keep=keep)
        self._dice = Dice(seed)
        try:
            self._moves = Moves(self._world, self._dice)
            self._check()
        except BaseException:
            self._world.close()
            raise

    # What there is, and what happened

    @property
    def cluster(self) -> Cluster:
        """Network, disks and processes, to look at; what is done to it is done by the moves here, so that it is in the schedule."""
        return self._world

    @property
    def scenario(self) -> Scenario:
        """What is simulated."""
        return self.setup.scenario

    @property
    def nodes(self) -> tuple[NodeId, ...]:
        """The names of all nodes: n1, n2, ..."""
        return self._world.nodes

    @property
    def running(self) -> tuple[NodeId, ...]:
        """The nodes that are up."""
        return tuple(process.id for process in self._world.running())

    @property
    def separable(self) -> tuple[NodeId, ...]:
        """The nodes whose fault budget has partitions: those that may be cut off from one another."""
        return self._moves.separable

    @property
    def actions(self) -> tuple[Action, ...]:
        """The schedule so far."""
        return tuple(self._moves.actions)

    @property
    def events(self) -> list[Event]:
        """The trace so far, where it is kept."""
        return self._world.events

    @property
    def violation(self) -> Violation | None:
        """The broken invariant, if any."""
        return self._world.violation

    def observed(self, kind: type, node: NodeId | None = None) -> list[Any]:
        """What the nodes (or one of them) said so far, of one type, in order."""
        return [
            event.observation
            for event in self.events
            if type(event) is Observed and isinstance(event.observation, kind) and node in (None, event.node)
        ]

    @property
    def requests(self) -> int:
        """How many client requests there were that nobody refused; of sessions, operations."""
        return self._moves.clients.requests

    @property
    def history(self) -> History:
        """What clients asked so far, and were told: operations, in the order of their calls."""
        return self._world.history

    def enabled(self, *kinds: type) -> Iterator[Action]:
        """Every single action that is enabled now, or those of some kinds: see `World.enabled`."""
        self._must_be_open()
        return self._world.enabled(*kinds)

    # Moves

    def apply(self, action: Action) -> Action:
        """Apply one action. Raises `NotEnabled`, with nothing changed, when it cannot happen now."""
        self._must_be_open()
        done = self._world.apply(action)
        self._moves.actions.append(done)
        self._check()
        return done

    def storm(self, steps: int, seed: int | None = None) -> int:
        """Let one of the engine's strategies loose for up to ``steps`` actions; which one, and its faults and rates, are drawn.

        seed: of this storm's own dice. Returns how many actions there were: fewer when nothing was left to do.
        """
        self._must_be_open()
        moves = self._moves
        moves.dice = self._dice if seed is None else Dice(f"{self.setup.seed}/{seed}")
        draw_clients(moves.dice, moves)
        done = moves.go(draw_strategy(moves).choose, steps)
        moves.clients.payload = 0
        self._check()
        return done

    def calm(self, seed: int | None = None) -> None:
        """End all faults, for a core that can make progress: what must happen *eventually* must happen now.

        It lasts for the scenario's ``calm_bound`` (5 s of virtual time where it has none).
        """
        self._must_be_open()
        drawn = draw_calm(self.scenario, self._dice if seed is None else Dice(f"{self.setup.seed}/{seed}"), self._world)
        if drawn is None:
            why = why_too_few(self._world, self.nodes) or "not even all nodes together can make progress, says its can_progress"
            raise NotEnabled(f"cannot calm: {why}")
        self.apply(Calm(drawn.core, drawn.seed, drawn.bound or 5_000))

    def settle(self, at_most: int = 1_000) -> int:
        """Deliver what is in flight, and what that causes, in the order of sending; returns how many messages there were."""
        self._must_be_open()
        count = 0
        for envelope in islice(self._world.network.in_order(self._world.deliverable), at_most):
            self.apply(envelope.deliver())
            count += 1
        return count

    def request(self, node: NodeId, command: Any = None, session: str | None = None, replaces: str | None = None) -> Request:
        """Let a client ask ``node`` for ``command``, or for the workload's next one.

            put = world.request("n1", ("put", "x", 1), session="s1")
            world.resend("n2", put.id)
            world.request("n2", ("get", "x"), replaces="s1")  # s1 has given up, and a new session goes on for it

        session: whose request it is; left out, in a scenario with sessions: of the first that waits for nothing, else of a new one.
        replaces: the session that gives up. Raises `NotEnabled` where the session waits for an answer, or the workload has
        nothing to ask now.
        """
        return self.apply(self._asked(node, command, session, replaces))  # type: ignore[return-value]

    def resend(self, node: NodeId, request: RequestId | None = None) -> Resend:
        """Let a session ask again, ``node`` now, for the operation of that id; left out, for the last that has no answer.

        Raises `NotEnabled` where it has one, or was asked for as often as a session asks.
        """
        self._must_be_open()
        if request is None:
            waiting = [each.id for each in self.history if each.session is not None and each.returned is None]
            if not waiting:
                raise NotEnabled(f"cannot ask {node} again: no session waits for an answer; let one ask first, with request()")
            request = waiting[-1]
        return self.apply(Resend(node, request))  # type: ignore[return-value]

    def _asked(self, node: NodeId, command: Any = None, session: str | None = None, replaces: str | None = None) -> Request:
        self._must_be_open()
        action = self._moves.clients.ask(node, self._dice, command, session, replaces)
        if action is None:
            raise NotEnabled(f"cannot ask {node}: the workload has nothing to ask now; say what to ask for")
        return action

    def operate(self, node: NodeId, operation: str, argument: Any = None) -> Operate:
        """Tell ``node`` to do one of the scenario's operations: ``world.operate("n1", "transfer", "n2")``.

        argument: left out, one that the scenario draws. Raises `NotEnabled` where there is nothing to do now.
        """
        self._must_be_open()
        action: Operate | None = Operate(node, operation, argument)
        if argument is None and operation in self.scenario.operations:
            action = drawn(self.scenario, operation, node, self.nodes, self._dice)
        if action is None:
            raise NotEnabled(f"cannot tell {node} to {operation}: its function in the scenario has no argument now; say which")
        return self.apply(action)  # type: ignore[return-value]

    def fire(self, node: NodeId, timer: str) -> Action:
        """Let a timer go off."""
        return self.apply(Fire(node, timer))

    def crash(self, node: NodeId, keep: int = 0) -> Action:
        """Cut a node's power; the first ``keep`` of its unsynced writes survive."""
        return self.apply(Crash(node, keep))

    def crash_asked(self, node: NodeId, after: int, keep: int = 0, arrive: int = 0) -> Action:
        """Cut a node's power while it handles a client's request: `Crash` says what the numbers are."""
        return self.apply(Crash(node, keep, self._asked(node), after, arrive))

    def restart(self, node: NodeId) -> Action:
        """Start a crashed node again."""
        return self.apply(Restart(node))

    def disconnect(self, one: NodeId, other: NodeId) -> Action:
        """End the connection of two nodes: what is in flight on it is lost (streams only)."""
        return self.apply(Disconnect(one, other))

    def connect(self, one: NodeId, other: NodeId) -> Action:
        """Open a connection between two nodes that run and have none; with `settle`, they are told of it."""
        return self.apply(Connect(one, other))

    def partition(self, *groups: Sequence[NodeId]) -> None:
        """Cut all links between these groups; nodes in none of them form one more."""
        self._must_be_open()
        side = {node: number for number, group in enumerate(groups) for node in group}
        links = tuple((a, b) for a in self.nodes for b in self.nodes if side.get(a) != side.get(b))
        if any(link not in self._world.network.cut_links for link in links):
            self.apply(Cut(links))

    def heal(self) -> None:
        """Mend all links that are cut."""
        self._must_be_open()
        if links := tuple(self._world.network.cut_links):
            self.apply(Mend(links))

    # The end

    def close(self) -> None:
        """End the run; on the trio host, before another world can be opened."""
        self._over = True
        self._world.close()

    @contextmanager
    def deciding(self, tally: Tally) -> Iterator[None]:
        """Around what a test does with it: at the end it is counted and closed, and what broke is raised, as `Broken`.

        That is so whatever the test has swallowed or raised. Where nothing broke, what it raised goes on. Raises `ScenarioError`
        where a function of the scenario went wrong, swallowed or not.
        """
        raised = sys.exc_info()[1]
        try:
            yield
        except BaseException as error:
            raised = raised if isinstance(error, Broken) else error
            raise
        finally:
            self.count(tally)
            self.close()
            self._world.blame()
            self._check(raised)

    def count(self, tally: Tally) -> None:
        """Add what was exercised to a search's counts."""
        world, recorder = self._world, self._world.recorder
        counts = recorder.counts() + exercised(self._moves.actions)
        tally.count(
            world.step,
            counts,
            recorder.heard,
            history=world.history,
            undecided=recorder.undecided,
            untested=recorder.untested,
        )

    def _check(self, raised: BaseException | None = None) -> None:
        violation = self._world.violation
        if violation is not None:
            self.close()  # minimising opens other worlds
            raise Broken(Found(self.setup, self._schedule(violation), violation), raised)

    def _must_be_open(self) -> None:
        self._check()
        if self._over:
            raise SplitbrainError(
                "a move in a world whose run is over, so that nothing can happen in it; "
                "each run has a world of its own: use the one that this run was given"
            )

    def _schedule(self, violation: Violation) -> tuple[Action, ...]:
        """All that was done, the cluster's own `apply` included, where that is known."""
        if self._world.step == len(self._moves.actions):
            return self.actions
        if not self._keep:
            raise SplitbrainError(
                f"{violation.invariant} is broken ({violation.summary}), but some of what led to it was done to `world.cluster` "
                "directly, and so is in no schedule; let `world.apply(action)` do it (or, in a rule, `self.apply(action)`)"
            )
        acted = {event.step: event.action for event in reversed(self.events) if type(event) is Acted}  # the first of each step
        return tuple(acted[step] for step in sorted(acted))
