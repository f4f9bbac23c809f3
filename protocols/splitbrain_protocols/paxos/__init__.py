"""Single-decree Paxos (Lamport, Paxos Made Simple, 2001).

Read ``messages`` and ``role``, then ``proposer``, ``acceptor`` and ``learner``, and ``node``, which unites them; ``amnesia``
and ``pruning`` are options, ``scenario`` is how it is attacked.
"""
