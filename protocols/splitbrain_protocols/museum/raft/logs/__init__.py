"""Exhibits about logs: their ``replication``, their ``rollbacks``, what a leader's ``tracking`` says of its followers', and
what it may ``commit``.
"""
