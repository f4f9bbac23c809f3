"""Ctrl-C: asked once, and pressed twice."""

import signal

import pytest

from splitbrain.command.interrupt import ControlC


def test_the_first_ctrl_c_asks_and_the_second_interrupts():
    with ControlC() as interrupt:
        assert not interrupt.asked
        signal.raise_signal(signal.SIGINT)
        assert interrupt.asked
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)


def test_afterwards_ctrl_c_is_what_it_was():
    before = signal.getsignal(signal.SIGINT)
    with ControlC():
        assert signal.getsignal(signal.SIGINT) != before
    assert signal.getsignal(signal.SIGINT) == before
