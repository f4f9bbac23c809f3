"""A saved schedule, edited by hand in every way that came to mind: each edit, and what it ends as.

An edit ends as an exit code and the beginning of what is said: 0 to 3 with the verdict, 2 with the line and the remedy.
"""

from __future__ import annotations

import json
from pathlib import Path

ORIGINAL = Path(__file__).parent / "schedules" / "museum" / "vote-not-durable.schedule.jsonl"
GOOD = ORIGINAL.read_text(encoding="utf-8")
HEAD, *LINES = GOOD.splitlines()
HEADER = json.loads(HEAD)


def header(**fields):
    return json.dumps(HEADER | fields)


def lines(*each):
    return "\n".join(each) + "\n"


def replaced(old, new):
    """In every action."""
    return lines(HEAD, *(each.replace(old, new) for each in LINES))


def added(kind, field):
    """To every action of a kind."""
    return lines(HEAD, *(f"{each[:-1]}, {field}}}" if f'"{kind}"' in each else each for each in LINES))


def before(action):
    """One more action at the beginning."""
    return lines(HEAD, action, *LINES)


def asked(command):
    return before('{"do": "request", "node": "n1", "id": "r1", "command": ' + command + "}")


REPRODUCED = 1, "REPRODUCED (strict): OneVotePerTerm breaks after 6 actions"
LATER = 1, "REPRODUCED (strict): OneVotePerTerm breaks after 7 actions"
NO_JSON = " is not JSON ("
MEND = "; mend the line, or delete it"
HALF = "the file ends in the middle of this line, so a part of it is lost; restore the file, or delete the line"

