"""What is printed, when its reader has gone or a disk is full: the exit code is the one of what happened."""

import io
import json
import os
import subprocess
import sys

import pytest

from splitbrain.command.streams import Sturdy, sturdy

COMMAND = [sys.executable, "-m", "splitbrain.command.cli"]
posix = pytest.mark.skipif(os.name != "posix", reason="pipes that break")


def ended(folder, *arguments, stream="stdout"):
    """The exit code of a command whose output nobody reads, and what it says on the other stream."""
    reader, writer = os.pipe()
    os.close(reader)
    other = "stderr" if stream == "stdout" else "stdout"
    process = subprocess.run(
        [*COMMAND, *map(str, arguments)], check=False, cwd=folder, text=True, **{stream: writer, other: subprocess.PIPE}
    )
    os.close(writer)
    return process.returncode, getattr(process, other)


@posix
@pytest.mark.parametrize("stream", ["stdout", "stderr"])
@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("hunt", "faulty_nodes:SELFISH", "--runs", 50, "--seed", 1), 1),
        (("hunt", "faulty_nodes:SELFISH", "--runs", 50, "--seed", 1, "--json"), 1),
        (("hunt", "faulty_nodes:IDLE", "--runs", 5, "--seed", 1), 3),
        (("hunt", "faulty_nodes:SOUND", "--runs", 5, "--seed", 1, "--without", "Agreement"), 0),
        (("bugs",), 0),
        (("bugs", "figure-8"), 0),
        (("replay", "no.schedule.jsonl"), 2),
        (("check", "stale.jsonl", "--model", "register"), 1),
        (("check", "stale.jsonl", "--model", "register", "--json"), 1),
        (("--help",), 0),
    ],
)
def test_whoever_read_a_command_has_gone_and_it_ends_as_it_would(here, arguments, code, stream):
    (here / "stale.jsonl").write_text('{"client": 0, "op": "get", "found": 1, "call": 0, "return": 1}\n')
    assert ended(here, *arguments, stream=stream)[0] == code


@posix
def test_so_it_is_with_every_command_that_takes_a_file(here):
    hunted = subprocess.run(
        [*COMMAND, "hunt", "faulty_nodes:SELFISH", "--runs", "50", "--seed", "1", "--json"],
        check=False,
        cwd=here,
        capture_output=True,
        text=True,
    )
    path = json.loads(hunted.stdout)["schedule"]
    expected = {"replay": 1, "show": 0, "shrink": 1}
    assert {verb: ended(here, verb, path) for verb in expected} == {verb: (code, "") for verb, code in expected.items()}


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="a disk that is full")
def test_a_full_disk_under_standard_output_is_told_and_changes_no_exit_code(here):
    with open("/dev/full", "w") as full:
        command = [*COMMAND, "hunt", "faulty_nodes:SELFISH", "--runs", "50", "--seed", "1"]
        done = subprocess.run(command, check=False, cwd=here, stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 1
    assert done.stderr.count("splitbrain: the output cannot be written: No space left on device") == 1
    assert "Traceback" not in done.stderr
    assert len(os.listdir(here / "splitbrain-out")) == 1


@posix
def test_a_closed_standard_output_is_as_good_as_one_that_nobody_reads(here):
    line = f"{sys.executable} -m splitbrain.command.cli hunt faulty_nodes:SELFISH --runs 50 --seed 1 >&- 2>&-"
    assert subprocess.run(line, check=False, shell=True, cwd=here).returncode == 1


class Broken(io.StringIO):
    def write(self, text):
        raise BrokenPipeError


def test_a_sturdy_stream_passes_on_what_it_can_and_is_else_what_it_was():
    inner = io.StringIO()
    stream = Sturdy(inner)
    assert (stream.write("said"), inner.getvalue(), stream.isatty(), stream.encoding) == (4, "said", False, None)
    gone = Sturdy(Broken())
    assert [gone.write("said"), gone.write("again")] == [4, 5]
    gone.flush()


def test_the_streams_are_what_they_were_afterwards():
    before = sys.stdout, sys.stderr
    with sturdy():
        assert isinstance(sys.stdout, Sturdy)
    assert (sys.stdout, sys.stderr) == before
