"""A scenario: nodes, workload, fault budget and invariants, under a name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from splitbrain.budget import FaultBudget
from splitbrain.declared.fields import check_fields, described, is_count, is_put_off, tuples
from splitbrain.declared.judges import Judges, all_judges, as_names, check_names, chosen
from splitbrain.declared.places import places, quorum, voting
from splitbrain.declared.roles import Places, check_roles
from splitbrain.dice import Dice
from splitbrain.errors import ScenarioError, told
from splitbrain.invariant import InvariantFactory, KeepsContract, Monitor, made
from splitbrain.node import DiskView, Exit, Factory, NodeId, Workload, is_async, release

HOSTS = ("direct", "trio")  # what can run nodes
SESSIONS = 5  # of a workload that does not say how many
PAYLOADS = (10, 100, 1_000, 5_000)  # by how many characters a search makes the numbered commands of a run longer, if it does
Label = Callable[[Any], tuple[str, int | None]]


def label_by_type(message: Any) -> tuple[str, int | None]:
    """The default label: the name of the message's type, and no epoch."""
    return type(message).__name__, None


def numbered_commands(number: int) -> Any:
    """The default workload: the n-th request (from 1) asks for ``"v<n>"``; in some runs, dots make that longer."""
    return f"v{number}"


def padded(command: Any, size: int) -> Any:
    """A command that is text or bytes, with ``size`` dots behind it; a `Scenario.payload` for commands of your own, too."""
    return command + b"." * size if isinstance(command, bytes) else f"{command}{'.' * size}"


