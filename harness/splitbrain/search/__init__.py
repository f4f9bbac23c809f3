"""Hunts, and the score of many.

Read ``hunt``, with ``tally`` (what it went through) and ``pursuit`` (what follows a find); then ``trial``, ``row`` and
``score``.
"""
