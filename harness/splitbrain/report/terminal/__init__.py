"""Reports as a terminal shows them.

Read ``screen`` (a counterexample) with ``drawing`` and ``size``, and ``account`` (a clean search) with ``coverage``; ``clients``
(a history) with ``history`` (of a run) and ``judged`` (of a file); then ``story``, ``bugs_table``, ``scoreboard``,
``minimisation`` and ``progress``. The folder ``examination`` is what `splitbrain doctor` found.
"""
