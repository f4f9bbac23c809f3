"""What happened.

Read ``recorder``, then ``encoding`` with ``values``, ``saving`` (what a file can hold), ``freezing`` (values that stay as they
were), ``readable`` (in words), ``causality`` with ``connections``, and ``history`` (what clients asked, and were told).
"""
