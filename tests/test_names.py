"""Names of nodes, and others in their place."""

from splitbrain.names import named, place


def test_nodes_stand_in_the_order_of_their_cluster():
    assert sorted(["n10", "n2", "n1"], key=place) == ["n1", "n2", "n10"]


def test_nodes_in_a_value_get_their_other_names_wherever_they_are_and_all_else_stays():
    names = {"n1": "n2", "n2": "n1"}
    assert named("n1", names) == "n2"
    assert named(["n1", {"to": ("n2", "n3")}, 1, None], names) == ["n2", {"to": ("n1", "n3")}, 1, None]
    assert named({"n1": "n1"}, names) == {"n1": "n2"}
