"""An explanation as --json prints it."""

import json

import pytest
from museum_runs import SLUGS, of_the_museum

from splitbrain.report.objects.explanation import explained


@pytest.mark.parametrize("slug", SLUGS)
def test_an_explanation_can_be_told_as_json(slug):
    explanation, _ = of_the_museum(slug)
    told = json.loads(json.dumps(explained(explanation)))
    assert [each["phrase"] for each in told["witnesses"]] == [each.phrase for each in explanation.witnesses]
    assert told["chains"] == [list(chain) for chain in explanation.chains]


def test_the_json_of_figure_8_says_what_is_different():
    told = explained(of_the_museum("figure-8")[0])
    assert told["meeting"] == {"node": "n2", "first": 16, "then": 19, "between": []}
    assert told["nearest"] == {
        "left_out": 8,
        "crash_only": False,
        "fallen": [],
        "step": 19,
        "lost": ["n2 votes for n1 in term 4"],
        "new": ["n2 sends n1 RequestVoteReply 4 (no vote granted)"],
    }
    assert explained(None) is None
