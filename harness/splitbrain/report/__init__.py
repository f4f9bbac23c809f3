"""What people read: the contents here, the shapes in the folders ``terminal`` and ``objects``.

Read ``lanes`` and ``cells`` (a trace as rows), ``clients`` (a history as rows), ``judged`` (a verdict on one), ``wording``,
``actions``, ``values`` and ``why`` (as words), ``targets`` (what a score is held against); ``clean`` marks the account of a search
that broke nothing.
"""
