"""Raft's invariants (Raft, Figure 3), and those that break sooner."""
