"""What runs set, sent, delivered and did."""

from splitbrain.actions import Crash, Deliver, Fire, Operate
from splitbrain.doctor.examination.traffic import Traffic
from splitbrain.events import Acted, Requested, Sent, TimerSet, Wrote


def seen(*events):
    traffic = Traffic()
    traffic.look(events)
    return traffic


def test_names_that_differ_in_their_numbers_alone_are_one():
    traffic = seen(TimerSet(1, "n1", "retry 7", 1, 2), TimerSet(1, "n1", "retry 12", 1, 2), Acted(2, 0, Fire("n1", "retry 7")))
    assert (traffic.set, traffic.fired) == ({"retry #": 2}, {"retry #": 1})


def test_messages_count_by_kind_and_by_type_and_inputs_that_were_cut_count_too():
    deliver = Deliver("n1", "n2", "Vote", 1)
    traffic = seen(Sent(1, "n1", "n2", "Vote", 1, 1, {"a": 1}), Acted(2, 0, Crash("n2", during=deliver)))
    assert (traffic.sent, traffic.delivered, traffic.messages) == ({"Vote": 1}, {"Vote": 1}, {dict: 1})


def test_operations_requests_and_writes_count():
    traffic = seen(Acted(1, 0, Operate("n1", "compact")), Requested(2, "n1", "r1", "v1", calm=False), Wrote(2, "n1", "key", 1))
    assert (traffic.operated, traffic.requested, traffic.wrote) == ({"compact": 1}, 1, 1)
