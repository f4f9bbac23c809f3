"""The user's world made weaker, one promise at a time: do the invariants notice?

Read ``weakening`` (what one is), those of ``disks``, ``links`` and ``voters``; then ``weakened``, which searches them, and
``records``, which is what it tells.
"""
