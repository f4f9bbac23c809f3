"""The reference protocols, and the museum of their bugs.

Read the folders ``raft`` or ``paxos`` first, then ``museum``; ``quorum`` is what a majority is.
"""
