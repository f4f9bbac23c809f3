"""Which lines of a node's own never ran."""

import os

import gappy
from gappy import GAPPY, Gappy

from splitbrain.actions import Deliver, Fire
from splitbrain.doctor.examination.lines import Lines
from splitbrain.doctor.examination.source import Source
from splitbrain.world.run import Setup, run

HELLO = (Fire("n1", "hello"), Deliver("n1", "n2", "Hello"))


def seen(*schedules, kind=Gappy):
    lines = Lines(Source(kind))
    for each in schedules:
        with lines:
            run(Setup(GAPPY, 2), each)
    return lines


def told(lines):
    return [(each.function, each.whole, each.text) for each in lines.gaps]


def test_what_never_ran_is_told_in_ranges_with_the_first_line_s_text():
    assert told(seen(HELLO)) == [
        ("Ancestor.inherited", True, "def inherited(self):"),
        ("Gappy.receive", False, "yield Observe(observations.Led(1))"),
        ("Gappy.receive", False, "unheard(message)"),
        ("Gappy.request", True, "def request(self, request, command):"),
        ("Gappy.synced", True, "def synced(self, token):"),
        ("unheard", True, "def unheard(message):"),
    ]


def test_a_range_has_its_lines_and_its_file():
    gap = seen(HELLO).gaps[1]
    with open(gappy.__file__, encoding="utf-8") as file:
        text = [line.strip() for line in file]
    assert text[gap.first - 1 : gap.last] == ["yield Observe(observations.Led(1))", "yield Send(sender, Goodbye(value))"]
    assert os.path.samefile(gap.file, gappy.__file__)


def test_runs_add_up():
    assert ("Gappy.timeout", True, "def timeout(self, timer):") in told(seen(()))
    assert told(seen(HELLO, (Fire("n1", "hello"),))) == told(seen(HELLO))


def test_what_another_class_overrides_and_nobody_calls_is_not_asked_of_it():
    assert not any(each.function == "Ancestor.start" for each in seen(HELLO).gaps)


def test_other_nodes_invariants_and_what_nobody_names_are_not_the_node_s_own():
    names = {each.name for each in Source(Gappy).functions()}
    assert {"squared", "unheard", "Gappy.receive"} <= names
    assert not names & {"Other.timeout", "Aims.observe", "of_nobody_s_concern"}


def test_of_another_node_what_it_derives_from_is_its_own_as_well():
    assert {"Other.timeout", "Gappy.receive", "Ancestor.inherited"} <= {each.name for each in Source(gappy.Other).functions()}


def test_how_much_ran_is_a_share_and_which_functions_were_called_can_be_asked():
    lines = seen(HELLO)
    assert 0.5 < lines.share < 0.9
    assert lines.called(["Gappy.receive", "Gappy.request"]) == {"Gappy.receive"}


def test_a_class_without_a_file_has_no_lines():
    namespace = {"__name__": "nowhere"}
    exec("class Nobody:\n    def start(self):\n        return ()\n", namespace)  # noqa: S102
    lines = Lines(Source(namespace["Nobody"]))
    assert (lines.gaps, lines.share) == ((), None)
