"""Exhibits about what was said before it was on the disk: ``durability``, then ``async_disk``, where the disk answers later."""
