"""What an action does.

Read ``deed`` and ``world``, a table of deeds; then one module a fault family, ``messages``, ``links``, ``timers``, ``disks``,
``power``, ``clients``, ``calm``; and ``run``, whose ``determinism`` can be checked.
"""
