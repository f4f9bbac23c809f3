"""Exhibits about logs: replicated, rolled back, tracked and committed."""
