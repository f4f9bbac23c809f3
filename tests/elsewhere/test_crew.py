"""Three other processes, kept for the next question."""

import json
import os
import signal
import subprocess
import sys
from itertools import combinations
from pathlib import Path

import pytest
from processes import gone, in_time
from questions import question

from splitbrain.elsewhere import crew as module
from splitbrain.elsewhere.crew import HASH_SEEDS, Crew, hash_seeds, mustered
from splitbrain.errors import ScenarioError

TESTS = Path(__file__).resolve().parents[1]
ORDERS = """
import json, sys
names = [f"n{number}" for number in range(1, 10)]
print(json.dumps([list(set(each)) for each in json.loads(sys.argv[1])]))
"""


@pytest.fixture
def crew():
    made = Crew()
    yield made
    made.dismiss()


def test_under_the_three_hash_seeds_any_two_names_come_in_both_orders():
    names = [f"n{number}" for number in range(1, 10)]
    sets = [list(pair) for pair in combinations(names, 2)] + [names[:size] for size in (3, 5, 7, 9)]
    orders = []
    for seed in HASH_SEEDS:
        environment = os.environ | {"PYTHONHASHSEED": str(seed)}
        done = subprocess.run([sys.executable, "-c", ORDERS, json.dumps(sets)], env=environment, capture_output=True, check=True)
        orders.append(json.loads(done.stdout))
    for place, each in enumerate(sets):
        for one, other in combinations(each, 2):
            assert len({order[place].index(one) < order[place].index(other) for order in orders}) == 2, (each, one, other)


@pytest.mark.parametrize("own", ["19", "random", None])
def test_none_of_their_hash_seeds_is_our_own(monkeypatch, own):
    monkeypatch.delenv("PYTHONHASHSEED", raising=False)
    if own is not None:
        monkeypatch.setenv("PYTHONHASHSEED", own)
    assert len(set(hash_seeds())) == 3
    assert own not in map(str, hash_seeds())


@pytest.mark.parametrize("lasting", [True, False] if hasattr(os, "fork") else [False])
def test_a_crew_answers_under_three_hash_seeds_and_can_be_asked_again(lasting):
    crew = Crew(lasting)
    try:
        for _ in range(2):
            answers = crew.ask(question("ORDERED", "SOUND"), 60)
            assert len({answer.results[0].digest for answer in answers}) > 1
            assert len({answer.results[1].digest for answer in answers}) == 1
    finally:
        crew.dismiss()


def test_a_crew_of_which_one_is_gone_or_late_is_begun_anew(crew):
    os.kill(crew.pids[1], signal.SIGKILL)
    first = crew.pids
    assert [answer.trouble for answer in crew.ask(question("SOUND"), 60)].count(None) >= 2
    assert [answer.trouble for answer in crew.ask(question("SOUND"), 60)] == [None] * 3
    assert not set(first) & set(crew.pids)
    assert all(answer.trouble.startswith("it took longer") for answer in crew.ask(question("SLOW"), 0.3))
    assert [answer.trouble for answer in crew.ask(question("SOUND"), 60)] == [None] * 3


def test_where_no_process_can_be_begun_that_is_a_trouble(monkeypatch):
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    crew = Crew()
    assert crew.trouble.startswith("no other process can be started: ")
    assert [answer.trouble for answer in crew.ask(question("SOUND"), 60)] == [crew.trouble] * 3


def test_a_crew_is_used_again_and_two_at_once_are_two():
    with mustered() as first, mustered() as second:
        assert first is not second
    with mustered() as third:
        assert third in (first, second)


def test_one_of_a_crew_must_not_ask_another(monkeypatch):
    monkeypatch.setattr(module, "among_them", True)
    with pytest.raises(ScenarioError, match="while it is imported"), mustered():
        pass


def test_ctrl_c_while_a_crew_works_ends_all_of_it_at_once():
    code = f"""
import os, signal, sys
sys.path.insert(0, {str(TESTS)!r})
from questions import question
from splitbrain.elsewhere.crew import mustered
signal.signal(signal.SIGALRM, lambda *_: os.kill(os.getpid(), signal.SIGINT))
try:
    with mustered() as crew:
        print(*crew.pids, flush=True)
        signal.setitimer(signal.ITIMER_REAL, 0.5)
        crew.ask(question("SLOW"), 600)
except KeyboardInterrupt:
    print("interrupted", crew.pids, flush=True)
    sys.stdin.read()
"""
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as parent:
        pids = [int(each) for each in parent.stdout.readline().split()]
        assert parent.stdout.readline() == "interrupted []\n"
        assert len(pids) == 3
        assert all(in_time(gone, pid) for pid in pids)
        parent.stdin.close()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="nothing can be forked")
def test_a_fork_of_ours_leaves_our_crew_alone_and_has_one_of_its_own():
    code = f"""
import os, sys
sys.path.insert(0, {str(TESTS)!r})
from questions import question
from splitbrain.elsewhere.crew import mustered
def asked():
    with mustered() as crew:
        assert [answer.trouble for answer in crew.ask(question("SOUND"), 60)] == [None] * 3
        return set(crew.pids)
ours = asked()
child = os.fork()
if child == 0:
    theirs = asked()
    os._exit(len(ours & theirs))
_, status = os.waitpid(child, 0)
assert os.waitstatus_to_exitcode(status) == 0
assert asked() == ours
"""
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)
