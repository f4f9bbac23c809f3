"""What holds for any protocol that decides: ``agreement``, ``integrity``, ``validity``, ``termination`` and ``log_termination``,
in that order; ``deciders`` says which nodes that concerns.
"""
