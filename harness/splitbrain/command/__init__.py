"""How the shell comes in.

Read ``cli``, then the folder of the verbs; ``arguments``, ``exits``, ``console``, ``progress`` and ``interrupt`` are what the
commands share.
"""
