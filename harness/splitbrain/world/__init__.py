"""What an action does.

Read ``deed`` and ``world``, a table of deeds; then one module a fault family, ``messages``, ``links``, ``timers``, ``disks``,
``power``, ``clients`` with ``workload`` (what they ask for, and what files make of it), ``calm`` with ``fair_client``; and
``run``, whose ``determinism`` can be checked.
"""
