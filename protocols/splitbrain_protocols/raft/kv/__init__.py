"""A key-value store on Raft, as its clients want it: linearizable, each operation carried out exactly once (Raft, 8).

Read ``machine``, then ``store``; ``on_disk`` is an option, and ``node`` puts them together, for ``scenario``.
"""
