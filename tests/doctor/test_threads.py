"""Threads are noticed as they begin."""

import threading

from splitbrain.doctor.threads import Threads


def test_a_thread_is_noticed_however_short_it_lives_and_goes_by_the_name_of_what_it_does():
    def later(): ...

    with Threads() as threads:
        one = threading.Thread(target=later)
        one.start()
        one.join()
        named = threading.Thread(target=later, name="pump")
        named.start()
        named.join()
    assert threads.names == ["later", "pump"]


def test_one_that_goes_on_is_noticed_once():
    end = threading.Event()
    with Threads() as threads:
        one = threading.Thread(target=end.wait)
        one.start()
    end.set()
    one.join()
    assert threads.names == ["wait"]


def test_threads_of_before_and_after_are_not_counted_and_a_profiler_is_put_back():
    seen = []

    def profiler(frame, event, argument):
        seen.append(event)

    end = threading.Event()
    before = threading.Thread(target=end.wait)
    before.start()
    threading.setprofile(profiler)
    try:
        with Threads() as threads:
            pass
        assert threading.getprofile() is profiler
        after = threading.Thread(target=end.wait)
        after.start()
    finally:
        threading.setprofile(None)
        end.set()
    before.join()
    after.join()
    assert threads.names == []
    assert seen
