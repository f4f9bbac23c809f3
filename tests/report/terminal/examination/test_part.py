"""Places and lists in words."""

from pathlib import Path

from splitbrain.report.terminal.examination.part import Part, listed, place


def test_words_are_listed_with_an_and_before_the_last():
    assert [listed("abc"[:count]) for count in (1, 2, 3)] == ["a", "a and b", "a, b and c"]


def test_a_place_below_the_current_directory_is_told_from_there_and_another_one_by_its_name(tmp_path, monkeypatch):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    assert place(str(tmp_path / "here" / "nodes" / "node.py"), 7) == f"{Path('nodes', 'node.py')}:7"
    assert place(str(tmp_path / "node.py"), 7) == "node.py:7"


def test_a_part_needs_no_advice():
    assert Part("speed", "ok", ["quick"]).next == ""
