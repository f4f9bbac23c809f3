"""Why an invariant could break, in facts.

Read ``trace`` and ``phrase`` (what all ask, and how they word it), then ``votes``, ``acceptances``, ``copies``, ``restarts``,
``requests``, ``operations``, ``answers`` and ``waiting``.
"""
