"""What a run is made of, and the one object that holds it.

Read ``clock``, ``network`` with its ``queues`` and ``connections``, and ``disk``; then a node's ``process``, with what its
``effects`` do, how many are its ``allowance`` and which ``breach`` of its contract ends it, at which ``place`` in its code; the
``watchdog``, for what computes for ever; ``cluster`` last.
"""
