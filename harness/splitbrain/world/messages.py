"""What happens to messages in flight: they arrive, get lost, or are doubled."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from splitbrain.actions import Action, Deliver, Drop, Duplicate
from splitbrain.cluster.cluster import Cluster
from splitbrain.cluster.network import Envelope, Notice
from splitbrain.cluster.process import Process
from splitbrain.errors import NotEnabled
from splitbrain.events import Acted
from splitbrain.world.deed import Deed, Plan


def deliver(cluster: Cluster, action: Deliver, _: Plan | None) -> Plan:
    """Its receiver gets the message."""
    network = cluster.network
    envelope, happening = network.find(action), action
    if envelope is None or (cluster.lenient and network.first_on_link(envelope) is not envelope):
        envelope = _alike(cluster, action, envelope)
        happening = envelope.deliver()
    if not cluster.deliverable(envelope):
        raise NotEnabled(f"cannot {happening}: {_why_not(cluster, envelope)}")
    if type(envelope) is Notice:
        return Plan(happening, partial(_tell, cluster, envelope))
    return Plan(happening, partial(_arrive, cluster, envelope))


def _tell(cluster: Cluster, notice: Notice) -> None:
    cluster.network.take(notice)
    cluster.tell(cluster.processes[notice.receiver], notice)


def _arrive(cluster: Cluster, envelope: Envelope) -> None:
    cluster.network.take(envelope)
    process = cluster.processes[envelope.receiver]
    cluster.give(process, (process.handler("receive"), (envelope.sender, envelope.content())))


def arrive_at_once(cluster: Cluster, sender: Process, since: int, most: int) -> None:
    """Before its connections end, the first ``most`` messages arrive that a node has put in flight ``since`` there were so many.

    What cannot arrive now does not, nor does what is behind it on its link. Each is recorded like those of a fair phase.
    """
    network, recorder = cluster.network, cluster.recorder
    sent = [each for each in network.flight if each.number > since and each.sender == sender.id and each.receiver != sender.id]
    for envelope in sorted(sent, key=lambda each: each.number)[:most]:
        if envelope.place < 0 or type(envelope) is Notice or not cluster.deliverable(envelope):
            continue
        if recorder.violation is None and recorder.error is None:
            if recorder.wants(Acted):
                recorder.emit(Acted(recorder.step, cluster.now, envelope.deliver()))
            _arrive(cluster, envelope)


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
    envelope = _data(cluster, action)
    return Plan(envelope.drop(), partial(cluster.network.take, envelope))


def duplicate(cluster: Cluster, action: Duplicate, _: Plan | None) -> Plan:
    """One more copy of the message is in flight."""
    envelope = _data(cluster, action)
    return Plan(envelope.duplicate(), partial(cluster.network.duplicate, envelope))


def _data(cluster: Cluster, action: Drop | Duplicate) -> Envelope:
    """What is to be lost or doubled."""
    envelope = cluster.network.find(action) or _alike(cluster, action)
    if type(envelope) is Notice:
        raise NotEnabled(f"cannot {action}: it is no message, but tells {envelope.receiver} of its connection; leave it out")
    return envelope


def _alike(cluster: Cluster, action: Deliver | Drop | Duplicate, found: Envelope | None = None) -> Envelope:
    """What stands in for a message that is not in flight, or cannot arrive yet, where the world is lenient; else ``found``."""
    envelope = (cluster.network.find_alike(action) if cluster.lenient else None) or found
    if envelope is None:
        raise NotEnabled(f"cannot {action}: no such message is in flight{_why_none(cluster, action)}")
    return envelope


def _why_none(cluster: Cluster, action: Deliver | Drop | Duplicate) -> str:
    """Where it may have gone, in brackets, as far as the links' model says."""
    if (action.sender, action.receiver) in cluster.network.aside and action.sender == action.receiver:
        return " (what a node sends to itself arrives in the same step)"
    return " (what is in flight when its connection ends, or is sent without one, is lost)" if _on_streams(cluster) else ""


def _on_streams(cluster: Cluster) -> bool:
    return cluster.scenario.links == "streams"


def _deliverable(cluster: Cluster) -> Iterator[Action]:
    for envelope in tuple(cluster.network.fronts()):
        if cluster.deliverable(envelope):
            yield envelope.deliver()


def _droppable(cluster: Cluster) -> Iterator[Action]:
    for envelope in tuple(cluster.network.flight if cluster.scenario.budget.drop else ()):
        if type(envelope) is Envelope:
            yield envelope.drop()


def _duplicable(cluster: Cluster) -> Iterator[Action]:
    for envelope in tuple(cluster.network.flight if cluster.scenario.budget.duplicate else ()):
        if type(envelope) is Envelope:
            yield envelope.duplicate()


def _no_loss(cluster: Cluster, _: Drop) -> str | None:
    if cluster.scenario.budget.drop:
        return None
    return f"messages are never lost{' but with their connection' if _on_streams(cluster) else ''}"


def _no_copies(cluster: Cluster, _: Duplicate) -> str | None:
    return None if cluster.scenario.budget.duplicate else "messages are never doubled"


DEEDS: dict[type, Deed] = {
    Deliver: Deed(deliver, _deliverable),
    Drop: Deed(drop, _droppable, _no_loss),
    Duplicate: Deed(duplicate, _duplicable, _no_copies),
}
