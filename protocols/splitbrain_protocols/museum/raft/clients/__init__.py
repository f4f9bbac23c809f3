"""Exhibits of the key-value store: what its clients alone can see, for the log below is as good as ever.

Read ``reads``, ``sessions``, ``answers``.
"""

from __future__ import annotations

from splitbrain.exhibit import Exhibit
from splitbrain_protocols.museum.raft.clients.answers import ANSWERS
from splitbrain_protocols.museum.raft.clients.reads import READS
from splitbrain_protocols.museum.raft.clients.sessions import SESSIONS

CLIENT_EXHIBITS: tuple[Exhibit, ...] = (*READS, *SESSIONS, *ANSWERS)
