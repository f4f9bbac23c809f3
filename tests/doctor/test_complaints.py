"""Each kind of problem once."""

from splitbrain.doctor.complaints import Complaints


def told(*texts):
    complaints = Complaints()
    for text in texts:
        complaints.add(text)
    return complaints.told()


def test_a_problem_that_comes_up_again_is_told_once_with_how_often():
    assert told("it broke", "it broke", "it hung", "it broke") == ("it broke (and 2 more of these)", "it hung")
    assert told(*["it broke"] * 1_235) == ("it broke (and 1,234 more of these)",)


def test_what_differs_in_names_numbers_and_texts_alone_is_of_one_kind_and_the_first_stands_for_it():
    assert told(
        "Send(to='n99'): there is no such node; the cluster is n1, n2, n3",
        "Send(to='n98'): there is no such node; the cluster is n1, n2, n3, n4, n5",
    ) == ("Send(to='n99'): there is no such node; the cluster is n1, n2, n3 (and 1 more of these)",)
    assert len(told("receive: KeyError: 'v3'", "receive: KeyError: 'v14'", "request: KeyError: 'v3'")) == 2


def test_two_places_of_the_source_are_two_problems():
    assert len(told("ValueError: 3 (at node.py:12)", "ValueError: 4 (at node.py:12)", "ValueError: 3 (at node.py:40)")) == 2


def test_those_that_were_found_can_be_looked_through():
    complaints = Complaints()
    assert not complaints
    complaints.add("commands(1): no")
    complaints.add("commands(2): no")
    assert complaints
    assert list(complaints) == ["commands(1): no"]
