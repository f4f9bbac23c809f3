"""What needs no search: values nobody wrote, and values that were surely overwritten."""

from stories import Story, folded

from splitbrain.linearizability.bound import Bound
from splitbrain.linearizability.models import KvAppend, Queue, Register
from splitbrain.linearizability.search import Search


def crowd(story):
    """Thirty cas and puts of unknown outcome: to try all their orders would take for ever."""
    for number in range(30):
        story.asks(f"p{number}", "put", "x", number)
        story.asks(f"c{number}", "cas", "x", number, number + 100)


def judged(story, model):
    search = Search(model, Bound(steps=200_000))
    fault, _ = folded(search, story.moments)
    assert search.inconclusive is None
    return fault


def test_what_nobody_wrote_is_seen_at_once_and_is_all_the_evidence():
    story = Story()
    crowd(story)
    get = story.did("s", "get", "x", result="never")
    fault = judged(story, Register())
    assert fault.operations == (get,)
    assert fault.sentence == "get x was answered never, which nothing that had been asked by then could bring about"


def test_what_a_cas_expected_has_to_be_written_by_somebody_too():
    story = Story()
    crowd(story)
    cas = story.did("s", "cas", "x", "never", 1, result=True)
    assert judged(story, Register()).operations == (cas,)


def test_what_nobody_enqueued_is_not_dequeued():
    story = Story()
    for number in range(30):
        story.asks(f"e{number}", "enqueue", number)
        story.asks(f"d{number}", "dequeue")
    dequeue = story.did("s", "dequeue", result="never")
    assert judged(story, Queue()).operations == (dequeue,)


def test_what_was_overwritten_by_a_put_that_came_after_all_that_wrote_it():
    story = Story()
    crowd(story)
    old = story.did("s1", "put", "x", "old")
    again = story.did("s2", "cas", "x", "old", "old", result=True)
    new = story.did("s1", "put", "x", "new")
    get = story.did("s2", "get", "x", result="old")
    fault = judged(story, Register())
    assert fault.operations == (old, again, new, get)
    assert fault.sentence == "get x was answered old, but put x new had put an end to that before it was called"


def test_what_may_be_written_yet_was_not_overwritten_for_ever():
    story = Story()
    crowd(story)
    story.asks("s0", "put", "x", "old")
    story.did("s1", "put", "x", "new")
    story.did("s2", "get", "x", result="old")
    assert judged(story, Register()) is None


def test_layers_hear_of_what_returns_later_so_that_an_order_is_found_where_there_are_many_at_once():
    """Each get tells the order of eight appends at once: who does not look ahead tries tens of thousands for each."""
    story, text = Story(), ""
    for turn in range(12):
        appends = [story.asks(f"s{number}", "append", "x", f"{turn}{number}.") for number in range(8)]
        for append in appends:
            story.told(append)
        text += "".join(f"{turn}{number}." for number in (3, 7, 0, 5, 1, 6, 2, 4))
        story.did("s", "get", "x", result=text)
    assert judged(story, KvAppend()) is None
    story.did("s", "get", "x", result=text + ".")
    assert judged(story, KvAppend()) is not None
