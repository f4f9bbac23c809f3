"""A library node has the contract's handlers: its clock, its timers, its deaths, what it raises; hunted, and in other processes."""

import ctypes
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hosted import hosted
from hosted_raft import HOSTED, Hosted
from scripted import Note, of

from splitbrain import FaultBudget, Library, Scenario, Setup, State, World, conformance, hunt, run
from splitbrain.actions import Calm, Complete, Crash, Deliver, Fire, Operate, Request, Restart
from splitbrain.errors import NotEnabled
from splitbrain.events import CalmEnded, Crashed, Exited, Failed, Observed, Replied, Sent, Synced, TimerSet, Wrote
from splitbrain.invariant import KeepsContract
from splitbrain.observations import Applied, Decided
from splitbrain.trace.encoding import digest

ASK = Request("n1", "r1", "x")
HOSTS = pytest.mark.parametrize("host", ["direct", "trio"])


def after(scenario, *actions, host="direct", size=2):
    """A world, over already, in which these were done."""
    with World(scenario, size, host=host) as world:
        for action in actions:
            world.apply(action)
    return world


def failure(scenario, *actions, host="direct"):
    """What the only node that failed failed of."""
    (failed,) = of(after(scenario, *actions, host=host), Failed)
    return f"{failed.how}: {failed.detail}"


def times(world, name=None):
    return [(event.node, event.timer) for event in of(world, TimerSet) if name in (None, event.node)]


# Timers and the clock


@HOSTS
def test_timers_are_armed_at_the_start_and_whenever_they_went_off(host):
    seen = []

    def timeout(node, timer):
        seen.append((node.me, timer, round(node.clock() - 1_000_000, 3)))

    scenario = hosted(timeout=timeout, timers={"a": (10, 20), "b": (5, 400)})
    fire = [Fire("n1", "a"), Fire("n1", "a"), Fire("n1", "b"), Fire("n1", "a"), Fire("n2", "a")]
    world = after(scenario, *fire, host=host)
    assert times(world)[:4] == [("n1", "a"), ("n1", "b"), ("n2", "a"), ("n2", "b")]
    assert len(times(world)) == 4 + len(fire)
    # The clock stands just behind the latest moment of what went off; never does it go back.
    assert seen == [("n1", "a", 0.02), ("n1", "a", 0.04), ("n1", "b", 0.4), ("n1", "a", 0.4), ("n2", "a", 0.03)]


def test_a_timer_that_the_library_stops_in_its_own_handler_stays_stopped():
    world = after(hosted(timeout=lambda node, timer: node.cancel_timer(timer), timers={"a": (1, 1)}), Fire("n1", "a"))
    with pytest.raises(NotEnabled):
        world.apply(Fire("n1", "a"))


def test_a_timer_of_its_own_goes_off_once_and_a_node_may_have_timers_that_its_class_has_not():
    def start(node):
        node.timers = {"mine": (1, 2)} if node.me == "n1" else {}
        node.set_timer("once", 3, 4)

    assert times(after(hosted(start=start), Fire("n1", "once"))) == [("n1", "once"), ("n1", "mine"), ("n2", "once")]


def test_the_clock_goes_on_behind_a_restart():
    seen = []
    scenario = hosted(start=lambda node: seen.append(node.clock.monotonic()), timers={"a": (10, 7_000)})
    after(scenario, Fire("n1", "a"), Crash("n1"), Restart("n1"))
    assert seen[:2] == [1_000_000, 1_000_000]
    assert 1_000_007 < seen[2] < 1_000_007.001


# What it may be


def test_the_handlers_that_it_lacks_are_missed_when_they_are_needed():
    class Bare(Library):
        pass

    bare = Scenario(name="bare", factory=Bare, invariants=(KeepsContract,), operations={"compact": (None,)})
    assert failure(bare, ASK).startswith("malformed: a Bare has no handler `request`; a node has start, receive, timeout")


def test_a_handler_that_yields_has_not_run_and_that_is_said():
    def request(node, name, command):
        yield node.send("n2", 1)

    assert failure(hosted(request=request), ASK).startswith("malformed: request is a generator, so that none of its code has run;")


def test_a_handler_that_is_async_has_not_run_either():
    async def request(node, name, command):
        node.send("n2", 1)

    assert failure(hosted(request=request), ASK).startswith("malformed: request is `async`, so that none of its code has run;")


def test_what_a_handler_returns_is_nobody_s_business():
    assert after(hosted(request=lambda *_: [1, 2]), ASK).violation is None


