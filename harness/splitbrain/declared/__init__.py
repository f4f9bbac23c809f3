"""What a scenario declares, and what can be wrong with that.

Read ``fields`` (what its fields may hold), ``judges`` (which invariants judge it), ``places`` (positions in a cluster: who votes,
whom clients ask), ``roles`` (which of them have a fault budget of their own) and ``operations`` (what nodes are told to do).
"""
