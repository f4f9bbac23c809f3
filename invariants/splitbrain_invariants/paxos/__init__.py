"""Paxos' invariants (Paxos Made Simple, 2.2).

Read ``acceptor``, ``proposal``, and ``chosen`` with its ``tally``.
"""
