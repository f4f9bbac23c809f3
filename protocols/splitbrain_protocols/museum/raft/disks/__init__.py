"""Exhibits about what was said before it was on the disk."""
