"""Whether a scenario can be hunted at all: its nodes keep the contract, and equal schedules run alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from splitbrain.report.terminal.examination.part import Part, Verdict, listed
from splitbrain.report.values import counted

if TYPE_CHECKING:
    from splitbrain.doctor.examination.examination import Examination


def contract(found: Examination) -> Part:
    """Whether the nodes keep it."""
    notes = [f"Note: {note}." for note in found.notes]
    if found.problems:
        lines = [f"{counted(len(found.problems), 'problem')}:", *(f"- {each}" for each in found.problems), *notes]
        return Part("contract", "PROBLEM", lines, "mend what breaks the contract: a hunt would find that, and nothing else")
    tried = ", ".join(f"{count:,} {what}" for what, count in found.tried.items())
    return Part("contract", "ok", [f"The nodes keep it on the {found.host} host: {tried}.", *notes])


def determinism(found: Examination) -> Part:
    """Whether equal schedules run alike, and where that was tried."""
    if found.difference is not None:
        what, cause = found.difference.what, found.difference.cause
        return Part(
            "determinism",
            "PROBLEM",
            [f"{what[:1].upper()}{what[1:]}.", f"{cause}."],
            "mend what is not deterministic: what a hunt finds could not be replayed",
        )
    asked = found.confirmation
    alike, notes = ["twice in this process"], []
    if asked is not None and asked.trouble is None:
        alike.append("in three other processes under other hash seeds")
    elif asked is not None:
        notes.append(f"Other processes could not be asked: {asked.trouble}.")
    if asked is not None and asked.host is not None:
        if asked.unasked is None:
            alike.append(f"on the {asked.host} host")
        else:
            notes.append(f"The {asked.host} host could not be asked: {asked.unasked}.")
    if found.unasked is not None:
        notes.append(f"Other Pythons ({', '.join(found.pythons)}) could not be asked: {found.unasked}.")
    elif found.pythons:
        alike.append(f"under Python {' and '.join(found.pythons)}")
    else:
        notes.append("No other Python that has splitbrain was there to be asked; SPLITBRAIN_PYTHONS names some.")
    verdict: Verdict = "ok" if asked is not None and asked.trouble is None else "unknown"
    return Part("determinism", verdict, [f"The same schedules ran alike: {listed(alike)}.", *notes])
