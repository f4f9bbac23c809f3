"""Raft: leader election, log replication and safety (sections 5.1 to 5.6 of the paper).

Read the folders ``core`` and ``extensions``, then ``node``, which puts them together, and ``scenario``.
"""