@HOSTS
@pytest.mark.parametrize("slow", [False, True])
def test_what_was_done_before_it_raised_has_happened(host, slow):
    def request(node, name, command):
        node.store(a=1)
        node.send("n2", "done")
        node.store(b=2)
        raise KeyError("enough")

    scenario = hosted(request=request, budget=FaultBudget(slow_disks=slow))
    with World(scenario, 2, host=host) as world:
        world.apply(ASK)
        while world.processes["n1"].syncs:
            assert not of(world, Failed)
            world.apply(Complete("n1"))
        (failed,) = of(world, Failed)
        assert failed.detail.startswith("request: KeyError: 'enough' (test_library_node.py:")
        assert failed.detail.endswith("in request)")
        kinds = (Wrote, Synced, Sent, Failed)
        assert [type(event) for event in world.events if type(event) in kinds] == [Wrote, Synced, Sent, Wrote, Synced, Failed]
        assert dict(world.processes["n1"].disk()) == {"a": 1, "b": 2}


def test_a_surfaced_error_is_raised_when_the_handler_is_over():
    def request(node, name, command):
        try:
            raise OSError("disk full")
        except OSError as error:
            node.surface(error)
            node.surface(ValueError("a second one"))
        node.send("n2", "went on")

    world = after(hosted(request=request), ASK)
    assert len(of(world, Sent)) == 1
    (failed,) = of(world, Failed)
    assert failed.detail.startswith("request: OSError: disk full (test_library_node.py:")


def test_what_is_no_error_cannot_be_surfaced():
    assert "surface('full'), which is no exception; pass the one" in failure(
        hosted(request=lambda node, *_: node.surface("full")), ASK
    )


def test_close_is_called_in_its_own_surroundings_and_reaches_nobody():
    closed = []

    def close(node):
        node.send("n2", "too late")
        closed.append((node.me, node.clock() > 0))

    world = after(hosted(close=close), Crash("n1"), Restart("n1"))
    assert [me for me, _ in closed] == ["n1", "n1", "n2"]
    assert not of(world, Sent)
    assert world.lapses == ()


# Deaths


def dies(how, **more):
    def request(node, name, command):
        node.store(kept=1)
        node.send("n2", "before")
        try:
            how(node)
        finally:
            node.send("n2", "after")  # as a library may, on its way out
        node.send("n2", "never")

    return hosted(request=request, **more)


def legally(node):
    raise SystemExit(3)


def on_purpose(node):
    node.exit("enough")


@HOSTS
@pytest.mark.parametrize(
    ("how", "more", "reason", "sent"),
    [(legally, {"deaths": (SystemExit,)}, "SystemExit: 3", 2), (on_purpose, {}, "enough", 1)],
)
def test_a_death_that_is_meant_is_no_violation_and_the_node_may_start_again(host, how, more, reason, sent):
    world = after(dies(how, **more), ASK, Restart("n1"), host=host)
    (exited,), (crashed,) = of(world, Exited), of(world, Crashed)
    assert (exited.node, exited.reason, crashed.lost) == ("n1", reason, 0)
    assert world.violation is None
    assert len(of(world, Sent)) == sent
    assert dict(world.processes["n1"].storage.view()) == {"kept": 1}


def test_a_death_that_is_not_meant_is_a_violation():
    assert failure(dies(legally), ASK).startswith("raised: request: SystemExit: 3")


def test_who_catches_its_own_exit_is_dead_all_the_same():
    def request(node, name, command):
        try:
            node.exit("now")
        except BaseException:  # noqa: BLE001 - as libraries do
            node.send("n2", "not me")
        node.reply(name, "still here")

    world = after(hosted(request=request), ASK)
    assert len(of(world, Exited)) == 1
    assert not of(world, Sent)
    assert not of(world, Replied)


def test_a_fair_phase_starts_it_again_a_while_later_and_time_passes_even_if_it_dies_each_time():
    def timeout(node, timer):
        node.exit("each time") if node.me == "n1" else node.observe(Note("tick"))

    world = after(hosted(timeout=timeout, timers={"t": (10, 10)}, requests=0), Fire("n1", "t"), Calm(("n1", "n2"), 1, 1_000))
    assert 20 < len(of(world, Exited)) < 60
    assert world.violation is None
    assert of(world, CalmEnded)
    assert len(of(world, Observed)) > 90


# C


def test_an_exception_out_of_a_callback_that_c_called_is_surfaced():
    def request(node, name, command):
        kind = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)

        def compare(one, other):
            raise ValueError("incomparable")

        libc = ctypes.CDLL(None)
        libc.qsort((ctypes.c_int * 3)(3, 1, 2), ctypes.c_size_t(3), ctypes.c_size_t(4), kind(compare))
        node.send("n2", "sorted, it says")

    if os.name != "posix":
        pytest.skip("the C library is found by CDLL(None) on POSIX alone")
    assert failure(hosted(request=request), ASK).startswith("raised: request: ValueError: incomparable (test_library_node.py:")


