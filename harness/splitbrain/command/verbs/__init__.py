"""The commands, one module each: ``new``, ``doctor``, ``hunt``, ``replay``, ``shrink``, ``show``, ``check``, ``bugs``, ``score``.

Any may be read first.
"""
