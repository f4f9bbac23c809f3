"""What servers of a replicated log go through in traces written by hand."""

from splitbrain.events import Crashed, Started, Synced
from splitbrain.observations import Appended, Recovered


def cluster(size, silent=()):
    """The first start of n1, n2, ...; all but the silent ones say that their disks are empty."""
    happenings = []
    for node in (f"n{number}" for number in range(1, size + 1)):
        happenings.append(Started(0, node, 1))
        if node not in silent:
            happenings.append((node, Recovered(0, None, ())))
    return happenings


def on_disk(node, *entries):
    return [*((node, Appended(*entry)) for entry in entries), Synced(7, node, None)]


def power_cut(node, kept=0, lost=0):
    return [Crashed(8, node, kept, lost), Started(9, node, 2)]