C = r"""
#include <string.h>
#include <stdlib.h>
typedef int (*send_fn)(int to, const unsigned char *bytes, int length);
typedef int (*keep_fn)(int value);
struct register_ { int me, nodes, value; send_fn send; keep_fn keep; };
struct register_ *register_new(int me, int nodes, int value, send_fn send, keep_fn keep) {
    struct register_ *r = malloc(sizeof *r);
    r->me = me; r->nodes = nodes; r->value = value; r->send = send; r->keep = keep;
    return r;
}
int register_tick(struct register_ *r) {
    unsigned char buffer[2];  /* reused for each */
    int to, reached = 0;
    for (to = 0; to < r->nodes; to++) {
        if (to == r->me || !r->value) continue;
        buffer[0] = 'v'; buffer[1] = (unsigned char)r->value;
        reached += r->send(to, buffer, 2);
        memset(buffer, 0, 2);
    }
    return reached;
}
int register_receive(struct register_ *r, const unsigned char *bytes, int length) {
    if (length != 2 || bytes[0] != 'v') return -1;
    if (r->value) return 0;
    r->value = bytes[1];
    return WRONG ? 1 : r->keep(r->value);
}
int register_value(struct register_ *r) { return r->value; }
void register_free(struct register_ *r) { free(r); }
"""


@pytest.fixture(scope="module")
def compiled(tmp_path_factory):
    """A library in C, right and wrong: a register that is copied, and one that forgets to store what it was told."""
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("no C compiler `cc`")
    folder = tmp_path_factory.mktemp("c")
    made = {}
    for wrong in (0, 1):
        source = folder / f"register{wrong}.c"
        source.write_text(C.replace("WRONG", str(wrong)))
        made[wrong] = folder / f"register{wrong}.so"
        subprocess.run([compiler, "-shared", "-fPIC", "-o", made[wrong], source], check=True, capture_output=True)
    return made


def c_register(path):
    """A scenario of it: twenty lines."""
    library = ctypes.CDLL(str(path))
    library.register_new.restype = ctypes.c_void_p
    send_fn = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int, ctypes.POINTER(ctypes.c_ubyte), ctypes.c_int)
    keep_fn = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int)

    class Register(Library):
        timers = {"tick": (10, 20)}  # noqa: RUF012

        def start(self):
            nodes = sorted((self.me, *self.peers))
            self.callbacks = (
                send_fn(lambda to, data, length: self.send(nodes[to], ctypes.string_at(data, length))),
                keep_fn(lambda value: self.store(value=value) or 1),
            )
            made = library.register_new(nodes.index(self.me), len(nodes), self.disk.get("value", 0), *self.callbacks)
            self.register = ctypes.c_void_p(made)

        def timeout(self, timer):
            library.register_tick(self.register)

        def receive(self, sender, message):
            if (code := library.register_receive(self.register, message, len(message))) < 0:
                raise RuntimeError(f"code {code} for {message!r}")
            if code:
                self.observe(Decided(library.register_value(self.register)))

        def request(self, request, command):
            self.receive(self.me, bytes(command))
            self.reply(request, library.register_value(self.register))

        def close(self):
            library.register_free(self.register)

    return Scenario(
        name="register in c",
        factory=Register,
        invariants=(KeepsContract,),
        commands=lambda number: [118, number % 200 + 1],
        label=lambda message: (chr(message[0]), message[1]),
        progress=(Decided,),
    )


@HOSTS
def test_a_library_in_c_is_hosted(compiled, host):
    world = after(
        c_register(compiled[0]), Request("n1", "r1", [118, 7]), Fire("n1", "tick"), Deliver("n1", "n2", "v", 7), host=host
    )
    assert world.violation is None
    assert [event.message for event in of(world, Sent)] == [b"v\x07"]
    assert [event.result for event in of(world, Replied)] == [7]
    hunted = hunt(c_register(compiled[0]), seed=1, steps=5_000, host=host)
    assert hunted.found is None
    assert not hunted.vacuous


def test_a_return_code_of_c_is_the_node_s_to_judge(compiled):
    detail = failure(c_register(compiled[0]), Request("n1", "r1", [119, 7]))
    assert detail.startswith("raised: request: RuntimeError: code -1 for b'w\\x07'")


