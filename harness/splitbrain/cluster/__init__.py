"""What a run is made of, and the one object that holds it.

Read ``clock``, ``network`` and ``disk``; then a node's ``process``, with what its ``effects`` do and which ``breach`` of its
contract ends it; ``cluster`` last.
"""
