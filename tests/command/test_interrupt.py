"""Ctrl-C, pressed in processes of their own: answered within a second, with 130 and the last words."""

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from splitbrain.command.interrupt import Interrupt, came_of_it
from splitbrain.schedule.file import load
from splitbrain.schedule.replay import replay
from splitbrain.stopwatch import Stopwatch

pytestmark = pytest.mark.skipif(os.name != "posix", reason="Ctrl-C is a signal here")

# Each says "now" on a line of its own when it is time to press.
STUBBORN = '''
"""Nodes that hold on, each in its own way."""
import time
import trio
from splitbrain.node import Observe, SetTimer
from splitbrain.observations import Decided
from splitbrain.scenario import Scenario
from splitbrain_invariants import Agreement

TOLD = []
def now():
    if not TOLD:
        TOLD.append(True)
        print("now", flush=True)

class Node:
    def __init__(self, me, peers, disk): self.me = me
    def start(self): return [SetTimer("tick", 10, 20)]
    def receive(self, sender, message): return ()
    def timeout(self, timer): return [SetTimer("tick", 10, 20)]
    def request(self, request, command): return ()

class Swallows(Node):
    def timeout(self, timer):
        now()
        while True:
            try:
                time.sleep(60)
            except BaseException:
                pass

class Computes(Node):
    def timeout(self, timer):
        now()
        while True:
            pass

class Reports(Node):
    """Makes a failure of its own of what ends it."""
    def timeout(self, timer):
        now()
        try:
            time.sleep(60)
        except BaseException as error:
            raise RuntimeError("the library failed") from error

class Found(Node):
    """Breaks an invariant, and holds on when it is run again."""
    made = 0
    def __init__(self, me, peers, disk): Found.made += 1
    def request(self, request, command):
        if Found.made > 30:
            Swallows.timeout(self, "")
        return [Observe(Decided(command))]

class Async:
    def __init__(self, me, peers, disk): pass
    async def run(self, env):
        while True:
            await trio.sleep(0.01)
            now()
            end = time.monotonic() + 0.002
            while time.monotonic() < end:
                pass

def forgets(size):
    """A function of the scenario's that goes wrong on Ctrl-C, and says nothing of it."""
    now()
    try:
        time.sleep(60)
    except BaseException:
        pass
    raise LookupError("no clients")

def scenario(factory):
    return Scenario(name=factory.__name__, factory=factory, invariants=(Agreement,), sizes=(2,))

SWALLOWS, COMPUTES, REPORTS, FOUND, ASYNC = map(scenario, (Swallows, Computes, Reports, Found, Async))
FORGETS = Scenario(name="forgets", factory=Node, invariants=(Agreement,), clients=forgets)
'''


@pytest.fixture
def stubborn(tmp_path):
    (tmp_path / "stubborn.py").write_text(STUBBORN)
    return tmp_path


def pressed(folder, *arguments, at="now"):
    """Press Ctrl-C once the command has said ``at`` on standard output: exit code, seconds, what it said then and on stderr."""
    command = [sys.executable, "-m", "splitbrain.command.cli", *map(str, arguments)]
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while at not in process.stdout.readline():
        assert process.poll() is None
    watch = Stopwatch()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    return process.returncode, watch.seconds(), out, err


@pytest.mark.parametrize(
    ("name", "host"),
    [
        *[(name, host) for name in ("SWALLOWS", "COMPUTES", "REPORTS", "FORGETS") for host in ("direct", "trio")],
        ("ASYNC", "trio"),
    ],
)
def test_whatever_a_node_does_the_first_press_ends_a_hunt_within_a_second(stubborn, name, host):
    code, seconds, out, err = pressed(stubborn, "hunt", f"stubborn:{name}", "--seed", 1, "--host", host, "--json")
    told = json.loads(out)
    assert (code, told["outcome"], told["interrupted"], told["schedule"]) == (130, "interrupted", True, None)
    assert seconds < 1
    assert "Traceback" not in err