def test_what_a_library_in_c_does_not_store_is_gone(compiled):
    world = after(c_register(compiled[1]), Request("n1", "r1", [118, 7]), Crash("n1"), Restart("n1"), Fire("n1", "tick"))
    assert not of(world, Sent)


# A whole one


SLOW = FaultBudget(slow_disks=True)


@pytest.mark.parametrize(
    ("changes", "host"),
    [({}, "direct"), ({}, "trio"), ({"budget": SLOW}, "direct"), ({"links": "streams"}, "direct")],
    ids=["direct", "trio", "slow disks", "streams"],
)
def test_a_correct_library_keeps_all_of_raft_s_invariants(changes, host):
    hunted = hunt(replace(HOSTED, **changes), seed=1, steps=10_000, host=host)
    assert hunted.found is None, hunted.found.violation
    assert not hunted.vacuous


class WithoutALog(Hosted):
    def look(self):
        shown = super().look()
        return State(shown.term, shown.vote, shown.leads, shown.commit, base=shown.base, base_term=shown.base_term)


@pytest.mark.parametrize("seed", [3, 5])
def test_a_correct_library_that_shows_its_snapshots_and_no_log_breaks_nothing(seed):
    hunted = hunt(replace(HOSTED, factory=WithoutALog, options={"compacts": (True,)}), seed=seed, steps=25_000)
    assert hunted.found is None, hunted.found.violation
    assert not hunted.vacuous


@pytest.mark.slow
@HOSTS
@pytest.mark.parametrize("changes", [{}, {"budget": SLOW}, {"links": "streams"}], ids=["datagrams", "slow disks", "streams"])
def test_a_correct_library_keeps_all_of_raft_s_invariants_for_long(changes, host):
    hunted = hunt(replace(HOSTED, **changes), seed=2, steps=200_000, host=host)
    assert hunted.found is None, hunted.found.violation


@pytest.mark.parametrize(
    ("wrong", "invariants"),
    [
        ("forgets the vote", ("OneVotePerTerm",)),
        ("forgets the term", ("TermsNeverGoBack",)),
        ("forgets the log", ("CommittedIsDurable",)),
        ("forgets the snapshot", ("CommittedIsDurable", "LogMatching", "TermsRise")),
    ],
)
def test_what_a_library_forgets_is_found(wrong, invariants):
    hunted = hunt(replace(HOSTED, options={"wrong": (wrong,), "compacts": (True,)}), seed=1, steps=20_000)
    assert hunted.found is not None
    assert hunted.found.violation.invariant in invariants


# Raft, Figure 8, as a hunt found it: n1 commits an entry of term 1 in term 4, for it is on a majority; n4 leads term 5 without it.
FIGURE_8 = """
    fire n1; n1>n3 vote_wanted 1; n3>n1 vote 1; n1>n4 vote_wanted 1; n4>n1 vote 1; ask n1 r1 v1; n1>n2 append 1 #2
    fire n4; n4>n3 vote_wanted 2; n3>n4 vote 2; n4>n5 vote_wanted 2; n5>n4 vote 2; ask n4 r2 v2; fire n5; n5>n1 vote_wanted 3
    fire n1; n1>n2 vote_wanted 4; n1>n3 vote_wanted 4; n3>n1 vote 4; n2>n1 vote 4; n1>n3 append 4; n3>n1 appended 4
    fire n1; n1>n2 append 4 #2; n2>n1 appended 4; n1>n3 append 4 #2; n3>n1 appended 4 #2; n1>n4 vote_wanted 4
    fire n4; n4>n1 vote_wanted 5; n1>n4 vote 5; n4>n5 vote_wanted 5; n5>n4 vote 5
"""


def figure_8():
    """Its actions."""
    for line in FIGURE_8.strip().replace("\n", ";").split(";"):
        match line.split():
            case "fire", node:
                yield Fire(node, "patience")
            case "ask", node, name, command:
                yield Request(node, name, command)
            case link, kind, epoch, *nth:
                sender, receiver = link.split(">")
                yield Deliver(sender, receiver, kind, int(epoch), int(nth[0][1:]) if nth else 1)


@HOSTS
@pytest.mark.parametrize("wrong", ["counts old terms", None])
def test_who_counts_copies_of_old_terms_loses_what_it_committed(wrong, host):
    setup = Setup(replace(HOSTED, options={"wrong": (wrong,), "compacts": (False,)}), 5, host=host)
    done = run(setup, figure_8())
    assert done.stopped is None
    if wrong is None:
        assert done.violation is None
    else:
        assert done.violation.invariant == "LeaderCompleteness"
        assert done.violation.summary.startswith(
            "n1 committed entry 1 ('v1', term 1) in term 4, and n4, leader of term 5, was elected"
        )


