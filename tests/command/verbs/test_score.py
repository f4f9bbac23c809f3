"""The command `score`: which exhibits it takes, and what it refuses."""

import json

import pytest
from shell import run

MUSEUM = "toy_museum:EXHIBITS"


def test_whoever_names_exhibits_gets_those_alone(capsys):
    code, out, _ = run(capsys, "score", "--bugs", MUSEUM, "toy-forgets", "--seeds", 1, "--uniform-seeds", 0, "--markdown")
    assert code == 0
    assert out.count("\n| toy-forgets | 1/1 |") == 1
    assert "unbroken" not in out
    assert "hasty" not in out


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("toy-forget",), r"there is no exhibit 'toy-forget' among the 2 of toy_museum:EXHIBITS; did you mean toy-forgets"),
        (("qqqq",), r"there is no exhibit 'qqqq' among the 2 of toy_museum:EXHIBITS; it has toy-forgets, toy-hasty"),
        (("--protocol", "paxos"), "there are no exhibits of --protocol 'paxos'; use register"),
        (("--bugs", "no_such_module:EXHIBITS"), "there is no module 'no_such_module'"),
        (("--bugs", "toy_museum:EXHIBIT"), "has no 'EXHIBIT'; it has toy_museum:EXHIBITS"),
        (("--bugs", "toys:BUGS"), "has no 'BUGS'; it has toys:EXHIBITS"),
        (("--bugs", "splitbrain.dice:BUGS"), "has no 'BUGS'; it has no museum at all; assign one to that name"),
        (("--bugs", "toy_museum"), "'toy_museum' is not a museum's name; write module:NAME"),
        (("--bugs", "tests/toys.py:EXHIBITS"), "names a file, but museums are named by module; write tests.toys:EXHIBITS"),
        (
            ("--bugs", "toy_museum:NOT_A_SEQUENCE"),
            "is an object of type dict, not a sequence; make toy_museum:NOT_A_SEQUENCE a tuple",
        ),
        (("--bugs", "toy_museum:BUG"), "is an object of type Exhibit, not a sequence"),
        (
            ("--bugs", "toy_museum:MIXED"),
            "holds an object of type Scenario at place 2; make toy_museum:MIXED a tuple of Exhibits alone",
        ),
        (("--bugs", "toy_museum:TWICE"), "has two exhibits that are called 'toy-forgets'; rename one, or leave it out"),
        (("--bugs", "toy_museum:EMPTY"), "toy_museum:EMPTY has no exhibits, so there is nothing to score; put some in"),
        (("--seeds", "0"), "0 is not a positive whole number"),
        (("--uniform-seeds", "-1"), "-1 is not a whole number of at least 0"),
        (("--uniform-seeds", "few"), "few is not a whole number"),
        (("--json", "--markdown"), "not allowed with argument"),
    ],
)
def test_bad_input_is_told_in_the_users_terms_and_ends_with_2(capsys, arguments, complaint):
    museum = () if "--bugs" in arguments else ("--bugs", MUSEUM)
    code, out, err = run(capsys, "score", *museum, *arguments)
    assert (code, out) == (2, "")
    assert complaint in err
    assert "Traceback" not in err


def test_bad_input_is_told_as_json_too(capsys):
    code, out, _ = run(capsys, "score", "--bugs", "toy_museum:EMPTY", "--json")
    assert code == 2
    assert json.loads(out) == {
        "outcome": "error",
        "message": "toy_museum:EMPTY has no exhibits, so there is nothing to score; put some in",
    }


def test_an_exhibit_is_scored_with_its_protocol_alone(capsys):
    code, _, err = run(capsys, "score", "--protocol", "raft", "pax-quorum-half")
    assert code == 2
    assert "pax-quorum-half is not of --protocol 'raft'; leave one of the two out" in err
