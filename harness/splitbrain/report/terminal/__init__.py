"""Reports as a terminal shows them.

Read ``screen`` (a counterexample) with ``drawing`` and ``size``, and ``account`` (a clean search) with ``coverage``; then
``story``, ``bugs_table``, ``scoreboard``, ``minimisation`` and ``progress``.
"""
