"""Ways to cut a cluster: who hears whom then."""

from collections import Counter

import networkx as nx
import pytest

from splitbrain.dice import Dice
from splitbrain.nemesis.partitions import bridge, draw_partition, isolate, majority_ring, one_way, split

FIVE = ["n1", "n2", "n3", "n4", "n5"]


def hears(cut, nodes):
    """Whom each node still hears, itself included."""
    return {node: {node, *(other for other in nodes if other != node and (other, node) not in cut.links)} for node in nodes}


def test_an_isolated_node_hears_nobody_and_nobody_hears_it():
    heard = hears(isolate(FIVE), FIVE)
    assert heard == {"n1": {"n1"}} | {node: set(FIVE[1:]) for node in FIVE[1:]}


def test_one_way_a_node_is_deaf_or_mute_and_the_others_are_as_they_were():
    deaf, mute = hears(one_way(FIVE, inward=True), FIVE), hears(one_way(FIVE, inward=False), FIVE)
    assert deaf == {"n1": {"n1"}} | {node: set(FIVE) for node in FIVE[1:]}
    assert mute == {"n1": set(FIVE)} | {node: set(FIVE[1:]) for node in FIVE[1:]}


def test_a_split_leaves_two_sides_that_hear_all_of_their_own():
    heard = hears(split(FIVE, 2), FIVE)
    assert heard == {node: {"n1", "n2"} for node in FIVE[:2]} | {node: {"n3", "n4", "n5"} for node in FIVE[2:]}


@pytest.mark.parametrize("size", [3, 4, 5, 6, 7])
def test_two_halves_hear_each_other_only_through_the_bridge(size):
    nodes = [f"n{number}" for number in range(1, size + 1)]
    graph = nx.DiGraph((other, node) for node, others in hears(bridge(nodes), nodes).items() for other in others)
    assert nx.is_strongly_connected(graph)
    graph.remove_node("n1")
    assert not nx.is_weakly_connected(graph)


@pytest.mark.parametrize("size", [6, 7, 8, 9])
def test_on_a_ring_every_node_hears_a_majority_and_no_two_the_same_one(size):
    nodes = [f"n{number}" for number in range(1, size + 1)]
    heard = hears(majority_ring(nodes), nodes)
    assert all(len(each) > size / 2 for each in heard.values())
    assert len({frozenset(each) for each in heard.values()}) == size


@pytest.mark.parametrize("size", [2, 3, 4, 5, 7])
def test_whatever_is_drawn_cuts_links_between_different_nodes_each_once_in_many_shapes(size):
    nodes = tuple(f"n{number}" for number in range(1, size + 1))
    shapes = Counter()
    for seed in range(200):
        links = draw_partition(Dice(seed), nodes).links
        assert links
        assert len(set(links)) == len(links)
        assert all(one != other and {one, other} <= set(nodes) for one, other in links)
        shapes[frozenset(links)] += 1
    assert len(shapes) > size
