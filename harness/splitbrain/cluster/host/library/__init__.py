"""Libraries: nodes of callbacks and ticks, Python's or C's, that call out where the contract's handlers yield.

Read ``library``, the base class; then what hosts it: ``library_node`` in place of the contract's handlers, the ``seat``, which
performs what it calls, ``state``, which turns what is polled into observations, ``life``, an incarnation's own clock and dice,
``patches``, which puts them in place of those of a module, ``isolation``, and what becomes of errors that were ``swallowed``.
"""
