"""Small random edits of a schedule."""

from harness.actions import Fire, Request, input_of
from harness.edits import edited_run
from harness.run import Setup
from protocols.raft.scenario import RAFT

SCHEDULE = (Fire("n1", "election"), Request("n1", "r1", "v1"), Request("n2", "r2", "v2"), Request("n3", "r3", "v3"))


def test_a_request_that_is_put_in_never_has_the_number_of_another():
    inserted = 0
    for seed in range(2_000):
        done = edited_run(Setup(RAFT, 3, {}), SCHEDULE, str(seed), "direct").actions
        requests = [each for action in done if isinstance(each := input_of(action), Request)]
        assert len({request.id for request in requests}) == len(requests)
        assert all(request.command == f"v{request.id[1:]}" for request in requests)
        inserted += sum(request.id not in ("r1", "r2", "r3") for request in requests)
    assert inserted > 50


def test_an_edit_never_has_more_actions_and_is_the_same_for_the_same_seed():
    for seed in range(200):
        done = edited_run(Setup(RAFT, 3, {}), SCHEDULE, str(seed), "direct").actions
        assert len(done) <= len(SCHEDULE)
        assert done == edited_run(Setup(RAFT, 3, {}), SCHEDULE, str(seed), "direct").actions
