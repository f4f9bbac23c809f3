"""Raft's invariants (Raft, Figure 3), and those that break sooner.

Read ``election``, ``log``, ``completeness`` and ``state_machine``, as the figure has them; then ``stored_log`` and
``durability``, ``mandate``, ``terms``, ``commitment`` and ``tracking``.
"""
