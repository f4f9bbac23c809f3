"""The command `bugs`: the museum as a table, and each exhibit's story."""

import json

import pytest
from shell import run

from splitbrain.catalogue.museum import bugs
from splitbrain.command.cli import main
from splitbrain.schedule.file import load


def test_the_museum_is_listed(capsys):
    code, out, _ = run(capsys, "bugs")
    assert code == 0
    assert "figure-8" in out
    code, out, _ = run(capsys, "bugs", "--json")
    rows = json.loads(out)
    assert len(rows) >= 15
    assert {"id", "title", "protocol", "source", "mechanism", "invariant", "shortest", "control"} <= set(rows[0])


@pytest.mark.parametrize("exhibit", [*bugs().values()], ids=lambda exhibit: exhibit.id)
def test_every_story_can_be_told(exhibit, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    assert main(["bugs", exhibit.id]) == 0
    text = capsys.readouterr().out
    assert text.startswith(exhibit.id)
    assert ("A control: " in text) is exhibit.control
    assert (" step  action " in text) is not exhibit.control
    assert ("\nWhy: " in text) is not exhibit.control


def test_a_story_is_told_as_one_object_too(capsys):
    assert main(["bugs", "figure-8", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["id"], told["protocol"], told["control"]) == ("figure-8", "raft", False)
    assert told["breaks"] in told["invariant"]
    assert told["actions"] == len(load(told["schedule"]).actions)
    assert {"story", "mechanism", "faults", "shortest", "source"} <= set(told)
    control = next(each.id for each in bugs().values() if each.control)
    assert main(["bugs", control, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["schedule"] is None


def test_a_mistyped_id_is_answered_with_the_nearest(capsys):
    assert main(["bugs", "figure8"]) == 2
    assert "did you mean figure-8" in capsys.readouterr().err
