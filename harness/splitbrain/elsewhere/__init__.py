"""Elsewhere: what a schedule comes to when it runs again, here, or in other processes, under other hash seeds.

Read ``determinism`` (the second run), ``imprint`` (what is kept of a trace), ``filters`` and ``question`` (what is asked, and
answered), ``child`` (the other process), ``worker`` and ``crew`` (three of them), ``confirmation``, ``cause`` (why traces
differ), and ``pythons`` (others of this machine).
"""
