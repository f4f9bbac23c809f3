"""Exhibits about votes, terms, and what keeps a leader in peace."""
