"""How the shell comes in.

Read ``cli`` and ``parser``, then the folder of the verbs; ``arguments``, ``exits``, ``console``, ``progress``, ``streams`` and
``interrupt`` are what the commands share.
"""
