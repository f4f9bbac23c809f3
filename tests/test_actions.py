"""Actions know their own facts."""

from splitbrain.actions import Calm


def test_a_core_whose_nodes_become_one_names_it_once():
    calm = Calm(("n1", "n2", "n3"), 5, 100).renamed({"n1": "n2", "n2": "n2", "n3": "n1"})
    assert calm == Calm(("n1", "n2"), 5, 100)
