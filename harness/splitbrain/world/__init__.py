"""What an action does.

Read ``deed`` and ``world``, a table of deeds; then one module a fault family, ``messages``, ``links``, ``connections``,
``timers``, ``disks``, ``power``, ``clients``, ``operations``, ``calm`` with ``fair_client``; and ``run``.
"""
