"""Exhibits about ``votes``, ``terms``, and the ``stability`` of a leader."""