# name: (content, exit code, what is said; in a refusal, {line} stands for the file and its line)
EDITS: dict[str, tuple[str | bytes, int, str]] = {
    "as it is": (GOOD, *REPRODUCED),
    # The order of lines
    "lines in reverse": (lines(HEAD, *LINES[::-1]), 3, "DIVERGED AT 1 (strict): action 1 of 6: cannot deliver"),
    "two lines swapped": (lines(HEAD, LINES[1], LINES[0], *LINES[2:]), 3, "DIVERGED AT 1 (strict): action 1 of 6: cannot deliver"),
    "header last": (lines(*LINES, HEAD), 2, 'line 1: this is {"do": "fire", "node": "n3", "timer": "election"}, not the header'),
    "two headers": (lines(HEAD, HEAD, *LINES), 2, "line 2: ... is not an action: it is a second header, and a file has one" + MEND),
    "header only": (lines(HEAD), 3, "STALE (strict): the file has a header and no action, so that nodes only start, and surviving"),
    "header only, which says so": (lines(header(actions=0)), 0, "FIXED (strict): the schedule ran to its end"),
    "says that there is no action": (lines(header(actions=0), *LINES), *REPRODUCED),
    "says how many actions there are": (
        lines(header(actions=6), *LINES),
        2,
        "line 1: the header does not hold: Invalid enum value 6",
    ),
    "empty": ("", 2, "is empty, but a schedule begins with a header line; restore the file, or delete it"),
    "a JSON array": (f"[{HEAD},{','.join(LINES)}]\n", 2, "line 1: this is [..., not the header of a schedule"),
    # Fields
    "unknown field in an action": (
        added("fire", '"colour": 1'),
        2,
        "line 2: ... Object contains unknown field `colour` (a fire has",
    ),
    "unknown field in the header": (
        lines(header(colour=1), *LINES),
        2,
        "line 1: the header does not hold: Object contains unknown",
    ),
    "epoch NaN": (replaced('"epoch": 1', '"epoch": NaN'), 2, f"line 3: ...{NO_JSON}"),
    "epoch Infinity": (replaced('"epoch": 1', '"epoch": Infinity'), 2, f"line 3: ...{NO_JSON}"),
    "epoch 1.0": (replaced('"epoch": 1', '"epoch": 1.0'), 2, "line 3: ... Expected `int | null`, got `float` in `epoch`"),
    "epoch 1e0": (replaced('"epoch": 1', '"epoch": 1e0'), 2, "line 3: ... Expected `int | null`, got `float` in `epoch`"),
    "epoch 1e999": (
        replaced('"epoch": 1', '"epoch": 1e999'),
        2,
        "line 3: ... holds what cannot be read: Number out of range" + MEND,
    ),
    "epoch true": (replaced('"epoch": 1', '"epoch": true'), 2, "line 3: ... Expected `int | null`, got `bool` in `epoch`"),
    "epoch text": (replaced('"epoch": 1', '"epoch": "1"'), 2, "line 3: ... Expected `int | null`, got `str` in `epoch`"),
    "epoch null": (replaced('"epoch": 1', '"epoch": null'), 3, "DIVERGED AT 2 (strict): action 2 of 6: cannot deliver n3->n1"),
    "epoch 2**70": (
        replaced('"epoch": 1', f'"epoch": {2**70}'),
        3,
        f"DIVERGED AT 2 (strict): ... RequestVote {2**70}: no such message",
    ),
    "epoch -1": (replaced('"epoch": 1', '"epoch": -1'), 3, "DIVERGED AT 2 (strict): ... RequestVote -1: no such message"),
    "ordinal 2**62": (
        added("deliver", f'"ordinal": {2**62}'),
        3,
        f"DIVERGED AT 2 (strict): ... #{2**62}: no such message is in flight",
    ),
    "ordinal 0": (added("deliver", '"ordinal": 0'), 2, "line 3: 'ordinal' is 0, but it counts from 1" + MEND),
    "ordinal true": (added("deliver", '"ordinal": true'), 2, "line 3: ... Expected `int`, got `bool` in `ordinal`"),
    "keep 2**62: all that is there": (added("crash", f'"keep": {2**62}'), *REPRODUCED),
    "keep -1": (added("crash", '"keep": -1'), 2, "line 5: 'keep' is -1, but it counts from 0" + MEND),
    "after -1": (added("crash", '"after": -1'), 2, "line 5: 'after' is -1, but it counts from 0" + MEND),
    "arrive -1": (added("crash", '"arrive": -1'), 2, "line 5: 'arrive' is -1, but it counts from 0" + MEND),
    "arrive without during": (added("crash", '"arrive": 1'), 2, "line 5: 'arrive' is 1, but it counts the messages that are sent"),
    "after without during": (added("crash", '"after": 3'), 2, "line 5: 'after' is 3, but it counts the effects of 'during', and"),
    "a key twice in an action": (added("crash", '"node": "n9"'), 2, 'line 5: "node" stands there twice, and only one can be meant'),
    "the same key twice with one value": (added("crash", '"node": "n1"'), 2, 'line 5: "node" stands there twice'),
    "do twice": (added("fire", '"do": "fire"'), 2, 'line 2: "do" stands there twice, and only one can be meant; leave one out'),
    "a key twice in the header": (lines(f'{HEAD[:-1]}, "size": 7}}', *LINES), 2, 'line 1: "size" stands there twice'),
    "a key twice in a command": (asked('{"a": [{"b": 1, "b": 2}]}'), 2, 'line 2: "b" stands there twice'),
    "a key twice, once escaped": (added("crash", '"\\u006eode": "n9"'), 2, 'line 5: "node" stands there twice'),
    "a key thrice": (added("fire", '"node": "n3", "node": "n3"'), 2, 'line 2: "node" stands there 3 times'),
    # Bytes
    "BOM": ("\ufeff" + GOOD, *REPRODUCED),
    "BOM twice": ("\ufeff\ufeff" + GOOD, 2, f"line 1: ...{NO_JSON}"),
    "BOM in front of an action": (lines(HEAD, "\ufeff" + LINES[0], *LINES[1:]), 2, f"line 2: ...{NO_JSON}"),
    "UTF-16": (GOOD.encode("utf-16"), 2, "line 1: byte 0xff is not UTF-8, as a schedule must be; save the file as UTF-8"),
    "invalid UTF-8": (
        GOOD.encode() + b"\xff\n",
        2,
        "line 8: byte 0xff is not UTF-8, as a schedule must be; save the file as UTF-8",
    ),
    "CRLF": (GOOD.replace("\n", "\r\n"), *REPRODUCED),
    "CR only": (GOOD.replace("\n", "\r"), 2, f"line 1: {HALF}"),
    "NUL": (lines(HEAD, LINES[0] + "\0", *LINES[1:]), 2, f"line 2: ...{NO_JSON}"),
    "form feed and no-break space": (lines(HEAD, f"\f{LINES[0]}\u00a0", *LINES[1:]), 2, f"line 2: ...{NO_JSON}"),
    "line separator of Unicode": (lines(HEAD, LINES[0] + "\u2028", *LINES[1:]), 2, f"line 2: ...{NO_JSON}"),
    "half a character": (replaced('"n1"', '"\\ud800"'), 2, f"line 3: ...{NO_JSON}"),
    # Lines
    "comments and blank lines": (lines("# a comment", "", HEAD, "", "  # indented", *LINES, "", "#"), *REPRODUCED),
    "comment behind an action": (lines(HEAD, LINES[0] + "  # why", *LINES[1:]), 2, f"line 2: ...{NO_JSON}"),
    "another kind of comment": (lines(HEAD, "// no", *LINES), 2, f"line 2: // no{NO_JSON}"),
    "trailing garbage": (GOOD + "garbage\n", 2, f"line 8: garbage{NO_JSON}"),
    "trailing comma": (lines(HEAD, *(each + "," for each in LINES)), 2, f"line 2: ...{NO_JSON}"),
    "half of the last line": (GOOD[:-20], 2, f"line 7: {HALF}"),
    "no end of the last line": (GOOD.rstrip("\n"), *REPRODUCED),
    "two actions on a line": (lines(HEAD, LINES[0] + LINES[1], *LINES[2:]), 2, f"line 2: ...{NO_JSON}"),
    # The header
    "size 0": (lines(header(size=0), *LINES), 2, '"size" is 0, but a cluster has 1 to 99 nodes; mend the header'),
    "size 99": (lines(header(size=99), *LINES), *REPRODUCED),
    "size 100": (lines(header(size=100), *LINES), 2, '"size" is 100, but a cluster has 1 to 99 nodes; mend the header'),
    "size 10**9": (lines(header(size=10**9), *LINES), 2, '"size" is 1000000000, but a cluster has 1 to 99 nodes'),
    "size as text": (lines(header(size="3"), *LINES), 2, "line 1: the header does not hold: Expected `int`, got `str` in `size`"),
    "size true": (lines(header(size=True), *LINES), 2, "line 1: the header does not hold: Expected `int`, got `bool` in `size`"),
    "size 3.0": (lines(header(size=3.0), *LINES), 2, "line 1: the header does not hold: Expected `int`, got `float` in `size`"),
    "seed 2**70": (lines(header(seed=2**70), *LINES), *REPRODUCED),
    "seed -1": (lines(header(seed=-1), *LINES), *REPRODUCED),
    "seed true": (lines(header(seed=True), *LINES), 2, "line 1: the header does not hold: Expected `int`, got `bool` in `seed`"),
    "unknown option": (lines(header(options={"colour": 1}), *LINES), 2, "scenario 'raft' has no option 'colour'; it has noop, "),
    "option of another type": (
        lines(header(options={"noop": 1}), *LINES),
        2,
        "option 'noop' is 1, which scenario 'raft' never draws",
    ),
    "expect maybe": (lines(header(expect="maybe"), *LINES), 2, "line 1: the header does not hold: Invalid enum value 'maybe'"),
    "version 2": (lines(header(version=2), *LINES), 2, "line 1: the file is version 2 of the format, and splitbrain"),
    "version true": (lines(header(version=True), *LINES), 2, "line 1: the file is version true of the format"),
    "version 1.0": (lines(header(version=1.0), *LINES), 2, "line 1: the file is version 1.0 of the format"),
    "bug of another protocol": (
        lines(header(bug="pax-dup-accepted"), *LINES),
        2,
        "\"bug\" is 'pax-dup-accepted', a bug of 'paxos', but \"scenario\" is 'protocols.raft.scenario:RAFT'; mend the header",
    ),
    "bug that is none": (lines(header(bug="vote-not-durabel"), *LINES), 2, "there is no exhibit 'vote-not-durabel'"),
    "invariant that is none": (
        lines(header(invariant="Nope", fingerprint=None), *LINES),
        1,
        "CHANGED (strict): OneVotePerTerm(Voted, Voted) breaks after 6 actions, where Nope did",
    ),
    "fingerprint of another": (lines(header(fingerprint="X"), *LINES), 1, "CHANGED (strict): OneVotePerTerm(Voted, Voted) breaks"),
    "a scenario that is a module": (
        lines(header(scenario="os:path", bug=None), *LINES),
        2,
        "os:path is the module posixpath, not a",
    ),
    "a scenario that is a file": (
        lines(header(scenario="../x:Y", bug=None), *LINES),
        2,
        "'../x:Y' names a file, but scenarios are",
    ),
    # Actions
    "crash in a crash": (
        before('{"do":"crash","node":"n1","during":{"do":"crash","node":"n1"}}'),
        2,
        "line 2: ... Invalid value 'crash' in `during.do`",
    ),
    "cut of no links": (before('{"do":"cut","links":[]}'), 2, "line 2: it names no link" + MEND),
    "mend of no links": (before('{"do":"mend","links":[]}'), 2, "line 2: it names no link" + MEND),
    "cut of a loop, on which a node sends to itself": (before('{"do":"cut","links":[["n1","n1"]]}'), *LATER),
    "cut of an unknown node": (
        before('{"do":"cut","links":[["n1","n9"]]}'),
        3,
        "DIVERGED AT 1 (strict): ... there is no node 'n9'",
    ),
    "calm of 10**12 ms": (
        before('{"do":"calm","core":["n1","n2","n3"],"seed":1,"bound":1000000000000}'),
        2,
        "line 2: 'bound' is 1000000000000, but a fair phase takes at most 3600000 ms, an hour of virtual time" + MEND,
    ),
    "calm of -1 ms": (before('{"do":"calm","core":["n1"],"seed":1,"bound":-1}'), 2, "line 2: 'bound' is -1, but it counts from 0"),
    "calm of an empty core": (
        before('{"do":"calm","core":[],"seed":1,"bound":10}'),
        2,
        "line 2: its core is empty, and clients have",
    ),
    "calm of a core that names a node twice, which is one node": (
        before('{"do":"calm","core":["n1","n1","n2"],"seed":1,"bound":10}'),
        3,
        "DIVERGED AT 2 (strict): action 2 of 7: cannot fire n3 election: is down",
    ),
    "a request by the name of a fair phase's": (before('{"do":"request","node":"n1","id":"calm-1","command":"v1"}'), *LATER),
    "the same request twice: a client asks again": (
        lines(HEAD, *['{"do":"request","node":"n1","id":"r1","command":"v1"}'] * 2, *LINES),
        1,
        "REPRODUCED (strict): OneVotePerTerm breaks after 8 actions",
    ),
    "a request for nothing": (
        before('{"do":"request","node":"n1","id":"r1"}'),
        2,
        "line 2: ... Object missing required field `command`",
    ),
    "a command that is null": (asked("null"), *LATER),
    "a command that is true": (asked("true"), *LATER),
    "a command beyond 64 bits": (asked(str(2**70)), *LATER),
    "a command that is NaN": (asked("NaN"), 2, f"line 2: ...{NO_JSON}"),
    "a command that is -Infinity": (asked("-Infinity"), 2, f"line 2: ...{NO_JSON}"),
    "a command of 1e400": (asked("1e400"), 2, "line 2: ... holds what cannot be read: Number out of range" + MEND),
    "a command of 5,000 digits": (
        asked("9" * 5_000),
        2,
        "line 2: ... holds what cannot be read: Integer value out of range" + MEND,
    ),
    "a command nested 200 deep": (asked("[" * 200 + "]" * 200), 2, "line 2: the command holds something nested more than 100 deep"),
    "a command nested 5,000 deep": (asked("[" * 5_000 + "]" * 5_000), 2, "line 2: ... is nested too deeply to be an action" + MEND),
    "a long command": (asked('"' + "x" * 600_000 + '"'), 2, "line 2: the command holds a value of 600,002 bytes, where a line"),
}
