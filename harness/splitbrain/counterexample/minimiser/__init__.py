"""The minimiser: from a failing schedule to one from which nothing can be left out, in the protocol's units.

Read ``minimiser`` and ``minimised`` (what is better), then ``shrinker`` (tries a candidate), ``passes`` with ``rewriting``,
``connections``, ``operations`` and ``clients`` with ``sessions``, ``neighbourhood`` with ``variations`` and ``outages``, and
``canonical``.
"""
