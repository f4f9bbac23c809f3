"""The picture of a cluster: abstract, nameless, and not upset by anything that a node may say."""

from splitbrain.nemesis.picture import Picture
from splitbrain.observations import (
    Accepted,
    Appended,
    Committed,
    EnteredTerm,
    Led,
    Promised,
    Recovered,
    SteppedDown,
    Truncated,
    Voted,
)
from splitbrain.world.run import Setup
from splitbrain_protocols.raft.scenario import RAFT

SETUP = Setup(RAFT, 3)


def features(*said):
    with SETUP.world() as world:
        picture = Picture(world)
        for node, observation in said:
            picture.saw(node, observation)
        return frozenset(picture.features())


def elected(leader, others, term):
    return [
        *((node, EnteredTerm(term)) for node in (leader, *others)),
        *((node, Voted(term, leader)) for node in (leader, others[0])),
        (leader, Led(term)),
        (leader, Appended(1, term, "v1")),
    ]


def test_names_do_not_matter():
    assert features(*elected("n1", ("n2", "n3"), 1)) == features(*elected("n3", ("n1", "n2"), 1))


def test_an_observation_that_derives_from_a_shipped_one_is_seen_as_that():
    class LedFrom(Led, frozen=True, tag=True):
        site: str = ""

    said = elected("n1", ("n2", "n3"), 1)
    assert features(*((node, LedFrom(1, "x") if isinstance(each, Led) else each) for node, each in said)) == features(*said)
    assert features(*(each for each in said if not isinstance(each[1], Led))) != features(*said)


def test_how_high_the_terms_are_does_not_matter():
    assert features(*elected("n1", ("n2", "n3"), 1)) == features(*elected("n1", ("n2", "n3"), 7))


def test_roles_logs_and_ballots_do():
    before = elected("n1", ("n2", "n3"), 1)
    pictures = [
        features(),
        features(*before),
        features(*before, ("n1", SteppedDown(1))),
        features(*before, ("n2", Appended(1, 1, "v1"))),
        features(*before, ("n2", Appended(1, 1, "v1")), ("n1", Committed(1, 1))),
        features(*before, ("n1", Truncated(1))),
        features(*before, ("n2", EnteredTerm(2))),
        features(*before, ("n1", Recovered(1, "n1", ()))),
        features(("n1", Promised((1, "a")))),
        features(("n1", Promised((1, "a"))), ("n1", Accepted((1, "a"), "v"))),
        features(("n1", Promised((1, "a"))), ("n1", Accepted((1, "a"), "v")), ("n2", Accepted((2, "b"), "w"))),
        features(("n1", Promised((1, "a"))), ("n1", Accepted((1, "a"), "v")), ("n2", Accepted((2, "b"), "v"))),
    ]
    assert len(set(pictures)) == len(pictures)


def test_logs_that_come_apart_are_seen():
    one, other = [("n1", Appended(1, 1, "a")), ("n1", Appended(2, 1, "b"))], ("n2", Appended(1, 1, "a"))
    agree = features(*one, other, ("n2", Appended(2, 1, "b")))
    differ = features(*one, other, ("n2", Appended(2, 2, "c")))
    assert agree != differ


def test_nodes_may_say_what_nobody_can_make_sense_of():
    odd = [
        ("n1", EnteredTerm("soon")),
        ("n2", EnteredTerm(3)),
        ("n1", Appended(None, [], {})),
        ("n1", Promised([1, 2])),
        ("n3", Promised(4)),
        ("n2", Accepted({"a": 1}, [])),
        ("n1", Recovered(1, None, None)),
        ("n1", "just a text"),
        ("n1", 7),
    ]
    assert features(*odd) == frozenset()
    assert features(("n1", "just a text")) != features()
