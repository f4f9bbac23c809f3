"""Correct Raft with servers removed and added again, by one change at a time (Ongaro's dissertation, 4.1)."""

from __future__ import annotations

from dataclasses import replace

from splitbrain.node import Observe, Refused, Reply
from splitbrain.observations import Voters
from splitbrain_protocols.raft.core.log import Log
from splitbrain_protocols.raft.node import Raft
from splitbrain_protocols.raft.scenario import RAFT

CHANGE = "change "  # how commands begin that ask for one of the last two nodes to be removed, or to be added again


class ConfiguredLog(Log):
    """A log of which some entries are configurations: ``("voters", n1, n2, ...)``."""

    def __init__(self, disk, first):
        super().__init__(disk)
        self.configurations = [(0, first)]
        for index, entry in enumerate(self.entries, 1):
            self.note(index, entry)

    def note(self, index, entry):
        if isinstance(entry.command, (tuple, list)):
            self.configurations.append((index, tuple(entry.command[1:])))
            return [Observe(Voters((tuple(entry.command[1:]),), index))]
        return []

    def append(self, entry):
        return [*super().append(entry), *self.note(len(self.entries), entry)]

    def truncate(self, kept):
        while self.configurations[-1][0] > kept:
            self.configurations.pop()
        return super().truncate(kept)


class Membership(Raft):
    """A server counts by the latest configuration in its log, committed or not (dissertation, 4.1)."""

    def __init__(self, me, peers, disk, **options):
        super().__init__(me, peers, disk, **options)
        self.log = ConfiguredLog(disk, tuple(sorted(self.cluster)))

    def start(self):
        """It says, too, by what it counts, and what counted before, if that should be truncated."""
        recovered, *rest = super().start()
        known = [Observe(Voters((voters,), index or None)) for index, voters in self.log.configurations]
        return [recovered, *known, *rest]

    def voters(self):
        return self.log.configurations[-1][1]

    def has_won(self):
        """Who is no member of its own configuration may stand, but its own vote does not count (dissertation, 4.2.2)."""
        return sum(server in self.voters() for server in self.votes_granted) >= self.vote_quorum()

    def members(self):
        """Whom a leader replicates to."""
        return tuple(server for server in self.voters() if server != self.me)

    def replicate(self):
        return [self.append_entries(peer) for peer in self.members()]

    def heartbeat(self):
        *beats, again = super().heartbeat()
        return [*(beat for beat in beats if beat.to in self.members()), again]

    def request(self, request, command):
        if self.role == "leader" and command.startswith(CHANGE):
            return self.change(request, command) if self.may_change() else [Reply(request, Refused(None))]
        return super().request(request, command)

    def may_change(self):
        """One change at a time, and none before an entry of the leader's own term is committed: without that, two leaders could
        each change the configuration of before, to two of which no quorums have a server in common (Ongaro, raft-dev, 2015)."""
        changed = self.log.configurations[-1][0]
        return changed <= self.commit_index and self.log.term(self.commit_index) == self.current_term > 0

    def change(self, request, command):
        server = sorted(self.cluster)[-1 - int(command.removeprefix(CHANGE)) % 2]
        if server == self.me:  # it does not remove itself
            return [Reply(request, Refused(None))]
        voters = self.voters()
        if server in voters:
            after = tuple(each for each in voters if each != server)
        else:
            after = (*voters, server)
            self.match_index[server], self.next_index[server] = 0, self.log.last_index + 1
        return self.append(("voters", *after), request)


class CountsByTheOldOne(Membership):
    """Wrong: a configuration counts once it is committed, and so a majority of the one before commits it."""

    def new_commit_index(self):
        committed = [voters for index, voters in self.log.configurations if index <= self.commit_index][-1]
        held = sorted(map(self.held_by, committed), reverse=True)
        return held[len(committed) // 2]


class CountsEverybody(Membership):
    """Wrong: the votes of servers that were removed count as well."""

    def tally_vote(self, voter):
        if voter not in self.votes_granted:
            self.votes_granted.append(voter)

    def has_won(self):
        return len(self.votes_granted) >= self.vote_quorum()


class ChangesAtOnce(Membership):
    """Wrong: a new leader changes the configuration before it has committed anything (the mistake of 2015)."""

    def may_change(self):
        return self.log.configurations[-1][0] <= self.commit_index


def commands(number):
    """Changes at other intervals than there are nodes: the client of a fair phase asks one after another."""
    return f"{CHANGE}{number}" if number % 7 in (2, 5) else f"v{number}"


MEMBERSHIP = replace(
    RAFT,
    name="raft-membership",
    factory=Membership,
    sizes=(3, 4, 5),
    commands=commands,
    options={**RAFT.options, "noop": (True, False), "loyal": (True,)},
)
