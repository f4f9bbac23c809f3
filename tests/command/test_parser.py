"""The parser: which commands there are, and what is told where one is misspelt."""

import pytest

from splitbrain.command.parser import VERBS, parser


def test_each_verb_sets_the_command_that_is_run():
    options = {
        "new": ["mynode"],
        "doctor": ["raft"],
        "hunt": ["raft"],
        "replay": ["a.schedule.jsonl"],
        "shrink": ["a.schedule.jsonl"],
        "show": ["a.schedule.jsonl"],
        "check": ["a.jsonl"],
        "bugs": [],
        "score": [],
    }
    commands = [parser().parse_args([verb, *rest]).command.__module__ for verb, rest in options.items()]
    assert commands == [verb.__name__ for verb in VERBS]


def test_names_of_invariants_are_taken_with_commas_and_as_often_as_one_likes():
    options = parser().parse_args(["hunt", "raft", "--only", "Agreement, Validity", "--only", "Termination"])
    assert (options.only, options.without) == (("Agreement", "Validity", "Termination"), ())


def test_what_is_misspelt_is_told_under_the_program_s_name(capsys):
    with pytest.raises(SystemExit) as ended:
        parser().parse_args(["conquer"])
    assert ended.value.code == 2
    assert "\nsplitbrain: argument COMMAND: invalid choice: 'conquer'" in capsys.readouterr().err


def test_the_help_says_how_a_find_by_raising_and_an_unsteady_node_end(capsys):
    with pytest.raises(SystemExit):
        parser().parse_args(["--help"])
    told = " ".join(capsys.readouterr().out.split())
    assert "1 violation (a node that raises is one)" in told
    assert "3 diverged, vacuous, nondeterministic or inconclusive" in told
