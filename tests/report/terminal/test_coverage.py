"""What a search exercised, in two columns."""

from collections import Counter

from splitbrain.report.terminal.coverage import side_by_side


def test_the_columns_stand_side_by_side_however_long_each_is():
    assert side_by_side(Counter(Led=3, Voted=1_000, deliver=5, crash=1, cut=2)) == [
        "the nodes                  the nemesis",
        "      3 leaders elected      5 messages delivered",
        "  1,000 votes given          2 partitions",
        "                             1 crashes",
    ]


def test_what_never_happened_is_not_listed():
    assert side_by_side(Counter(Led=0, Voted=1, drop=0)) == ["the nodes          the nemesis", "  1 votes given"]


def test_nodes_that_never_said_anything_have_no_column():
    assert side_by_side(Counter(Led=0, crash=2)) == ["the nemesis", "  2 crashes"]


def test_observations_of_ones_own_stand_with_the_nodes_under_their_own_names():
    left = [line.partition("the nemesis")[0].strip() for line in side_by_side(Counter({"Lease": 17, "Lease under partition": 2}))]
    assert left == ["the nodes", "17 Lease", "2 Lease under partition"]
