"""Whether a node is fit to be hunted.

Read ``conformance``, then its parts that have a method of their own: ``aliasing`` (what is changed later), ``sayings`` (what
is said too late), ``draws`` (of a workload), ``models``, ``threads``, ``disk``, and ``elsewhere`` (what other processes make of
it); ``complaints`` and ``effort`` are how it tells.
"""