def expect_scenario(whom: str, given: object) -> None:
    """Raises `ScenarioError` where ``whom``, as a user calls it, was given something else than a scenario."""
    if not isinstance(given, Scenario):
        name = "; find_scenario(name) gives the one of that name" if isinstance(given, str) else ""
        raise ScenarioError(f"{whom}({given!r:.80}): this is {described(given)}; pass it a Scenario{name}")


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """Everything a run needs but the schedule. Assign it at the top level of a module, for files name it by that.

        MAJORITY = Scenario(
            name="majority",
            factory=Majority,
            invariants=(Agreement, Validity),
            progress=(observations.Decided,),
            sizes=(3, 5),
            budget=FaultBudget(crashes="minority"),
        )

    factory: ``factory(me, peers, disk, **options) -> node``: sans-I/O nodes, or async ones (``async def run(self, env)``).
    invariants: classes (or factories) of the invariants to check.
    sizes: the cluster sizes to draw from, those that stand first more often; nodes are called n1, n2, ... One node alone, and an
        even number of them, is where quorums are counted wrongly.
    budget: what the nemesis may do at all.
    options: for each option of the factory the values to draw from; one value is drawn for each run and saved in its schedule.
    commands: the n-th client request's command, the same whenever it is asked: plain data, or tuples, enums and records, which a
        schedule file finds again by their JSON. What no file could give back is refused when it is asked for.
    payload: ``payload(command, size)`` makes a command, a workload's too, longer by about ``size`` characters; each run draws
        how long they are. None: those of the default workload get dots (as `padded` does it, for text and bytes), and commands of
        your own stay as they are.
    requests: the most client requests of one run (the fair phase adds its own); of sessions, operations.
    sessions: how many clients ask at a time, each of which waits for its answer, or asks again, or gives up and goes on as a new
        session; 0: each request is of a client of its own, which asks once. None: 5 where there is a `workload`, else 0.
    links: ``"datagrams"`` (lost, late, doubled, out of order, as far as `budget` goes) or ``"streams"`` (a connection for each pair
        of nodes: in order, and nothing is lost but with the connection; see `splitbrain.Node`).
    self_delivery: ``"local"``: what a node sends to itself arrives when the handler that sent it is over; ``"network"``: as from
        anybody else. None: local on streams, else by the network.
    roles: positions that are special, by a name: ``{"witness": lambda size: (size - 1,)}``, or ``{"witness": (2,)}`` where that
        holds for all sizes; a node has one role at most.
    budgets: what the nemesis may do to the nodes of a role, instead of `budget`, as far as crashes, partitions and disks go: see
        `splitbrain.FaultBudget`.
    ready: the type of observation by which a node that was restarted says that it is a full member again; until then it counts
        as down. None: it is one at once, unless it says `observations.Recovering`, and then until it says `observations.Ready`.
    operations: what somebody may tell nodes to do, by name, and the arguments to draw from: ``{"compact": (None,)}``, or a function
        ``(me, peers, dice) -> argument``, None where there is nothing to do now.
    workload: what sessions ask for (see `splitbrain.Workload`); None: the numbered ``commands``, of which the k-th operation of a
        run asks for the k-th.
    label: names a message for people and for identities: its kind, and its epoch (term, ballot round) or None.
    show: turns what msgspec cannot encode (a message, an observation, a written value, or a part of one) into what it can. Reports
        ask it of bytes, too: what it makes of them is what people read. What it raises there, or None, tells them nothing.
    latency: the most virtual ms that a message takes in the fair phase (at least 1).
    calm_bound: virtual ms of the fair phase, an hour at most; 0: the scenario makes no claim about liveness.
    clients: the nodes, by position from 0, that clients talk to; None means every node.
    can_progress: ``can_progress(core, size, options)``: whether a fair phase can ask progress of a core (positions from 0); None
        means that any majority can. A nemesis draws no other cores.
    voters: ``voters(size)``: the nodes, by position from 0, whose votes count at first; None means every node (or, of acceptors,
        those that say that they are). Nodes that change their configuration say so (`observations.Voters`).
    quorums: ``quorums(voters) -> (elect, decide)``: the least counts, of so many voters, that elect a leader (or prepare a ballot)
        and that decide (or commit); None: a majority for both.
    progress: observation types each of which must occur in a search, lest it is vacuous (for instance ``(Led, Committed)``).
    only, without: names of invariants (``KeepsContract`` is one): those that alone judge it, and those that do not: see `judged`.

    Raises `ValueError` for what cannot be; a function of yours that raises later ends in `ScenarioError`, under its name.
    """

    name: str
    factory: Factory
    invariants: tuple[InvariantFactory, ...]
    sizes: tuple[int, ...] = (3, 5, 4, 2, 1)
    budget: FaultBudget = field(default_factory=FaultBudget)
    options: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    commands: Callable[[int], Any] = numbered_commands
    payload: Callable[[Any, int], Any] | None = None
    requests: int = 30
    label: Label = label_by_type
    show: Callable[[Any], Any] | None = None
    latency: int = 20
    calm_bound: int = 0
    clients: Callable[[int], tuple[int, ...]] | None = None
    can_progress: Callable[[tuple[int, ...], int, Mapping[str, Any]], bool] | None = None
    voters: Callable[[int], tuple[int, ...]] | None = None
    quorums: Callable[[int], tuple[int, int]] | None = None
    progress: tuple[type, ...] = ()
    only: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    sessions: int | None = None
    workload: Workload | None = None
    links: str = "datagrams"
    self_delivery: str | None = None
    roles: Mapping[str, Places] = field(default_factory=dict)
    budgets: Mapping[str, FaultBudget] = field(default_factory=dict)
    ready: type | None = None
    operations: Mapping[str, tuple[Any, ...] | Callable[[NodeId, tuple[NodeId, ...], Dice], Any]] = field(default_factory=dict)
    # What it was before it was `judged` by others: files name that, and say by whom it was judged.
    origin: Scenario | None = field(default=None, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for name, value in tuples(vars(self)).items():
            object.__setattr__(self, name, value)
        check_fields(vars(self))
        check_roles(self)
        object.__setattr__(self, "budget", self.budget.within(self.links))
        object.__setattr__(self, "budgets", {role: budget.within(self.links) for role, budget in self.budgets.items()})
        if self.self_delivery is None:
            object.__setattr__(self, "self_delivery", "local" if self.links == "streams" else "network")
        if self.sessions is None:
            object.__setattr__(self, "sessions", 0 if self.workload is None else SESSIONS)
        try:
            for each in ("only", "without"):
                object.__setattr__(self, each, as_names(each, getattr(self, each)))
            if self.only or self.without:
                check_names(self._all_judges, only=self.only, without=self.without)
                chosen(self._all_judges, self.only, self.without)
        except ScenarioError as error:
            raise ValueError(f"Scenario {self.name!r}: {error}") from error

    def judged(self, only: Sequence[str] = (), without: Sequence[str] = ()) -> Scenario:
        """The same, judged by the invariants named in ``only`` alone, or by all but those in ``without``, or both.

            SAFE = RAFT.judged(without=("LogTermination",))

        ``KeepsContract`` is one of them: a node that raises, where that is muted, is dead and no more. What a scenario mutes
        already stays muted. Raises `ScenarioError` for a name that it does not have, and when nothing is left.
        """
        try:
            also, but = as_names("only", only), as_names("without", without)
            if not also and not but:
                return self
            check_names(self._all_judges, only=also, without=but)
            left = tuple(dict.fromkeys(name for name, _ in chosen(chosen(self._all_judges, self.only, self.without), also, but)))
        except ScenarioError as error:
            raise self.blame(error) from error
        again = replace(self, only=left if also else self.only, without=tuple(dict.fromkeys((*self.without, *but))))
        object.__setattr__(again, "origin", self.origin or self)
        return again

    def bare(self) -> Scenario:
        """The same, judged by nothing but the contract of a node."""
        return replace(self, invariants=(KeepsContract,), only=(), without=())

    def may_progress(self, core: tuple[NodeId, ...], size: int, options: Mapping[str, Any]) -> bool:
        """Whether a fair phase can ask progress of this core: see ``can_progress``."""
        names = self.nodes(size)
        if self.can_progress is None:
            voters = self.voting(size)
            return len(set(core) & set(voters)) >= max(self.quorum(len(voters)))
        places = tuple(place for place, name in enumerate(names) if name in core)
        try:
            answer = self.can_progress(places, size, options)
        except (Exception, SystemExit) as error:
            raise self.blame(f"can_progress({places}, {size}, {dict(options)}) raised {told(error)}; return a bool") from error
        if answer is None:
            raise self.blame(f"can_progress({places}, {size}, {dict(options)}) returned nothing; return a bool")
        return bool(answer)

    @cached_property
    def guarded(self) -> Scenario:
        """The same, with `commands` and `clients` that raise `ScenarioError`, naming themselves, where they go wrong."""
        plain = self.payload is None and self.workload is None and self.commands is numbered_commands
        clients = None if self.clients is None else self._clients
        return replace(self, commands=self._command, clients=clients, payload=padded if plain else self.payload)

    @cached_property
    def host(self) -> str:
        """What runs its nodes: ``"direct"`` where they are sans-I/O, for that is faster, else ``"trio"``. It makes one to see."""
        nodes = self.nodes(self.sizes[0])
        node = self.node(nodes[0], nodes, {}, self.first_options)
        release(node)
        return "trio" if is_async(node) else "direct"

    def hosted(self, host: str | None) -> str:
        """``host``, where it is given, else what runs its nodes. Raises `ScenarioError` for a name that no host has."""
        if host is not None and host not in HOSTS:
            raise ScenarioError(f"there is no host {host!r:.80}; use {' or '.join(map(repr, HOSTS))}")
        return host or self.host

    @property
    def first_options(self) -> dict[str, Any]:
        """Each option at its first value."""
        return {name: values[0] for name, values in self.options.items()}

    def node(self, me: NodeId, nodes: tuple[NodeId, ...], disk: DiskView, options: Mapping[str, Any]) -> Any:
        """Make a node of a cluster of ``nodes``. Raises `ScenarioError` from what the factory raised."""
        try:
            return self.factory(me, tuple(name for name in nodes if name != me), disk, **options)
        except (Exception, SystemExit, Exit) as error:
            raise self.blame(
                f"the factory cannot make node {me}: {type(error).__name__}: {error}; "
                "it is called as factory(me, peers, disk, **options)"
            ) from error

    def client_places(self, size: int) -> tuple[int, ...]:
        """Which of ``size`` nodes clients may ask, by position; none where there are no requests."""
        if self.requests == 0:
            return ()
        return tuple(range(size)) if self.clients is None else self.clients(size)

    def command(self, number: int, size: int = 0) -> Any:
        """The n-th client request's command, made longer by ``size``."""
        return self._longer(self.commands(number), size)

    def _longer(self, command: Any, size: int) -> Any:
        if size == 0 or self.payload is None:
            return command
        try:
            return self.payload(command, size)
        except (Exception, SystemExit) as error:
            raise self.blame(f"payload({command!r:.40}, {size}) raised {told(error)}; it must return a command") from error

    def next_command(self, session: str, dice: Dice, history: Sequence[Any], size: int = 0) -> Any:
        """What ``session`` asks for next; None where it has nothing to ask now.

        history: all operations of the run so far. size: by how much it is longer; a workload's, only where there is a ``payload``.
        """
        if self.workload is None:
            return self.command(len(history) + 1, size)
        called, remedy = f"workload.next({session!r}, dice, history)", "return a command, or None where there is nothing to ask now"
        try:
            command = self.workload.next(session, dice, history)
        except (Exception, SystemExit) as error:
            raise self.blame(f"{called} raised {told(error)}; {remedy}") from error
        if is_put_off(command):
            raise self.blame(f"{called} returned {described(command)}, which is no command; {remedy}, from a plain function")
        return command if command is None else self._longer(command, size)

    def _command(self, number: int) -> Any:
        try:
            return self.commands(number)
        except (Exception, SystemExit) as error:
            raise self.blame(f"commands({number}) raised {told(error)}; it must answer for every number from 1") from error

    def _clients(self, size: int) -> tuple[int, ...]:
        assert self.clients is not None
        return places(self, "clients", self.clients, size)

    def voting(self, size: int) -> tuple[NodeId, ...]:
        """The nodes of a cluster of ``size`` whose votes count at first."""
        return voting(self, size)

    def quorum(self, voters: int) -> tuple[int, int]:
        """How many of so many voters elect, and how many decide."""
        return quorum(self, voters)

    @cached_property
    def judges(self) -> Judges:
        """The invariants that judge it, by name: `KeepsContract` and its own, but for those that are muted.

        Raises `ScenarioError` for one that cannot be made, or is no invariant.
        """
        try:
            found = chosen(self._all_judges, self.only, self.without)
            for _, factory in found:
                made(factory)  # one to look at
        except ScenarioError as error:
            raise self.blame(error) from error
        return found

    @cached_property
    def _all_judges(self) -> Judges:
        return all_judges(self.invariants)

    def monitor(self) -> Monitor:
        """Its judges, made anew."""
        return Monitor(tuple(factory for _, factory in self.judges))

    def blame(self, what: object) -> ScenarioError:
        """What one of its functions did wrong, under its name."""
        return ScenarioError(f"scenario {self.name!r}: {what}")

    def nodes(self, size: int) -> tuple[NodeId, ...]:
        """The names of a cluster of ``size`` nodes. Raises `ScenarioError` where that is no number of nodes."""
        if not is_count(size, 1):
            raise self.blame(f"there is no cluster of {size!r:.80} nodes; its size is a whole number, at least 1")
        return tuple(f"n{number}" for number in range(1, size + 1))
