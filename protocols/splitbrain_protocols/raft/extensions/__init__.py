"""What goes beyond Figure 2, each an option, off by default: ``prevote``, ``quorum_check``, ``async_disk``.

Any may be read first.
"""
