"""Whether a node is fit to be hunted.

Read ``conformance`` and its ``trial``, then the parts that have a method of their own: ``aliasing`` (what is changed later),
``sayings`` (what is said too late), ``draws`` (of a workload), ``models``, ``awaits``, ``threads``, ``disk``, and ``elsewhere``
(what other processes make of it); ``complaints`` and ``effort`` are how it tells. The folder ``weakenings`` asks whether its
invariants notice anything, and ``examination`` puts all together for the command `splitbrain doctor`.
"""
