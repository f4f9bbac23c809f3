"""It stands for your library: a register that is written once, with callbacks and ticks. It knows nothing of Splitbrain."""

import json


class Voter:
    """Votes for the first value that it is asked for; the votes of a majority of the members decide.

    send(to, data), save(vote) and decided(value) are called back; ``tick`` is to be called now and then, and ``on_data`` with what
    arrives. vote: what was saved last, or None.
    """

    def __init__(self, me, members, send, save, decided, vote=None):
        """Start, or start again."""
        self.me, self.members = me, members
        self._send, self._save, self._decided = send, save, decided
        self._vote = vote
        self._asked = None
        self._voters = {}

    def propose(self, value):
        """Ask for a value, unless another was asked for."""
        if self._asked is None:
            self._asked = value
        self.tick()

    def tick(self):
        """Ask again, for messages get lost."""
        if self._asked is not None:
            for member in self.members:
                self._tell(member, "ask", self._asked)

    def on_data(self, sender, data):
        """Vote, or count a vote."""
        kind, value = json.loads(data)
        if kind == "ask":
            if self._vote is None:
                self._vote = value
                self._save(value)
            self._tell(sender, "vote", self._vote)
            return
        voters = self._voters.setdefault(value, set())
        voters.add(sender)
        if len(voters) > len(self.members) // 2:
            self._asked = None
            self._decided(value)

    def _tell(self, member, kind, value):
        self._send(member, json.dumps([kind, value]).encode())
