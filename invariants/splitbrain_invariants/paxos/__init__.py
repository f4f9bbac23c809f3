"""Paxos' invariants (Paxos Made Simple, 2.2)."""
