"""The museum as a table."""

from io import StringIO

import pytest
from rich.console import Console
from toys import REGISTER, OneValue

from splitbrain.exhibit import Exhibit, mutant
from splitbrain.report.terminal.bugs_table import bugs_table
from splitbrain_invariants import Agreement


def exhibit(name, **fields):
    return Exhibit(
        **{
            "id": name,
            "title": "a promise forgotten",
            "protocol": "register",
            "source": "made up",
            "mechanism": "It forgets.",
            "scenario": mutant(REGISTER, REGISTER.factory, invariants=(OneValue, Agreement)),
            **fields,
        }
    )


def lines(exhibits, width):
    out = StringIO()
    Console(file=out, width=width, force_terminal=False).print(bugs_table(exhibits, width))
    return [line.rstrip() for line in out.getvalue().splitlines()]


def test_the_museum_is_listed_by_protocol_one_line_an_exhibit(golden):
    exhibits = [
        exhibit("forgets", invariant=("OneValue",), shortest={"OneValue": 4}),
        exhibit(
            "forgets-more-than-it-ever-knew", invariant=("OneValue", "Agreement"), title="a title that is " + "very " * 20 + "long"
        ),
        exhibit("only-looks-like-it", control=True, protocol="other"),
    ]
    golden("bugs", "\n".join(lines(exhibits, 100)))


@pytest.mark.parametrize("width", [80, 100, 140])
def test_a_title_gives_way_and_a_name_does_not(width):
    name = "forgets-more-than-it-knew"
    shown = lines([exhibit(name, invariant=("OneValue",), title="a title that is " + "very " * 40 + "long")], width)
    assert max(map(len, shown)) <= width
    assert any(name in line.split() for line in shown)
