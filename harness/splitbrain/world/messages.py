"""What happens to messages in flight: they arrive, get lost, or are doubled."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from splitbrain.actions import Action, Deliver, Drop, Duplicate
from splitbrain.cluster.cluster import Cluster
from splitbrain.cluster.network import Envelope
from splitbrain.errors import NotEnabled
from splitbrain.world.deed import Deed, Plan


def deliver(cluster: Cluster, action: Deliver, _: Plan | None) -> Plan:
    """Its receiver gets the message."""
    envelope, happening = cluster.network.find(action), action
    if envelope is None:
        envelope = _alike(cluster, action)
        happening = envelope.deliver()
    if not cluster.deliverable(envelope):
        raise NotEnabled(f"cannot {happening}: {_why_not(cluster, envelope)}")
    return Plan(happening, partial(_arrive, cluster, envelope))


def _arrive(cluster: Cluster, envelope: Envelope) -> None:
    cluster.network.take(envelope)
    process = cluster.processes[envelope.receiver]
    cluster.give(process, (process.handler("receive"), (envelope.sender, envelope.content())))


def _why_not(cluster: Cluster, envelope: Envelope) -> str:
    """Why a message that is in flight cannot be delivered."""
    process = cluster.processes[envelope.receiver]
    if not cluster.scenario.budget.reorder and cluster.network.first_on_link(envelope) is not envelope:
        return "links are FIFO, and an earlier message is in flight on this one"
    if not process.idle():
        return f"{process.id} {process.why_not()}"
    return f"the link {envelope.sender}->{envelope.receiver} is cut"


def drop(cluster: Cluster, action: Drop, _: Plan | None) -> Plan:
    """The message is gone."""
    envelope = cluster.network.find(action) or _alike(cluster, action)
    return Plan(envelope.drop(), partial(cluster.network.take, envelope))


def duplicate(cluster: Cluster, action: Duplicate, _: Plan | None) -> Plan:
    """One more copy of the message is in flight."""
    envelope = cluster.network.find(action) or _alike(cluster, action)
    return Plan(envelope.duplicate(), partial(cluster.network.duplicate, envelope))


def _alike(cluster: Cluster, action: Deliver | Drop | Duplicate) -> Envelope:
    """What stands in for a message that is not in flight, where the world is lenient."""
    envelope = cluster.network.find_alike(action) if cluster.lenient else None
    if envelope is None:
        raise NotEnabled(f"cannot {action}: no such message is in flight")
    return envelope


def _deliverable(cluster: Cluster) -> Iterator[Action]:
    for envelope in tuple(cluster.network.flight):
        if cluster.deliverable(envelope):
            yield envelope.deliver()


def _droppable(cluster: Cluster) -> Iterator[Action]:
    for envelope in tuple(cluster.network.flight if cluster.scenario.budget.drop else ()):
        yield envelope.drop()


def _duplicable(cluster: Cluster) -> Iterator[Action]:
    for envelope in tuple(cluster.network.flight if cluster.scenario.budget.duplicate else ()):
        yield envelope.duplicate()


def _no_loss(cluster: Cluster, _: Drop) -> str | None:
    return None if cluster.scenario.budget.drop else "messages are never lost"


def _no_copies(cluster: Cluster, _: Duplicate) -> str | None:
    return None if cluster.scenario.budget.duplicate else "messages are never doubled"


DEEDS: dict[type, Deed] = {
    Deliver: Deed(deliver, _deliverable),
    Drop: Deed(drop, _droppable, _no_loss),
    Duplicate: Deed(duplicate, _duplicable, _no_copies),
}
