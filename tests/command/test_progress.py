"""The live line: on a terminal, elsewhere, and with --json."""

import sys
from collections import Counter

from toys import REGISTER

from splitbrain.command.progress import LiveLine
from splitbrain.search.hunt import Hunted


def on_a_terminal(monkeypatch, columns=60):
    """Standard error is one from here on."""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", str(columns))


def so_far(seconds):
    reached = {"Led": 1_000, "Decided": 1_000, "crash": 1_000}
    return Hunted(REGISTER, 1, runs=int(seconds * 10), steps=1000, seconds=seconds, coverage=Counter(reached))


def shown(capsys):
    return capsys.readouterr().err


def test_elsewhere_a_line_is_printed_every_ten_seconds(capsys):
    live = LiveLine(silent=False)
    for seconds in (0.5, 5.0, 10.5, 10.6, 20.0, 20.6):
        live.hunt(so_far(seconds))
    assert [line.partition(" runs")[0] for line in shown(capsys).splitlines()] == ["105", "206"]


def test_on_a_terminal_one_line_is_drawn_over_and_cut_and_ended(capsys, monkeypatch):
    on_a_terminal(monkeypatch)
    live = LiveLine(silent=False)
    for seconds in (0.1, 0.2, 0.4):  # the second comes too soon
        live.hunt(so_far(seconds))
    live.say("found")
    nothing, first, second = shown(capsys).split("\r\033[K")
    assert nothing == ""
    assert first.startswith("1 run, ")
    assert second.startswith("4 runs, ")
    assert second.endswith("\nfound\n")
    assert len(first) == len(second.splitlines()[0]) == 59


def test_with_json_nothing_is_shown(capsys, monkeypatch):
    on_a_terminal(monkeypatch)
    live = LiveLine(silent=True)
    live.say("hunting")
    live.hunt(so_far(60.0))
    live.done()
    assert shown(capsys) == ""
