"""How an exhibit is described: its class tells what is broken and why, its scenario is the unbroken one but for what it names."""

from splitbrain_protocols.museum.exhibit import exhibit
from splitbrain_protocols.raft.node import Raft
from splitbrain_protocols.raft.scenario import RAFT


class Yes(Raft):
    """A voter says yes to everybody.

    It was asked nicely.
    """

    def may_grant_vote(self, candidate, request):
        return True


def test_the_class_tells_the_mechanism_in_its_first_line_and_the_story_below():
    made = exhibit(RAFT, "vote-yes", Yes, title="Yes", source="nobody", invariant=("OneVotePerTerm",), faults="none")
    assert (made.mechanism, made.story) == ("A voter says yes to everybody.", "It was asked nicely.")
    assert (made.id, made.protocol, made.scenario.factory) == ("vote-yes", "raft", Yes)
    assert (made.shortest, made.control) == ({}, False)


def test_what_else_is_named_changes_the_scenario_and_all_the_rest_is_as_it_was():
    made = exhibit(RAFT, "vote-yes", Yes, title="Yes", source="nobody", faults="none", control=True, sizes=(5,))
    assert made.scenario.sizes == (5,)
    assert made.scenario.options == RAFT.options
    assert made.scenario.invariants == RAFT.invariants
