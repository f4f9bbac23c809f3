"""What --json prints, one object a command; a hunt's has the same keys however it ends.

Read ``hunt``, ``replay``, ``shrink``, ``check``, ``score``, ``exhibit``, ``doctor``; several hold an ``explanation``,
or operations of ``clients``.
"""
