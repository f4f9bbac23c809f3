"""What Raft's messages are called."""

from splitbrain_protocols.raft.core.messages import RequestVote, label


def test_a_message_is_labelled_with_its_kind_and_its_term():
    assert label(RequestVote(3, 0, 0)) == ("RequestVote", 3)
