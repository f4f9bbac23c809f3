"""The commands, one module each: ``hunt``, ``replay``, ``shrink``, ``show``, ``check``, ``bugs``, ``score``.

Any may be read first.
"""
