"""Schedules on disk.

Read ``format``, ``header`` with ``provenance``, ``line`` and ``file``; then ``shelf`` (where files lie) and ``replay`` (running
one again).
"""