@pytest.mark.parametrize("json_too", [True, False])
def test_what_was_found_is_on_disk_and_named_however_stuck_the_process_is(stubborn, json_too):
    arguments = ("hunt", "stubborn:FOUND", "--seed", 1, "--out", "out", *(["--json"] if json_too else []))
    code, seconds, out, err = pressed(stubborn, *arguments)
    (path,) = (stubborn / "out").iterdir()
    assert code == 130
    assert seconds < 1
    if json_too:
        told = json.loads(out)
        assert (told["outcome"], told["interrupted"], told["schedule"]) == ("violation", True, f"out/{path.name}")
    else:
        assert "interrupted: Agreement is broken: " in err
        assert f"is saved as out/{path.name}\n" in err
    assert load(path).header.fingerprint is not None


@pytest.mark.parametrize("verb", ["replay", "show", "shrink"])
def test_a_long_replay_ends_at_once_and_leaves_the_file_as_it_was(stubborn, verb):
    path = stubborn / "stuck.schedule.jsonl"
    header = {"format": "splitbrain-schedule", "version": 1, "scenario": "stubborn:SWALLOWS", "size": 2}
    path.write_text(json.dumps(header) + '\n{"do": "fire", "node": "n1", "timer": "tick"}\n')
    before = path.read_bytes()
    code, seconds, _, err = pressed(stubborn, verb, path)
    assert (code, path.read_bytes()) == (130, before)
    assert seconds < 1
    assert err.startswith("interrupted")


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_a_check_ends_at_once_whatever_its_model_makes_of_that_and_gives_no_verdict(stubborn, options):
    (stubborn / "stubborn_model.py").write_text(MODEL)
    (stubborn / "h.jsonl").write_text('{"client": 0, "op": "wait", "call": 0, "return": 1}\n')
    code, seconds, out, err = pressed(stubborn, "check", "h.jsonl", "--model", "stubborn_model:Waits", *options)
    assert code == 130
    assert seconds < 1
    if options:
        told = json.loads(out)
        assert (told["outcome"], told["verdict"], told["interrupted"]) == ("interrupted", None, True)
    else:
        assert err == "interrupted\n"


MODEL = """
from stubborn import Node, Swallows
from splitbrain.linearizability.model import Model

class Waits(Model):
    initial = 0
    def step(self, state, command, result): Swallows.timeout(self, "")
    def read(self, line): return line["op"], None
"""


@pytest.mark.slow
def test_a_score_ends_with_the_trials_that_were_done_and_leaves_no_process_behind(stubborn):
    command = [sys.executable, "-m", "splitbrain.command.cli", "score", "--seconds", "60", "--json", "figure-8", "--workers", "2"]
    process = subprocess.Popen(command, cwd=stubborn, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while len(workers := children(process.pid)) < 3:  # one of them is multiprocessing's own
        assert process.poll() is None
    watch = Stopwatch()
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=60)
    assert (process.returncode, json.loads(out)["interrupted"]) == (130, True)
    assert watch.seconds() < 1.5  # workers that are just being started have to end, too
    while any(map(alive, workers)):  # multiprocessing's own ends when it hears nothing of its parent any more
        assert watch.seconds() < 10


def children(pid):
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except OSError:
        return False


def test_ctrl_c_counts_even_where_whoever_started_the_command_had_it_ignored(stubborn):
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        assert pressed(stubborn, "hunt", "stubborn:COMPUTES", "--seed", 1)[0] == 130
    finally:
        signal.signal(signal.SIGINT, before)


