"""The commands, one module each: ``hunt``, ``replay``, ``shrink``, ``show``, ``bugs``, ``score``.

Any may be read first.
"""
