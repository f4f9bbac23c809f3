"""Elsewhere: what a schedule comes to in other processes, under other hash seeds.

Read ``imprint`` (what is kept of a trace), ``filters`` and ``question`` (what is asked, and answered), ``child`` (the other
process), ``worker`` and ``crew`` (three of them), ``confirmation``, and ``cause`` (why traces differ).
"""
