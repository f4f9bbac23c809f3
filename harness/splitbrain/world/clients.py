"""Clients: they ask, and ask again; a session has one operation outstanding at a time.

A session gives up an operation by being replaced: another session's first request says so. What it asked may still have an effect,
and a reply that comes late is still an answer; but it asks no more.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from splitbrain.actions import Request, Resend
from splitbrain.cluster.cluster import Cluster
from splitbrain.errors import NotEnabled, ScenarioError
from splitbrain.filed.commands import check
from splitbrain.requests import DIGITS, number_in_session
from splitbrain.trace.history import Operation
from splitbrain.world.deed import Deed, Plan

RESENDS = 3  # times that an operation is asked for again, at most
CALM = "calm-"  # how the requests, and the sessions, of the fair phase's client begin


def request(cluster: Cluster, action: Request, _: Plan | None) -> Plan:
    """A node gets a client's request.

    In a lenient world a session that replaces one that gave nothing up is simply a new one: what left that one without an answer
    may not have happened there.
    """
    process = cluster.process(action, action.node)
    if not process.idle():
        raise NotEnabled(f"cannot {action}: {process.id} {process.why_not()}")
    why = _why_not(cluster, action)
    if why is None and action.replaces is not None:
        why = _why_no_heir(cluster, action)
        if why is not None and cluster.lenient:
            action, why = msgspec.structs.replace(action, replaces=None), None
    if why is not None:
        raise NotEnabled(f"cannot {action}: {why}")
    try:
        check(cluster.scenario, action)
    except ScenarioError as error:
        if cluster.lenient:  # a candidate of the minimiser's may go astray
            raise NotEnabled(f"cannot ask {process.id}: {error}") from error
        raise
    return Plan(
        action,
        lambda: cluster.ask(process, action.id, action.command, calm=False, session=action.session, replaces=action.replaces),
    )


def _why_not(cluster: Cluster, action: Request) -> str | None:
    """What keeps a client from asking. One of its own asks whenever it likes."""
    history, session = cluster.history, action.session
    known = history.named(action.id)
    if session is None:
        if known is not None and known.session is not None:
            return f"{action.id} is an operation of session {known.session}, which alone can ask for it again, by a resend"
        return None
    number = number_in_session(action.id, session)
    if number is None:
        return f"the operations of session {session} are {session}.1, {session}.2, and so on, numbers of at most {DIGITS} digits"
    if session.startswith(CALM):
        return f"sessions that are called {CALM}... are the fair phase's own"
    heir = history.replaced.get(session)
    if heir is not None:
        return f"session {session} has given up, and {heir} goes on for it"
    if known is not None:
        return f"there is an operation {action.id} already"
    before = history.of_session(session)
    if not before:
        return None
    last = before[-1]
    if last.outcome == "unknown":
        return f"session {session} still waits for its operation {last.id}"
    if number <= (number_in_session(last.id) or 0):
        return f"session {session} has come to {last.id} already, and the numbers of its operations rise"
    return None


def _why_no_heir(cluster: Cluster, action: Request) -> str | None:
    """Why a session cannot go on for the one that it says it replaces."""
    history, session, replaces = cluster.history, action.session, action.replaces
    assert replaces is not None
    if session is None:
        return "only a session goes on for another one, and it names none of its own"
    if replaces == session:
        return "a session cannot replace itself"
    if history.of_session(session):
        return f"session {session} has asked before, and a session replaces another one with its first request"
    heir = history.replaced.get(replaces)
    if heir is not None:
        return f"session {replaces} has given up already, and {heir} goes on for it"
    given_up = history.of_session(replaces)
    if not given_up:
        return f"session {replaces} has asked for nothing yet, and so cannot have given it up"
    if given_up[-1].outcome != "unknown":
        return f"session {replaces} knows that {given_up[-1].id} was {given_up[-1].outcome}, and goes on itself"
    return None


def resend(cluster: Cluster, action: Resend, _: Plan | None) -> Plan:
    """A node gets the next attempt of an operation."""
    process = cluster.process(action, action.node)
    if not process.idle():
        raise NotEnabled(f"cannot {action}: {process.id} {process.why_not()}")
    operation = cluster.history.named(action.id)
    if operation is None:
        raise NotEnabled(f"cannot {action}: nobody has asked for that yet")
    why = why_over(cluster, operation)
    if why is not None:
        raise NotEnabled(f"cannot {action}: {why}")
    return Plan(action, lambda: cluster.ask(process, operation.id, operation.command, calm=False, session=operation.session))


def why_over(cluster: Cluster, operation: Operation) -> str | None:
    """Why nobody asks for an operation again; None where its session may. One that was refused may be asked for again, too."""
    if operation.returned is not None:
        return f"it was answered at step {operation.replied}"
    session = operation.session
    if session is None:
        return "its client is no session, and such a one asks once"
    if session.startswith(CALM):
        return "its client was the fair phase's, which is over"
    heir = cluster.history.replaced.get(session)
    if heir is not None:
        return f"session {session} has given up, and {heir} goes on for it"
    if cluster.history.of_session(session)[-1] is not operation:
        return f"session {session} has gone on"
    if len(operation.attempts) > RESENDS:
        return f"it was asked for again {RESENDS} times, and a client then gives up"
    return None


def _resends(cluster: Cluster) -> Iterator[Resend]:
    """Every operation that may be asked for again, in the order of its session's first request, at every node that clients ask."""
    ready = [process for process in cluster.clients() if process.idle()]
    for session in cluster.history.sessions():
        operation = cluster.history.of_session(session)[-1]
        if why_over(cluster, operation) is None:
            for process in ready:
                yield Resend(process.id, operation.id)


DEEDS: dict[type, Deed] = {Request: Deed(request), Resend: Deed(resend, _resends)}
