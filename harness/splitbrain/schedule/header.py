"""The first line of a schedule file: what the schedule is for, and where it comes from."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from splitbrain.schedule.format import FORMAT, VERSION
from splitbrain.schedule.provenance import git_revision, python_version, splitbrain_version
from splitbrain.world.run import Found, Setup

Expect = Literal["fixed", "violation"]


class Header(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """The first line of a file.

    scenario: "module:NAME" (of an exhibit: the protocol without the bug). bug: the exhibit's id. expect: what a replay
    under pytest must end as. invariant, fingerprint: of the violation that was found; left out, any will do. only,
    without: names of the invariants that alone judge it, or do not. The rest says where the schedule comes from, for people.
    unconfirmed: that the run was not the same when it ran again, and why: such a file is evidence of a nondeterministic node,
    and no regression test. actions: 0 of a schedule that has none and needs none: what breaks when the nodes start.
    """

    # Given by factories, so that they are written even when they are the default: an editor wants to see them.
    format: str = msgspec.field(default_factory=lambda: FORMAT)
    version: int = msgspec.field(default_factory=lambda: VERSION)
    scenario: str
    bug: str | None = None
    size: int
    options: dict[str, Any] = {}
    seed: int = 0
    expect: Expect = msgspec.field(default_factory=lambda: "fixed")
    invariant: str | None = None
    fingerprint: str | None = None
    splitbrain: str = ""
    python: str = ""
    git: str | None = None
    found: str = ""
    only: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    unconfirmed: str = ""
    actions: Literal[0] | None = None


def new_header(scenario: str, setup: Setup, **fields: Any) -> Header:
    """A header for ``setup``, with today's versions; ``fields`` are further fields of `Header`."""
    return msgspec.structs.replace(with_provenance(bare_header(scenario, setup)), **fields)


def with_provenance(header: Header) -> Header:
    """The same, with today's versions; to ask git for one may take seconds."""
    return msgspec.structs.replace(header, splitbrain=splitbrain_version(), python=python_version(), git=git_revision())


def bare_header(scenario: str, setup: Setup, **fields: Any) -> Header:
    """A header for ``setup``, made at once: it does not say where it comes from."""
    judged = {"only": setup.scenario.only, "without": setup.scenario.without}
    return Header(scenario=scenario, size=setup.size, options=dict(setup.options), seed=setup.seed, **(judged | fields))


def about(header: Header, found: Found) -> Header:
    """The header for another failing run of the same: what it is for, and what breaks."""
    setup, violation = found.setup, found.violation
    return msgspec.structs.replace(
        header,
        size=setup.size,
        options=dict(setup.options),
        seed=setup.seed,
        invariant=violation.invariant,
        fingerprint=violation.fingerprint,
        actions=None if found.actions else 0,
    )
