"""What a search tells of itself, and the museum's list."""

from __future__ import annotations

from collections import Counter
from io import StringIO

from rich.console import Console
from toys import REGISTER

from splitbrain.exhibit import Exhibit
from splitbrain.report.terminal.account import account
from splitbrain.report.terminal.bugs_table import bugs_table
from splitbrain.report.terminal.progress import search_line
from splitbrain.search.hunt import Hunt
from splitbrain_protocols.raft.scenario import RAFT

COVERAGE = Counter(
    Led=1204,
    Voted=98_765,
    Committed=311,
    Appended=4_000,
    Lease=17,
    deliver=1_234_567,
    crash=12_345,
    restart=12_001,
    request=900,
    cut=44,
)


def hunted(scenario=RAFT, **fields):
    return Hunt(scenario, 7, **{"runs": 1234, "steps": 2_345_678, "seconds": 20.04, "coverage": COVERAGE, **fields})


def exhibit(name, **fields):
    return Exhibit(
        **{
            "id": name,
            "title": "a promise forgotten",
            "protocol": "register",
            "source": "made up",
            "mechanism": "It forgets.",
            "scenario": REGISTER,
            **fields,
        }
    )


def test_progress_is_one_line_that_says_what_was_reached():
    line = search_line(hunted())
    assert line == "1,234 runs, 2,345,678 steps, 20.0 s, 117,050 steps/s; 1.2k leaders elected, 311 commits, 12k crashes"


def test_progress_of_a_search_that_has_hardly_begun_has_no_rate():
    assert search_line(hunted(runs=1, steps=9, seconds=0.0, coverage=Counter())) == "1 run, 9 steps, 0.0 s"


def test_a_clean_search_says_what_it_exercised(golden):
    golden("clean", account(hunted(), RAFT, "clean"))


def test_a_vacuous_search_says_what_never_happened():
    text = account(hunted(coverage=Counter(deliver=5)), RAFT, "vacuous")
    assert text.startswith("raft: VACUOUS: no invariant was broken, but there were no leaders elected and no commits, so")
    text = account(hunted(coverage=Counter(Led=5)), RAFT, "vacuous")
    assert text.startswith("raft: VACUOUS: no invariant was broken, but there were no commits, so nothing was tested.")


def test_observations_of_ones_own_are_counted_under_their_own_names():
    assert "17 Lease" in account(hunted(), RAFT, "clean")


def test_what_happened_under_partitions_and_which_crashes_lost_writes_is_told():
    coverage = Counter({"Led": 3, "Led under partition": 2, "Lease under partition": 1, "crash": 9, "crash losing writes": 4})
    text = account(hunted(coverage=coverage), RAFT, "clean")
    for line in ("2 leaders elected under partition", "1 Lease under partition", "4 crashes that lost unsynced writes"):
        assert line in text


def test_the_museum_is_listed_by_protocol_one_line_an_exhibit(golden):
    exhibits = [
        exhibit("forgets", invariant=("OneValue",), shortest={"OneValue": 4}),
        exhibit(
            "forgets-more-than-it-ever-knew", invariant=("OneValue", "Agreement"), title="a title that is " + "very " * 20 + "long"
        ),
        exhibit("only-looks-like-it", control=True, protocol="other"),
    ]
    out = StringIO()
    Console(file=out, width=100, force_terminal=False).print(bugs_table(exhibits))
    golden("bugs", "\n".join(line.rstrip() for line in out.getvalue().splitlines()))