@HOSTS
def test_hosts_agree_on_every_event(host):
    found = hunt(replace(HOSTED, options={"wrong": ("forgets the log",)}), seed=2, steps=20_000).found
    here = run(found.setup, found.actions, keep=True)
    there = run(replace(found.setup, host=host), found.actions, keep=True)
    assert here.violation == there.violation is not None
    assert digest(here.events) == digest(there.events)


def test_the_contract_is_kept_in_other_processes_too():
    told = str(conformance(HOSTED))
    assert "keeps the contract" in told
    assert "not confirmed" not in told


def test_dice_and_clock_are_the_schedule_s_whatever_the_process(tmp_path):
    code = (
        "from hosted import hosted\n"
        "from splitbrain import Setup, run\n"
        "from splitbrain.actions import Crash, Fire, Restart\n"
        "from splitbrain.observations import Decided\n"
        "timeout = lambda node, timer: node.observe(Decided([node.clock(), node.dice.random()]))\n"
        "scenario = hosted(timeout=timeout, timers={'t': (1, 9)})\n"
        "schedule = [Fire('n1', 't'), Fire('n2', 't'), Crash('n1'), Restart('n1'), Fire('n1', 't')]\n"
        "for seed, host in ((1, 'direct'), (1, 'trio'), (2, 'direct')):\n"
        "    events = run(Setup(scenario, 2, seed=seed, host=host), schedule, keep=True).events\n"
        "    print([event.observation.value for event in events if type(event).__name__ == 'Observed'])\n"
    )
    tests = Path(__file__).resolve().parents[3]
    said = []
    for seed in ("1", "77"):
        environment = os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(tests)}
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
        said.append(done.stdout.splitlines())
    assert said[0] == said[1]
    assert said[0][0] == said[0][1] != said[0][2]


def test_an_operation_is_handed_over():
    scenario = hosted(operate=lambda node, *what: node.observe(Decided(list(what))), operations={"compact": (7,)})
    world = after(scenario, Operate("n1", "compact", 7))
    assert [event.observation for event in of(world, Observed)] == [Decided(["compact", 7])]


def test_setups_of_other_seeds_roll_other_dice():
    scenario = hosted(start=lambda node: node.observe(Applied(1, None, node.dice.random())))
    rolled = {seed: of(after_seed(scenario, seed), Observed)[0].observation.command for seed in (1, 2)}
    assert rolled[1] != rolled[2]
    assert rolled[1] == of(after_seed(scenario, 1), Observed)[0].observation.command


def after_seed(scenario, seed):
    with Setup(scenario, 2, seed=seed).world(keep=True) as world:
        return world


def for_ever(*_):
    while True:
        pass


def made_for_ever(self, me, peers, disk):
    if disk.get("again"):
        for_ever()
    Library.__init__(self, me, peers, disk)


@HOSTS
@pytest.mark.parametrize(
    ("given", "actions"),
    [
        ({"request": for_ever}, [ASK]),
        ({"look": for_ever}, []),
        ({"__init__": made_for_ever, "request": lambda node, *_: node.store(again=1)}, [ASK, Crash("n1"), Restart("n1")]),
    ],
    ids=["a handler", "look", "init"],
)
def test_what_computes_for_ever_is_stopped(given, actions, host, monkeypatch):
    if not hasattr(signal, "SIGPROF"):
        pytest.skip("the watchdog needs SIGPROF")
    monkeypatch.setattr("splitbrain.cluster.watchdog.PATIENCE", 0.2)
    world = after(hosted(**given), *actions, host=host)
    (failed, *_) = of(world, Failed)
    assert failed.how == "hung"
    assert "it computes for ever, and the watchdog stopped it" in failed.detail


@pytest.mark.parametrize(
    ("timers", "detail"),
    [
        ({"tick": 100}, "timers = {'tick': 100}, in which not every name has two moments; give each the earliest and the latest"),
        ({"tick": (1, 2, 3)}, "timers = {'tick': (1, 2, 3)}, in which not every name has two moments"),
        (["tick"], "timers = ['tick'], in which not every name has two moments"),
        ({"tick": (9, 5)}, "start asked for SetTimer('tick', 9, 5); the range must be two whole numbers of ms"),
    ],
)
def test_timers_that_are_none_are_told_alike_wherever_the_run_was_asked_for(timers, detail):
    with World(hosted(timers=timers), 1) as world:
        (failed,) = of(world, Failed)
        assert failed.how == "malformed"
        assert failed.detail.startswith(detail)
        assert "test_library_node.py" not in failed.detail
