"""Schedules on disk: the file, where files lie, and running one again."""
