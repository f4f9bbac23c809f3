"""What holds for any protocol that decides: ``agreement``, ``integrity``, ``validity`` and ``termination``, in that order;
``deciders`` says which nodes that concerns.
"""
