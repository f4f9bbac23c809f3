"""Implementations by others, hosted: ``pysyncobj``, and the same library ``compacting`` its logs."""
