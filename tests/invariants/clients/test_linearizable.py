"""Linearizability as a run goes: what keeps it, what breaks it at which reply, and what is said of it."""

from dataclasses import replace

import pytest
from handwritten import assert_broken, fold, phrases
from scripted import scripted
from told import Cells, asks, numbered, refused, told

from splitbrain.actions import Calm, Crash, Request
from splitbrain.budget import FaultBudget
from splitbrain.errors import ScenarioError
from splitbrain.events import Replied
from splitbrain.invariant import Monitor
from splitbrain.linearizability.bound import Bound
from splitbrain.linearizability.model import UNKNOWN, Model
from splitbrain.node import Reply
from splitbrain.observations import Applied, EnteredTerm, Executed, Led
from splitbrain.report.terminal.account import account
from splitbrain.search.hunt import hunt
from splitbrain.world.run import Setup, run
from splitbrain_invariants import Linearizable

PUT_1, PUT_2 = asks("n1", "s1.1", "put", "x", 1), asks("n1", "s2.1", "put", "x", 2)
GET = asks("n2", "s3.1", "get", "x")

KEPT = {
    "a read finds what was written": [PUT_1, told("n1", "s1.1"), GET, told("n2", "s3.1", 1)],
    "a read that is under way finds either value": [PUT_1, GET, told("n1", "s1.1"), told("n2", "s3.1", 0)],
    "what was never answered may have happened, long after it was asked": [
        *(PUT_1, PUT_2, told("n1", "s2.1"), GET, told("n2", "s3.1", 2)),
        *(asks("n2", "s3.2", "get", "x"), told("n2", "s3.2", 1)),
    ],
    "what was never answered may not have happened": [PUT_1, GET, told("n2", "s3.1", 0)],
    "what was refused has not happened": [PUT_1, refused("n1", "s1.1"), GET, told("n2", "s3.1", 0)],
    "what was refused and asked again happens then": [
        *(PUT_1, refused("n1", "s1.1"), GET, told("n2", "s3.1", 0)),
        *(asks("n2", "s1.1", "put", "x", 1), told("n2", "s1.1"), asks("n1", "s3.2", "get", "x"), told("n1", "s3.2", 1)),
    ],
    "one attempt was refused, and the other one may have had its effect": [
        *(PUT_1, asks("n2", "s1.1", "put", "x", 1), refused("n2", "s1.1"), GET, told("n2", "s3.1", 1)),
    ],
    "a client that has its answer does not listen to another one": [
        *(GET, asks("n1", "s3.1", "get", "x"), told("n2", "s3.1", 0), told("n1", "s3.1", 7)),
    ],
    "clients of their own ask once each": [
        *(asks("n1", "r1", "put", "x", 1), told("n1", "r1"), asks("n1", "r2", "get", "x"), told("n1", "r2", 1)),
    ],
    "keys have nothing to do with each other": [PUT_1, told("n1", "s1.1"), asks("n2", "s3.1", "get", "y"), told("n2", "s3.1", 0)],
    "the client of the fair phase is one, too": [
        *(asks("n1", "calm-1", "put", "x", 1, calm=True), told("n1", "calm-1")),
        *(asks("n1", "calm-2", "get", "x", calm=True), told("n1", "calm-2", 1)),
    ],
}

# The happenings, and the place of the call that the last reply contradicts.
BROKEN = {
    "a stale read": ([PUT_1, told("n1", "s1.1"), PUT_2, told("n1", "s2.1"), GET, told("n2", "s3.1", 1)], 2),
    "a read of what was there before": ([PUT_1, told("n1", "s1.1"), GET, told("n2", "s3.1", 0)], 0),
    "a read of what was there before, in a fair phase": (
        [PUT_1, told("n1", "s1.1"), asks("n2", "calm-1", "get", "x", calm=True), told("n2", "calm-1", 0)],
        0,
    ),
    "a read of what nobody wrote": ([PUT_1, told("n1", "s1.1"), GET, told("n2", "s3.1", 7)], 2),
    "a read of what was refused": ([PUT_1, refused("n1", "s1.1"), GET, told("n2", "s3.1", 1)], 0),
    "a write is refused that was read": ([PUT_1, GET, told("n2", "s3.1", 1), refused("n1", "s1.1")], 1),
    "a value is read, and then the one before it": (
        [PUT_1, GET, told("n2", "s3.1", 1), asks("n1", "s3.2", "get", "x"), told("n1", "s3.2", 0)],
        1,
    ),
}