@pytest.mark.skipif(os.name != "posix", reason="a terminal that a test can read needs a pty")
def test_on_a_terminal_the_live_line_is_ended_before_the_last_words(tmp_path):
    import pty  # noqa: PLC0415

    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "splitbrain.command.cli", "hunt", "raft", "--seconds", "600", "--seed", "1"]
    process = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=theirs, text=True)
    os.close(theirs)
    shown = ""
    while " runs, " not in shown:
        shown += os.read(ours, 1_000).decode()
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=300)
    while chunk := read(ours):
        shown += chunk
    os.close(ours)
    assert (process.returncode, out) == (130, "")
    assert "\r\ninterrupted after " in shown
    assert "Traceback" not in shown


def read(terminal):
    """What is left on it; nothing, where its other end is closed."""
    try:
        return os.read(terminal, 1_000).decode()
    except OSError:
        return ""


# By itself


def test_what_is_held_is_done_whole_and_ctrl_c_comes_right_after_it():
    done = []

    def hold():
        with Interrupt(net=False).held():
            signal.raise_signal(signal.SIGINT)
            done.append("whole")

    with pytest.raises(KeyboardInterrupt):
        hold()
    assert done == ["whole"]
    with pytest.raises(KeyboardInterrupt):  # and is what it was, afterwards
        signal.raise_signal(signal.SIGINT)


def test_nothing_is_held_in_another_thread_where_no_signal_comes():
    done = []

    def hold():
        with Interrupt(net=True).held():
            done.append(True)

    thread = threading.Thread(target=hold)
    thread.start()
    thread.join()
    assert done == [True]


def test_the_last_words_are_said_once_and_not_behind_what_a_command_ends_with(capsys):
    interrupt = Interrupt(net=False)
    interrupt.last_words(lambda: ("so far", {"so": "far"}))
    assert [interrupt.end(), interrupt.end()] == [130, 130]
    assert capsys.readouterr() == ("", "so far\n")
    interrupt = Interrupt(net=False)
    interrupt.as_json = True
    interrupt.last_words(lambda: ("so far", {"so": "far"}))
    interrupt.final('{"the": "end"}')
    interrupt.end()
    assert capsys.readouterr() == ('{"the": "end"}\n', "")


def test_what_comes_of_ctrl_c_is_known_by_what_it_is_made_of():
    def made_of(error, how):
        made = RuntimeError("a library's own")
        setattr(made, how, error)
        return made

    pressed_here = KeyboardInterrupt()
    assert came_of_it(pressed_here)
    assert came_of_it(made_of(pressed_here, "__cause__"))
    assert came_of_it(made_of(pressed_here, "__context__"))
    assert came_of_it(BaseExceptionGroup("tasks", [ValueError("else"), pressed_here]))
    circle = made_of(None, "__cause__")
    circle.__context__ = made_of(circle, "__context__")
    assert not came_of_it(circle)


def test_what_is_said_before_the_net_ends_a_command_may_change_while_it_is_put_together(capfd):
    interrupt, tries = Interrupt(net=False), []

    def words():
        tries.append(True)
        if len(tries) < 3:
            raise RuntimeError("dictionary changed size during iteration")
        return "so far", {}

    interrupt.last_words(words)
    interrupt._say_beside()
    assert capfd.readouterr().err == "so far\n"


def test_replaying_what_an_interrupted_hunt_leaves_reproduces_it(stubborn):
    assert pressed(stubborn, "hunt", "stubborn:FOUND", "--seed", 1, "--out", "out")[0] == 130
    (path,) = (stubborn / "out").iterdir()
    sys.path.insert(0, str(stubborn))
    try:
        assert replay(load(path)).outcome == "REPRODUCED"
    finally:
        sys.path.remove(str(stubborn))
        sys.modules.pop("stubborn")


def test_a_press_while_python_tidies_up_changes_nothing_about_how_a_command_has_ended():
    code = """
import os, signal, sys
from splitbrain.command.interrupt import Interrupt

class Late:
    def __del__(self, kill=os.kill, me=os.getpid(), press=signal.SIGINT): kill(me, press)

Interrupt(net=True).spread()
late = Late()
sys.exit(1)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "")
