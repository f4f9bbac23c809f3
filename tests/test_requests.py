"""How clients' requests are called."""

from splitbrain.requests import number_in_session


def test_an_operation_of_a_session_has_its_number_in_its_name():
    assert [number_in_session(name) for name in ("s1.1", "s12.345", "a.b.7", "calm-1000.2")] == [1, 345, 7, 2]
    assert [number_in_session(name) for name in ("r1", "s1.", "s1.0", "s1.01", ".1", "s1.-1", "s1.\u0663", "s1.1\n")] == [None] * 8
    assert (number_in_session("s1.2", "s1"), number_in_session("s1.2", "s2"), number_in_session("s1.2", "s")) == (2, None, None)
