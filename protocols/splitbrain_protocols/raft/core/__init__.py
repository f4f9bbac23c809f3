"""Figure 2 of the Raft paper, and nothing else.

Read ``messages``, ``log`` and ``server``, then ``election``, ``follower`` and ``leader``.
"""
