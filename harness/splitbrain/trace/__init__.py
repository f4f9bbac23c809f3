"""What happened.

Read ``recorder``, then ``encoding`` and ``freezing`` (values that stay as they were), and ``causality``.
"""
