"""What an examination found.

Read ``page``, which puts it together; ``part`` is one part of it, ``soundness`` and ``quality`` say what stands in each.
"""
