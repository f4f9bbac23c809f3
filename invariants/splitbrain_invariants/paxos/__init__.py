"""Paxos' invariants (Paxos Made Simple, 2.2).

Read ``promises`` and ``memory``, which an acceptor keeps, then ``proposal``, ``preparation`` and ``origin``, and ``chosen``
with its ``tally``.
"""
