"""What --json prints, one object a command, with the same keys however it ends: ``hunt``, ``replay``, ``shrink``, ``score``,
``exhibit``; several hold an ``explanation``.
"""