@pytest.mark.parametrize("name", KEPT)
def test_it_holds_where(name):
    violation, _ = fold(Linearizable(Cells()), numbered(KEPT[name]))
    assert violation is None


@pytest.mark.parametrize("name", BROKEN)
def test_it_breaks_at_the_reply_with_which_no_order_is_left_and_always_in_the_same_way(name):
    happenings, call = BROKEN[name]
    events = numbered(happenings)
    violation, _ = fold(Linearizable(Cells()), events)
    assert_broken(Linearizable(Cells()), events, ("Linearizable(Requested, Replied)", (call, -1), violation.summary))
    assert "s" in violation.summary  # it names who asked


class Tickets(Model):
    """Each taker is told which number it has."""

    initial = 0

    def step(self, state, command, result):
        return state + 1 if result is UNKNOWN or result == state + 1 else None


def test_a_model_of_ones_own_says_what_would_have_been_right():
    happenings = [asks("n1", "s1.1", "take"), told("n1", "s1.1", 1), asks("n1", "s2.1", "take"), told("n1", "s2.1", 1)]
    violation, _ = fold(Linearizable(Tickets()), numbered(happenings))
    assert violation.summary.startswith("take was answered 1, ")
    assert violation.summary.endswith("; the answer could only have been 2")
    assert len(violation.evidence) == 2


def test_each_run_is_judged_by_itself_and_the_object_in_the_scenario_by_none():
    judge = Linearizable(Cells())
    one, other = judge(), judge()
    events = numbered(BROKEN["a stale read"][0])
    assert [one.observe(event) for event in events][-1] is not None
    assert [other.observe(event) for event in events[-2:]] == [None, other.violation(*other_summary(other, events))]
    assert judge.model is one.model is other.model
    assert Monitor((judge,)).observe(events[0]) is None


def other_summary(judge, events):
    """Whoever saw the read alone knows of no write."""
    monitor = Monitor((Linearizable(judge.model),))
    monitor.observe(events[-2])
    violation = monitor.observe(events[-1])
    return violation.summary, *violation.evidence


def test_a_class_of_ones_own_has_its_own_name_and_may_be_given_as_one():
    class OneCell(Linearizable):
        """There is one cell."""

        def __init__(self):
            super().__init__(Cells())

    for given in (OneCell, OneCell()):
        two = scripted(invariants=(given, Linearizable(Cells())))
        assert [name for name, _ in two.judges] == ["KeepsContract", "OneCell", "Linearizable"]
        assert [name for name, _ in two.judged(without=("OneCell",)).judges] == ["KeepsContract", "Linearizable"]
        assert [type(each).__name__ for each in two.judged(only=("OneCell",)).monitor().invariants] == ["OneCell"]
    assert repr(OneCell()) == "OneCell(Cells())"


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        (Cells, r"Linearizable was given the class Cells, .* as in Linearizable\(Cells\(\)\)"),
        (dict, r"Linearizable was given the class dict, which is no model .* as in Linearizable\(Register\(\)\)"),
        ("register", r"Linearizable was given 'register', which is no model that says what your service does; give it an object"),
        (None, "Linearizable was given None"),
    ],
)
def test_what_is_no_model_is_refused_where_it_is_written(given, complaint):
    with pytest.raises(ValueError, match=complaint):
        Linearizable(given)


class Begins(Cells):
    """Cells that begin as they are told."""

    def __init__(self, initial):
        self.initial = initial


@pytest.mark.parametrize(
    ("initial", "complaint"),
    [
        (None, r"^Begins\.initial is None, which stands for what cannot be; .* write for instance a tuple"),
        ({}, r"^Begins\.initial is {}, which has no hash \(unhashable type: 'dict'\); a state is any immutable value with a hash"),
        (([],), r"^Begins\.initial is \(\[\],\), which has no hash"),
    ],
)
def test_a_model_that_begins_with_no_state_is_refused_where_it_is_written(initial, complaint):
    with pytest.raises(ValueError, match=complaint):
        Linearizable(Begins(initial))


class Plain(Cells):
    """Cells that know of no zones."""

    def zone(self, command, result):
        return None


GETS = [asks("n1", "s1.1", "get", "x"), told("n1", "s1.1", 0), asks("n1", "s1.2", "get", "x"), told("n1", "s1.2", 0)]
UNTRIED = {
    "nobody asks": [],
    "only reads are answered": GETS,
    "a write is never answered, and never seen": [PUT_2, *GETS],
    "a write is refused": [PUT_1, refused("n1", "s1.1"), GET, told("n2", "s3.1", 0)],
}


