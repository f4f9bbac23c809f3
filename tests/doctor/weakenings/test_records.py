"""What came of weakening a world, in words."""

from splitbrain.doctor.weakenings.records import Notice, Row, Weakened

NOTICE = Notice("Agreement", 3, "n1 decided x, and n2 y")
DEAD = Notice("KeepsContract", 2, "n1 raised: KeyError")
NOTICED = Row("sync", "nothing is durable", None, NOTICE, None, 3, 40)
UNNOTICED = Row("disk", "disks are lost", None, None, None, 200, 9_000)
IDLE = Row("twice", "messages arrive twice", "they do so anyway")


def weakened(*rows, judges=("Agreement",), **changes):
    return Weakened("mine", rows, judges, **changes)


def test_a_row_says_who_noticed():
    assert NOTICED.told() == "sync: nothing is durable: noticed by Agreement, in run 3"
    assert UNNOTICED.told() == "disk: disks are lost: not noticed in 200 runs"
    assert IDLE.told() == "twice: does not apply: they do so anyway"
    row = Row("disk", "disks are lost", None, None, DEAD, 200, 9_000)
    assert row.told() == "disk: disks are lost: not noticed in 200 runs; a node itself noticed, in run 2"


def test_invariants_that_notice_one_are_not_hollow():
    assert not weakened(NOTICED, UNNOTICED, IDLE).hollow
    assert weakened(NOTICED, UNNOTICED, IDLE).problems == ()


def test_invariants_that_notice_none_of_those_that_apply_are_hollow():
    found = weakened(UNNOTICED, IDLE, unheard={"Agreement": ("Decided", "Chosen")})
    assert found.hollow
    (problem,) = found.problems
    assert "its invariants are hollow: Agreement noticed none of the weaker worlds (disk)" in problem
    assert "Agreement waits for Decided or Chosen, which nobody ever said" in problem
    assert found.told() == [UNNOTICED.told(), IDLE.told(), problem]


def test_where_none_applies_nothing_is_said_of_the_invariants():
    assert not weakened(IDLE).hollow
    assert weakened(IDLE).problems == ()


def test_that_a_node_itself_notices_does_not_make_up_for_invariants():
    row = Row("disk", "disks are lost", None, None, DEAD, 200, 9_000)
    assert weakened(row).hollow


def test_no_invariants_are_hollow_ones():
    found = weakened(UNNOTICED, judges=())
    assert found.hollow
    assert found.problems[0].startswith("nothing but the contract of a node judges it")


def test_what_breaks_in_the_world_as_it_is_is_a_problem_by_itself_and_not_called_hollow():
    found = weakened(UNNOTICED, broken=(NOTICE,))
    assert not found.hollow
    assert found.problems == (
        "Agreement breaks in the world as it is (in run 3: n1 decided x, and n2 y): hunt it before you ask more",
    )
    assert not weakened(UNNOTICED, judges=("Agreement", "Validity"), broken=(NOTICE,)).hollow
    assert weakened(UNNOTICED, broken=(DEAD,)).hollow


def test_where_the_time_was_up_nothing_is_said_as_if_all_had_been_tried():
    short = Row("disk", "disks are lost", runs=118, steps=900, cut=True)
    assert "not noticed in 118 runs, when the time was up" in short.told()
    (hollow,) = Weakened("x", (short,), ("Agreement",)).problems
    assert hollow.endswith("or there was too little time: `splitbrain doctor --runs N` asks by runs, and no clock ends them")
    (sure,) = Weakened("x", (UNNOTICED,), ("Agreement",)).problems
    assert "time" not in sure