@pytest.mark.parametrize("model", [Cells(), Plain()], ids=["zones", "search"])
def test_a_run_in_which_no_answer_could_be_out_of_date_puts_it_to_no_test(model):
    for name, happenings in UNTRIED.items():
        assert untried(model, happenings) == {
            "Linearizable": f"nothing that was answered ever changed the state of {type(model).__name__}, "
            "so that no answer could be out of date"
        }, name


@pytest.mark.parametrize("model", [Cells(), Plain()], ids=["zones", "search"])
def test_a_write_that_was_answered_or_seen_is_a_test(model):
    assert untried(model, [PUT_1, told("n1", "s1.1")]) == {}
    assert untried(model, [*GETS, PUT_2, told("n1", "s2.1"), GET, told("n2", "s3.1", 2)]) == {}
    assert untried(model, [PUT_1, GET, told("n2", "s3.1", 1)]) == {}


def untried(model, happenings):
    monitor = Monitor((Linearizable(model),))
    for event in numbered(happenings):
        assert monitor.observe(event) is None
    return monitor.untested()


def test_a_search_in_which_clients_only_read_what_was_there_in_the_beginning_is_vacuous():
    reads = replace(STALE, commands=lambda number: ("get", "x"))
    hunted = hunt(reads, seed=1, runs=5)
    assert (hunted.outcome, hunted.untried, hunted.untested) == ("vacuous", ("Linearizable",), {"Linearizable": 5})
    assert "no run put Linearizable to the test" in account(hunted, reads, "vacuous")
    assert "nothing that was answered ever changed the state of Cells" in " ".join(account(hunted, reads, "vacuous").split())


def test_a_command_that_the_model_does_not_know_is_the_model_s_fault():
    monitor = Monitor((Linearizable(Cells()),))
    with pytest.raises(
        ScenarioError, match=r"^the model Cells raised IndexError.*\(at .*told\.py:\d+\) when r1, \(\), was asked for; "
    ):
        monitor.observe(asks("n1", "r1")(1))
    events = numbered([asks("n1", "r1", "take", "x"), told("n1", "r1", 5)])
    with pytest.raises(ScenarioError, match=r"the model Cells raised ValueError: cells know get and put, and not \('take', 'x'\)"):
        fold(Linearizable(Cells()), events)


class Odd(Model):
    """A model of which a step goes wrong."""

    def __init__(self, step):
        self._step = step

    def step(self, state, command, result):
        return self._step(state, command, result)


def test_a_state_that_cannot_be_hashed_is_told_with_what_a_state_must_be():
    monitor = Monitor((Linearizable(Odd(lambda *_: [])),))
    events = numbered([asks("n1", "r1", "a"), asks("n1", "r2", "b"), told("n1", "r1"), told("n1", "r2")])
    with pytest.raises(ScenarioError, match=r"the model Odd raised TypeError: unhashable type: 'list'.* one with a hash"):
        [monitor.observe(event) for event in events]


@pytest.mark.parametrize("method", ["step", "key", "zone"])
def test_a_model_that_leaves_the_program_is_told_as_one_that_raises(method):
    def leaves(*_):
        raise SystemExit(0)

    monitor = Monitor((Linearizable(type("Leaver", (Cells,), {method: leaves})()),))
    with pytest.raises(ScenarioError, match=r"the model Leaver raised SystemExit: 0 \(at .*test_linearizable"):
        [monitor.observe(event) for event in numbered([asks("n1", "r1", "get", "x"), told("n1", "r1", 5)])]


def test_a_model_whose_zones_depend_on_a_result_is_told_with_what_they_must_be():
    class Wavers(Cells):
        def zone(self, command, result):
            return ("read", result) if result is UNKNOWN else None

    monitor = Monitor((Linearizable(Wavers()),))
    with pytest.raises(ScenarioError, match=r"^the model Wavers says of r1 that zone\(.*, 5\) is None, though it had said that"):
        [monitor.observe(event) for event in numbered([asks("n1", "r1", "get", "x"), told("n1", "r1", 5)])]


def test_a_run_that_comes_to_the_bound_says_so_and_breaks_nothing():
    names = [f"s{number}.1" for number in range(1, 9)]
    happenings = [asks("n1", name, "put", "x", place % 2) for place, name in enumerate(names)]
    happenings += [*(told("n1", name) for name in names), asks("n2", "s9.1", "get", "x"), told("n2", "s9.1", 7)]
    violation, _ = fold(Linearizable(Cells()), numbered(happenings))
    assert violation.fingerprint == "Linearizable(Requested, Replied)"
    judge = Linearizable(Cells(), Bound(configurations=1, steps=1))
    monitor = Monitor((judge,))
    for event in numbered(happenings):
        assert monitor.observe(event) is None
    (why,) = monitor.undecided().values()
    assert why
    assert Monitor((judge,)).undecided() == {}


STALE = scripted(
    request=lambda node, name, command: [Reply(name, 0 if command[0] == "get" else True)],
    invariants=(Linearizable(Cells()),),
    commands=lambda number: ("put", "x", number) if number % 2 else ("get", "x"),
    calm_bound=300,
    latency=1,
)


@pytest.mark.parametrize("host", ["direct", "trio"])
def test_a_run_ends_at_the_reply_that_breaks_it_with_or_without_sessions(host):
    setup = Setup(STALE, 3, host=host)
    for put, get in (("r1", "r2"), ("s1.1", "s2.1")):
        sessions = [name.partition(".")[0] if "." in name else None for name in (put, get)]
        schedule = (Request("n1", put, ("put", "x", 1), sessions[0]), Crash("n3"), Request("n2", get, ("get", "x"), sessions[1]))
        done = run(setup, (*schedule, Crash("n2")), keep=True)
        assert done.violation.fingerprint == "Linearizable(Requested, Replied)"
        assert (done.violation.evidence[0].step, done.violation.evidence[1].step) == (1, 3)
        assert len(done.actions) == 3


def test_what_is_asked_in_a_fair_phase_is_judged():
    done = run(Setup(STALE, 3), (Request("n1", "r1", ("put", "x", 1)), Calm(("n1", "n2", "n3"), 1, 300)), keep=True)
    assert done.violation is None or done.violation.invariant == "Linearizable"


class Cell:
    """n1 holds the cells, and says nothing in public."""

    def __init__(self, me, peers, disk):
        self.cells = {}

    def start(self):
        return ()

    def request(self, name, command):
        if command[0] == "put":
            self.cells[command[1]] = command[2]
        return [Reply(name, True if command[0] == "put" else self.cells.get(command[1], 0))]

    receive = timeout = start


@pytest.mark.parametrize("sessions", [0, 3])
def test_nodes_that_say_nothing_in_public_are_judged_by_their_answers(sessions):
    hunted = hunt(replace(STALE, sessions=sessions), seed=1, runs=100)
    assert (hunted.outcome, hunted.found.violation.invariant) == ("violation", "Linearizable")
    right = replace(STALE, factory=Cell, clients=lambda size: (0,), budget=FaultBudget(crashes="none"), sessions=sessions)
    hunted = hunt(right, seed=1, runs=20)
    assert hunted.outcome == "clean"
    assert hunted.saw["Linearizable"] > 0
    assert hunt(replace(right, clients=lambda size: ()), seed=1, runs=5).idle == {"Linearizable": (Replied,)}


def test_witnesses_tell_of_the_values_of_each_operation_and_of_who_gave_the_wrong_answer():
    said = phrases(
        Linearizable(Cells()),
        ("n1", Led(1)),
        asks("n1", "s1.1", "put", "x", 5),
        ("n1", Executed(1, 1, ("put", "x", 5), "s1.1")),
        told("n1", "s1.1"),
        ("n2", Led(2)),
        ("n2", EnteredTerm(2)),
        asks("n2", "s2.1", "put", "x", 6),
        ("n2", Applied(1, 1, ("put", "x", 5))),
        ("n2", Executed(2, 2, ("put", "x", 6), "s2.1")),
        told("n2", "s2.1"),
        asks("n1", "s3.1", "get", "x"),
        told("n1", "s3.1", 5),
    )
    assert said[-5:] == [
        "s2.1, ('put', 'x', 6): asked of n2 (step 7), answered True by n2 (step 10); it took effect as entry 2 at n2 (step 9)",
        "s3.1, ('get', 'x'): asked of n1 (step 11), answered 5 by n1 (step 12)",
        (
            "when n1 replied to s3.1 (step 12), n1 had led term 1 since step 1, and n2 had become leader of term 2 at step 5, "
            "of which n1 had not heard"
        ),
        "nobody had executed s3.1 by then: the answer came from elsewhere",
        "n1 had applied its log up to entry 1 (step 3), and n2 up to entry 2 (step 9)",
    ]
